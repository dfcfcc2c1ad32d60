import type { Point } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { RgbImage } from '../../images/decode.js';
import { resizeRgb } from '../../images/resize.js';
import type { CaseDrawing, CaseMark } from '../datasets/dataset.js';
import { readDatasetImage } from '../datasets/dataset-files.js';

/** A case of the report: two images side by side with points, as SVG. */
export interface CaseFigure {
  id: string;
  group: string;
  score: number;
  html: string;
}

/** Height and maximum width of each image, in units of the drawing and pixels of the embedded image. */
const DRAWING = { height: 400, maxWidth: 640, gap: 12, radius: 5, jpegQuality: 82 };
const COLOURS = { source: '#3b82f6', truth: '#f2b705', correct: '#13a36b', incorrect: '#e0352b' };

/**
 * Draws a pair: points of the source on the left; on the right a ring at the true position, joined by a line with a dot at the
 * predicted one.
 */
export async function drawCase({ source, target, marks }: CaseDrawing): Promise<string> {
  const left = await place(source, 0);
  const right = await place(target, left.width + DRAWING.gap);
  const width = right.x + right.width;
  const height = Math.max(left.height, right.height);
  const drawn = marks.map((mark, n) => drawMark(mark, n + 1, left, right));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Source on the left, target on the right">${left.svg}${right.svg}${drawn.join('')}</svg>`;
}

interface PlacedImage {
  x: number;
  width: number;
  height: number;
  /** Units of the drawing per pixel of the image. */
  scale: number;
  svg: string;
}

async function place(path: string, x: number): Promise<PlacedImage> {
  const image = await readDatasetImage(path);
  const scale = Math.min(DRAWING.height / image.height, DRAWING.maxWidth / image.width);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const jpeg = await toJpeg(resizeRgb(image, { width, height }, 'lanczos'));
  const svg = `<image x="${x}" y="0" width="${width}" height="${height}" preserveAspectRatio="none" href="data:image/jpeg;base64,${jpeg.toString('base64')}"/>`;
  return { x, width, height, scale, svg };
}

function toJpeg({ width, height, rgb }: RgbImage): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .jpeg({ quality: DRAWING.jpegQuality })
    .toBuffer();
}

function drawMark(mark: CaseMark, number: number, left: PlacedImage, right: PlacedImage): string {
  const source = toDrawing(mark.source, left);
  const truth = toDrawing(mark.truth, right);
  const dot = circle(source, DRAWING.radius, `fill="${COLOURS.source}" stroke="#fff"`);
  const ring = circle(truth, DRAWING.radius + 1, `fill="none" stroke="${COLOURS.truth}" stroke-width="2.5"`);
  const parts = [dot, ring];
  if (mark.predicted !== null) {
    const found = toDrawing(mark.predicted, right);
    const colour = mark.correct ? COLOURS.correct : COLOURS.incorrect;
    const line = `<path d="M${truth.x} ${truth.y}L${found.x} ${found.y}" stroke="${colour}" stroke-width="1.5"/>`;
    parts.push(line, circle(found, DRAWING.radius - 1, `fill="${colour}" stroke="#fff"`));
  }
  return `<g><title>${number}</title>${parts.join('')}</g>`;
}

function toDrawing(point: Point, { x, scale }: PlacedImage): Point {
  const round = (value: number) => Math.round(value * 10) / 10;
  return { x: round(x + point.x * scale), y: round(point.y * scale) };
}

function circle({ x, y }: Point, radius: number, style: string): string {
  return `<circle cx="${x}" cy="${y}" r="${radius}" ${style}/>`;
}
