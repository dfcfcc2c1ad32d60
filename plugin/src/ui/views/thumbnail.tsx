import type { Box } from '@samepoint/shared-protocol';
import { useEffect, useRef } from 'preact/hooks';
import type { HashedFrame } from '../flow/request.js';
import { drawThumbnail } from './thumbnail-image.js';

interface ThumbnailProps {
  frame: HashedFrame | undefined;
  /** In pixels of the frame; null for no match. */
  box: Box | null;
  label: string;
}

/** A square crop of a frame around a box, drawn when it scrolls into view. */
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
    return <span class="thumbnail empty" role="img" aria-label={`${label}: no match`} />;
  }
  return <canvas ref={canvas} class="thumbnail" role="img" aria-label={label} />;
}
