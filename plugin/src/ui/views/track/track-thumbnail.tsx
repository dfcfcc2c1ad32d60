import type { Box } from '@samepoint/shared-protocol';
import { useEffect, useRef } from 'preact/hooks';
import { mapOutline, pathData } from '../../../shared/outline.js';
import type { TrackedMark } from '../../../shared/tracking.js';
import type { HashedFrame } from '../../flow/request.js';
import { cropAround, decodeFrame } from '../thumbnail-image.js';

/** Side on the screen, in CSS pixels. */
const SIDE_PX = 88;

interface TrackThumbnailProps {
  frame: HashedFrame;
  /** Drawn over the frame; null shows the whole frame. */
  mark: TrackedMark | null;
  box: Box | null;
  label: string;
}

/** A square crop of a frame with the tracked region drawn over, once it scrolls into view. */
export function TrackThumbnail({ frame, mark, box, label }: TrackThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void draw(element, frame, mark, box);
      },
      { rootMargin: '200px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame.imageId, mark]);
  return <canvas ref={canvas} class="track-thumbnail" role="img" aria-label={label} />;
}

async function draw(
  canvas: HTMLCanvasElement,
  frame: HashedFrame,
  mark: TrackedMark | null,
  box: Box | null,
): Promise<void> {
  const pixelRatio = globalThis.devicePixelRatio || 1;
  const side = Math.round(SIDE_PX * pixelRatio);
  const { width, height } = frame;
  const crop = cropAround(box ?? { x: 0, y: 0, w: width, h: height }, frame);
  const zoom = side / crop.w;
  try {
    const bitmap = await decodeFrame(frame);
    [canvas.width, canvas.height] = [side, side];
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.imageSmoothingQuality = 'high';
    context.setTransform(zoom, 0, 0, zoom, -crop.x * zoom, -crop.y * zoom);
    context.drawImage(bitmap, 0, 0, width, height);
    if (mark !== null) drawMark(context, mark, frame, pixelRatio / zoom);
  } catch {
    canvas.width = 0;
  }
}

/** The region in its colour, with a white edge to be visible on any design. @param unit a CSS pixel */
function drawMark(context: CanvasRenderingContext2D, mark: TrackedMark, { width, height }: HashedFrame, unit: number) {
  const { shape, colour } = mark;
  const path = new Path2D();
  if (shape.kind === 'outline') {
    path.addPath(new Path2D(pathData(mapOutline(shape.outline, ({ x, y }) => ({ x: x * width, y: y * height })))));
  } else path.arc(shape.point.x * width, shape.point.y * height, 4 * unit, 0, 2 * Math.PI);
  context.globalAlpha = shape.kind === 'outline' ? 0.35 : 1;
  context.fillStyle = colour;
  context.fill(path, 'evenodd');
  context.globalAlpha = 1;
  context.lineJoin = 'round';
  context.strokeStyle = 'rgba(255, 255, 255, 0.9)';
  context.lineWidth = 3 * unit;
  context.stroke(path);
  if (shape.kind === 'point') return;
  context.strokeStyle = colour;
  context.lineWidth = 1.5 * unit;
  context.stroke(path);
}
