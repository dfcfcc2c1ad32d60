import { basename, extname, join } from 'node:path';
import type { Box, Point } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { RgbImage } from '../../images/decode.js';
import { renderSvg } from '../../images/encode.js';
import { resizeRgb } from '../../images/resize.js';
import { centre, contains } from '../../transfer/transforms/boxes.js';
import type { MatchedItem, MatchedTarget, MatchReport } from '../format/match-report.js';
import type { ImageFile } from './read-image.js';

/** The box each drawn image fits in, the gap between them, and how the marks look, in pixels of the picture. */
const PICTURE = { maxWidth: 1600, maxHeight: 720, gap: 24, radius: 7, lineWidth: 2, fill: 0.15 } as const;
/** Opacity of the line of a box that holds others. */
const FAINT = 0.3;
const BACKGROUND = '#808080';

/** Items are told apart by hue, which turns by the golden angle. */
const HUE_STEP = 137.5;

/**
 * Writes `<source>-<target>.png` into `folder` for every target: both images side by side, same colour for the same item. An item
 * without counterpart is drawn as an outline in the source alone; a doubtful one is fainter. A box that holds others is but
 * an outline, so that these keep their colours, and its line is faint.
 * @returns the paths written
 */
export async function drawMatches(
  folder: string,
  source: ImageFile,
  targets: readonly ImageFile[],
  report: MatchReport,
): Promise<string[]> {
  const paths = pictureNames(source, targets).map((name) => join(folder, name));
  for (const [n, target] of targets.entries()) {
    await drawPair(source.image, target.image, itemsOf(report.targets[n]), paths[n] ?? '');
  }
  return paths;
}

/** Layers are drawn as boxes. */
function itemsOf({ items, layers = [] }: MatchedTarget = { image: '', items: [] }): MatchedItem[] {
  const boxes = layers.map(({ source, target, confidence }) => {
    return { source: source.box, target: target?.box ?? null, confidence };
  });
  return [...items, ...boxes];
}

/** Two targets of one name in different folders get a number. */
function pictureNames(source: ImageFile, targets: readonly ImageFile[]): string[] {
  const stem = ({ path }: ImageFile) => basename(path, extname(path));
  const names = targets.map((target) => `${stem(source)}-${stem(target)}`);
  return names.map((name, n) => (names.indexOf(name) === n ? `${name}.png` : `${name}-${n + 1}.png`));
}

async function drawPair(
  source: RgbImage,
  target: RgbImage,
  items: readonly MatchedItem[],
  path: string,
): Promise<void> {
  const left = toPictureSize(source);
  const right = toPictureSize(target);
  const width = left.width + PICTURE.gap + right.width;
  const height = Math.max(left.height, right.height);
  const shapes = items.map((item) => item.source);
  const marks = items.map((item, n) => {
    const colour = `hsl(${(n * HUE_STEP) % 360} 90% 50%)`;
    const from = toPicture(item.source, scaleOf(source, left), 0);
    if (item.target === null) return mark(from, colour, 'none');
    const to = toPicture(item.target, scaleOf(target, right), left.width + PICTURE.gap);
    const isHolder = holdsOthers(item.source, shapes);
    const fill = isHolder ? 'none' : colour;
    const line = `<path d="M${from.x + from.w / 2} ${from.y + from.h / 2}L${to.x + to.w / 2} ${to.y + to.h / 2}" stroke="${colour}" stroke-opacity="${isHolder ? FAINT : 1}"/>`;
    return `<g opacity="${0.35 + 0.65 * item.confidence}">${line}${mark(from, colour, fill)}${mark(to, colour, fill)}</g>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" stroke-width="${PICTURE.lineWidth}">${marks.join('')}</svg>`;
  await sharp({ create: { width, height, channels: 3, background: BACKGROUND } })
    .composite([
      { input: Buffer.from(left.rgb), raw: { width: left.width, height: left.height, channels: 3 }, left: 0, top: 0 },
      {
        input: Buffer.from(right.rgb),
        raw: { width: right.width, height: right.height, channels: 3 },
        left: left.width + PICTURE.gap,
        top: 0,
      },
      { input: await renderSvg(svg), left: 0, top: 0 },
    ])
    .png()
    .toFile(path);
}

/** Is the middle of another shape, of less area, in this one? */
function holdsOthers(shape: Point | Box, shapes: readonly (Point | Box)[]): boolean {
  if (!('w' in shape)) return false;
  const area = (one: Point | Box) => ('w' in one ? one.w * one.h : 0);
  return shapes.some((one) => area(one) < area(shape) && contains(shape, 'w' in one ? centre(one) : one));
}

/** Fits an image into the box of a picture. */
export function toPictureSize(image: RgbImage): RgbImage {
  const scale = Math.min(PICTURE.maxWidth / image.width, PICTURE.maxHeight / image.height);
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return resizeRgb(image, { width: side(image.width), height: side(image.height) }, 'lanczos');
}

function scaleOf(image: RgbImage, drawn: RgbImage): Point {
  return { x: drawn.width / image.width, y: drawn.height / image.height };
}

function toPicture(shape: Point | Box, scale: Point, offsetX: number): Box {
  const { w, h } = 'w' in shape ? shape : { w: 0, h: 0 };
  return { x: shape.x * scale.x + offsetX, y: shape.y * scale.y, w: w * scale.x, h: h * scale.y };
}

function mark({ x, y, w, h }: Box, colour: string, fill: string): string {
  if (w > 0)
    return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" fill-opacity="${PICTURE.fill}" stroke="${colour}"/>`;
  return `<circle cx="${x}" cy="${y}" r="${PICTURE.radius}" fill="${fill}" stroke="#fff"/>`;
}
