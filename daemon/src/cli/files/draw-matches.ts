import { join } from 'node:path';
import type { Box, Point } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { RgbImage } from '../../images/decode.js';
import { renderSvg } from '../../images/encode.js';
import { resizeRgb } from '../../images/resize.js';
import { centre, contains } from '../../transfer/transforms/boxes.js';
import type { MatchedItem, MatchedTarget, MatchReport } from '../format/match-report.js';
import { makeOutputFolder, pairNames, writeOutputFile } from './output-files.js';
import { type ImageFile, readImage } from './read-image.js';

/** Size of each image, gap between them, and style of the markers, in pixels of the drawing. */
const DRAWING = { maxWidth: 1600, maxHeight: 720, gap: 24, radius: 7, lineWidth: 2, fill: 0.15 } as const;
/** Opacity of the line of a box that contains others. */
const FAINT = 0.3;
const BACKGROUND = '#808080';

/** Hues of consecutive items differ by the golden angle. */
const HUE_STEP = 137.5;

/** Colour of the nth item, as CSS. */
export function itemColour(n: number): string {
  return `hsl(${(n * HUE_STEP) % 360} 90% 50%)`;
}

/** Opacity of a match: the lower its confidence, the fainter. */
export function matchOpacity(confidence: number): number {
  return 0.35 + 0.65 * confidence;
}

/**
 * Writes `<source>-<target>.png` for every target: both images side by side, with one colour an item. An item without a
 * counterpart is an outline in the source. Low confidence is fainter. A box that contains others is an outline with a faint
 * line.
 * @returns the paths written
 */
export async function drawMatches(folder: string, source: ImageFile, { targets }: MatchReport): Promise<string[]> {
  const names = pairNames(
    source.path,
    targets.map(({ image }) => image),
  );
  const paths: string[] = [];
  for (const [n, target] of targets.entries()) {
    if ('error' in target) continue;
    // one target at a time, so that memory does not grow with their number
    const drawing = await drawPair(source.image, (await readImage(target.image)).image, itemsOf(target));
    const path = join(folder, names[n] ?? '');
    makeOutputFolder(folder);
    await writeOutputFile(path, drawing);
    paths.push(path);
  }
  return paths;
}

/** Items to draw; layers are drawn as boxes. */
function itemsOf({ items, layers = [] }: MatchedTarget): MatchedItem[] {
  const boxes = layers.map(({ source, target, confidence }) => {
    return { source: source.box, target: target?.box ?? null, confidence };
  });
  return [...items, ...boxes];
}

/** @returns PNG */
async function drawPair(source: RgbImage, target: RgbImage, items: readonly MatchedItem[]): Promise<Uint8Array> {
  const left = fitImage(source);
  const right = fitImage(target);
  const width = left.width + DRAWING.gap + right.width;
  const height = Math.max(left.height, right.height);
  const shapes = items.map((item) => item.source);
  const markers = items.map((item, n) => {
    const colour = itemColour(n);
    const from = toDrawing(item.source, scaleOf(source, left), 0);
    if (item.target === null) return marker(from, colour, 'none');
    const to = toDrawing(item.target, scaleOf(target, right), left.width + DRAWING.gap);
    const isContainer = containsOthers(item.source, shapes);
    const fill = isContainer ? 'none' : colour;
    const line = `<path d="M${from.x + from.w / 2} ${from.y + from.h / 2}L${to.x + to.w / 2} ${to.y + to.h / 2}" stroke="${colour}" stroke-opacity="${isContainer ? FAINT : 1}"/>`;
    return `<g opacity="${matchOpacity(item.confidence)}">${line}${marker(from, colour, fill)}${marker(to, colour, fill)}</g>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" stroke-width="${DRAWING.lineWidth}">${markers.join('')}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: BACKGROUND } })
    .composite([
      { input: Buffer.from(left.rgb), raw: { width: left.width, height: left.height, channels: 3 }, left: 0, top: 0 },
      {
        input: Buffer.from(right.rgb),
        raw: { width: right.width, height: right.height, channels: 3 },
        left: left.width + DRAWING.gap,
        top: 0,
      },
      { input: await renderSvg(svg), left: 0, top: 0 },
    ])
    .png()
    .toBuffer();
}

/** Whether the box contains the centre of a smaller shape. */
function containsOthers(shape: Point | Box, shapes: readonly (Point | Box)[]): boolean {
  if (!('w' in shape)) return false;
  const area = (one: Point | Box) => ('w' in one ? one.w * one.h : 0);
  return shapes.some((one) => area(one) < area(shape) && contains(shape, 'w' in one ? centre(one) : one));
}

/** Resizes an image to the size of a drawing, keeping its aspect ratio. */
export function fitImage(image: RgbImage): RgbImage {
  const scale = Math.min(DRAWING.maxWidth / image.width, DRAWING.maxHeight / image.height);
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return resizeRgb(image, { width: side(image.width), height: side(image.height) }, 'lanczos');
}

function scaleOf(image: RgbImage, drawn: RgbImage): Point {
  return { x: drawn.width / image.width, y: drawn.height / image.height };
}

function toDrawing(shape: Point | Box, scale: Point, offsetX: number): Box {
  const { w, h } = 'w' in shape ? shape : { w: 0, h: 0 };
  return { x: shape.x * scale.x + offsetX, y: shape.y * scale.y, w: w * scale.x, h: h * scale.y };
}

function marker({ x, y, w, h }: Box, colour: string, fill: string): string {
  if (w > 0)
    return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" fill-opacity="${DRAWING.fill}" stroke="${colour}"/>`;
  return `<circle cx="${x}" cy="${y}" r="${DRAWING.radius}" fill="${fill}" stroke="#fff"/>`;
}
