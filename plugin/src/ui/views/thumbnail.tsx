import type { Box } from '@samepoint/shared-protocol';
import { useEffect, useRef } from 'preact/hooks';
import type { HashedFrame } from '../flow/build-request.js';
import { drawThumbnail } from '../flow/thumbnails.js';

interface ThumbnailProps {
  frame: HashedFrame | undefined;
  /** Null: there is no such place. */
  box: Box | null;
  label: string;
}

/** A square crop of a frame around a place, drawn once it scrolls into view. */
export function Thumbnail({ frame, box, label }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || frame === undefined || box === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void drawThumbnail(element, frame, box);
      },
      { rootMargin: '200px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame?.imageId, box?.x, box?.y, box?.w, box?.h]);
  if (frame === undefined || box === null) {
    return <span class="thumbnail nothing" role="img" aria-label={`${label}: no counterpart`} />;
  }
  return <canvas ref={canvas} class="thumbnail" role="img" aria-label={label} />;
}
