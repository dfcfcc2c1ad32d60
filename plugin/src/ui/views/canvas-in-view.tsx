import { useEffect, useRef } from 'preact/hooks';

interface CanvasInViewProps {
  class: string;
  label: string;
  draw: (canvas: HTMLCanvasElement) => Promise<void>;
  /** It draws again when one of them changes. */
  keys: readonly unknown[];
}

/** A canvas that is drawn when it scrolls into view. It stays empty if drawing fails. */
export function CanvasInView({ class: name, label, draw, keys }: CanvasInViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void draw(element).catch(() => {
          element.width = 0;
        });
      },
      { rootMargin: '200px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, keys);
  return <canvas ref={canvas} class={name} role="img" aria-label={label} />;
}
