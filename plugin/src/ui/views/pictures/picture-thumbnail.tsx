import type { Box } from '@samepoint/shared-protocol';
import { useEffect, useRef } from 'preact/hooks';
import type { HashedFrame } from '../../flow/request.js';
import { decodeOpaque, decodePng } from '../opaque-picture.js';
import { cropAround } from '../thumbnail-image.js';

/** Side on the screen, in CSS pixels. */
const SIDE_PX = 128;

interface PictureThumbnailProps {
  frame: HashedFrame;
  /** Drawn over the frame; null for the frame alone. */
  edit: { png: Uint8Array; box: Box } | null;
  /** The part to show, in pixels of the frame. */
  box: Box;
  label: string;
}

/** A square crop of a picture around a box, with or without its edit, drawn when it scrolls into view. */
export function PictureThumbnail({ frame, edit, box, label }: PictureThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void draw(element, frame, edit, box);
      },
      { rootMargin: '200px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame.imageId, edit?.png, box.x, box.y, box.w, box.h]);
  return <canvas ref={canvas} class="picture" role="img" aria-label={label} />;
}

async function draw(
  canvas: HTMLCanvasElement,
  frame: HashedFrame,
  edit: PictureThumbnailProps['edit'],
  box: Box,
): Promise<void> {
  const side = Math.round(SIDE_PX * (globalThis.devicePixelRatio || 1));
  const crop = cropAround(box, frame);
  const zoom = side / crop.w;
  try {
    const [ground, drawn] = [await decodeOpaque(frame.png), edit === null ? null : await decodePng(edit.png)];
    [canvas.width, canvas.height] = [side, side];
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.imageSmoothingQuality = 'high';
    context.setTransform(zoom, 0, 0, zoom, -crop.x * zoom, -crop.y * zoom);
    context.drawImage(ground, 0, 0);
    if (drawn !== null && edit !== null) {
      context.drawImage(drawn, edit.box.x, edit.box.y, edit.box.w, edit.box.h);
      drawn.close();
    }
    ground.close();
  } catch {
    canvas.width = 0;
  }
}
