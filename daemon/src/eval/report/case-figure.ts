import type { Point } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { RgbImage } from '../../images/decode.js';
import { resizeRgb, type Size } from '../../images/resize.js';
import type { CaseDrawing, CaseMark } from '../datasets/dataset.js';
import { readDatasetImage } from '../datasets/dataset-files.js';

/** A case of the report: two images side by side with points, as SVG. */
export interface CaseFigure {
  id: string;
  group: string;
  /** Scores by threshold, the strictest first. */
  scores: readonly number[];
  html: string;
}

/**
 * Longest side of an embedded image, and gap between the images, in pixels. Images are drawn at their own size up to that.
 * The page shows a drawing at `shown` at most; markers are enlarged by the same factor.
 */
const DRAWING = { maxSide: 2400, gap: 16, webpQuality: 85, shown: { width: 1072, height: 760 } };

/**
 * Draws a pair: numbered points of the source on the left; on the right a ring at the true position, joined by a line to the
 * predicted one, whose shape is the grade of the match.
 */
export async function drawCase({ source, target, marks }: CaseDrawing): Promise<string> {
  const left = await place(source, 0);
  const right = await place(target, left.width + DRAWING.gap);
  const width = right.x + right.width;
  const height = Math.max(left.height, right.height);
  const enlarged = Math.max(1, width / DRAWING.shown.width, height / DRAWING.shown.height);
  const from = { image: left, taken: marks.map((mark) => toDrawing(mark.source, left)) };
  const to = { image: right, taken: marks.map(({ truth, predicted }) => toDrawing(predicted ?? truth, right)) };
  const drawn = marks.map((mark, n) => drawMark(mark, n + 1, from, to));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" style="--shrunk:${enlarged.toFixed(2)}" role="img" aria-label="Source on the left, target on the right">${left.svg}${right.svg}${drawn.join('')}</svg>`;
}

interface PlacedImage extends Size {
  x: number;
  /** Units of the drawing per pixel of the image. */
  scale: number;
  svg: string;
}

async function place(path: string, x: number): Promise<PlacedImage> {
  const image = await readDatasetImage(path);
  const scale = Math.min(1, DRAWING.maxSide / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const webp = await toWebp(scale === 1 ? image : resizeRgb(image, { width, height }, 'lanczos'));
  const svg = `<image x="${x}" y="0" width="${width}" height="${height}" preserveAspectRatio="none" href="data:image/webp;base64,${webp.toString('base64')}"/>`;
  return { x, width, height, scale, svg };
}

function toWebp({ width, height, rgb }: RgbImage): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .webp({ quality: DRAWING.webpQuality })
    .toBuffer();
}

function drawMark(mark: CaseMark, number: number, left: Numbered, right: Numbered): string {
  const source = toDrawing(mark.source, left.image);
  const truth = toDrawing(mark.truth, right.image);
  const parts = [symbol('source', source, numberBeside(source, number, left))];
  if (mark.predicted === null) parts.push(symbol('truth', truth, numberBeside(truth, number, right)));
  else {
    const found = toDrawing(mark.predicted, right.image);
    parts.push(`<path class="link ${mark.grade}" d="M${truth.x} ${truth.y}L${found.x} ${found.y}"/>`);
    parts.push(symbol('truth', truth), symbol(mark.grade, found, numberBeside(found, number, right)));
  }
  return `<g><title>${number}</title>${parts.join('')}</g>`;
}

/** An image, and where its points and their numbers are. */
interface Numbered {
  image: PlacedImage;
  taken: Point[];
}

/** Places of a number beside its symbol, the preferred first, and the centre of the number, in pixels of the full size. */
const PLACES = [
  { x: 8, y: -4, anchor: 'start', centre: { x: 16, y: -8 } },
  { x: -8, y: -4, anchor: 'end', centre: { x: -16, y: -8 } },
  { x: 8, y: 12, anchor: 'start', centre: { x: 16, y: 8 } },
  { x: -8, y: 12, anchor: 'end', centre: { x: -16, y: 8 } },
] as const;

/** Distance from other points and numbers at which a place is free, and from the sides of the image. */
const FREE_PX = 14;

/** The number at the place with the most room, inside the image. */
function numberBeside({ x, y }: Point, number: number, { image, taken }: Numbered): string {
  const room = PLACES.map(({ centre }) => {
    const at = { x: x + centre.x, y: y + centre.y };
    const nearest = Math.min(...taken.map((other) => Math.hypot(other.x - at.x, other.y - at.y)));
    const inside = Math.min(at.x - image.x, image.x + image.width - at.x, at.y, image.height - at.y);
    return { at, free: Math.min(FREE_PX, nearest, inside) };
  });
  const most = Math.max(...room.map(({ free }) => free));
  const chosen = room.findIndex(({ free }) => free === most);
  const place = PLACES[chosen] ?? PLACES[0];
  taken.push(room[chosen]?.at ?? { x, y });
  return `<text x="${place.x}" y="${place.y}" text-anchor="${place.anchor}">${number}</text>`;
}

/** Shapes of the symbols, centred on (0,0); the page's style has their colours. */
const SYMBOLS = {
  source: '<circle r="5"/>',
  truth: '<circle r="6.5"/>',
  right: '<circle r="4.5"/>',
  near: '<path d="M0-6.5L6.5 0L0 6.5L-6.5 0Z"/>',
  wrong: '<path d="M-5-5L5 5M5-5L-5 5"/>',
} as const;

export type SymbolName = keyof typeof SYMBOLS;

/** A symbol of the legend, as inline SVG. */
export function legendSymbol(name: SymbolName): string {
  return `<svg class="symbol" width="18" height="18" viewBox="-9 -9 18 18" aria-hidden="true"><g class="${name}">${SYMBOLS[name]}</g></svg>`;
}

/** @param number text beside it */
function symbol(name: SymbolName, { x, y }: Point, number = ''): string {
  return `<g class="mark ${name}" style="--x:${x}px;--y:${y}px">${SYMBOLS[name]}${number}</g>`;
}

function toDrawing(point: Point, { x, scale }: PlacedImage): Point {
  const round = (value: number) => Math.round(value * 10) / 10;
  return { x: round(x + point.x * scale), y: round(point.y * scale) };
}
