import type { Box } from '@samepoint/shared-protocol';
import { mapOutline, pathData } from '../../../shared/outline.js';
import type { TrackedMark } from '../../../shared/tracking.js';
import type { HashedFrame } from '../../flow/request.js';
import { CanvasInView } from '../canvas-in-view.js';
import { drawCrop } from '../thumbnail-image.js';

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
  const draw = async (canvas: HTMLCanvasElement) => {
    const whole = { x: 0, y: 0, w: frame.width, h: frame.height };
    const { context, unit } = await drawCrop(canvas, frame, box ?? whole, SIDE_PX);
    if (mark !== null) drawMark(context, mark, frame, unit);
  };
  return <CanvasInView class="track-thumbnail" label={label} draw={draw} keys={[frame.imageId, mark]} />;
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
