import { join } from 'node:path';
import type { Box, Point } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { RgbImage } from '../../images/decode.js';
import { renderSvg } from '../../images/encode.js';
import { resizeRgb, type Size } from '../../images/resize.js';
import { centre, contains } from '../../transfer/transforms/boxes.js';
import type { MatchedItem, MatchedTarget, MatchReport } from '../format/match-report.js';
import { makeOutputFolder, pairNames, writeOutputFile } from './output-files.js';
import { placeLabels } from './place-labels.js';
import { type ImageFile, readImage } from './read-image.js';
import { drawText, textWidth } from './vector-text.js';

/** Size of each image, gap between them, and style of the markers, in pixels of the drawing. */
const DRAWING = { maxWidth: 1600, maxHeight: 720, gap: 24, radius: 7, lineWidth: 2, fill: 0.15 } as const;
/** Opacity of the line of a box that contains others. */
const FAINT = 0.3;
const BACKGROUND = '#808080';

/** Numbers beside the markers: white on a dark shade of the item's colour. Heights are those of the digits. */
const LABEL = { height: 12, medium: 10, small: 8, colour: '#fff' } as const;
/** With more items than this, labels are smaller and images may be larger, up to their own size. */
const MANY = { items: 40, enlarged: 2 } as const;
/** The list of items without a counterpart. */
const LEGEND = { padding: 12, textHeight: 12, lineHeight: 20, minWidth: 240, background: '#26282e' } as const;

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
 * Writes `<source>-<target>.png` for every target: both images side by side, with one colour an item, its number as in the
 * table, and its confidence in the target. An item without a counterpart is an outline in the source and listed below. Low
 * confidence is fainter. A box that contains others is an outline with a faint line. Where there are many items, labels
 * without room are left out.
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
  const enlarged = items.length > MANY.items ? MANY.enlarged : 1;
  const [left, right] = [fitImage(source, enlarged), fitImage(target, enlarged)];
  const ends = {
    source: { ...scaleOf(source, left), area: { x: 0, y: 0, w: left.width, h: left.height } },
    target: { ...scaleOf(target, right), area: { x: left.width + DRAWING.gap, y: 0, w: right.width, h: right.height } },
  };
  const images = { width: ends.target.area.x + right.width, height: Math.max(left.height, right.height) };
  const legend = drawLegend(items, images);
  const [width, height] = [Math.max(images.width, legend.minWidth), images.height + legend.height];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" stroke-width="${DRAWING.lineWidth}">${drawMarkers(items, ends)}${legend.svg}${drawLabels(items, ends)}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: BACKGROUND } })
    .composite([
      { input: Buffer.from(left.rgb), raw: { width: left.width, height: left.height, channels: 3 }, left: 0, top: 0 },
      {
        input: Buffer.from(right.rgb),
        raw: { width: right.width, height: right.height, channels: 3 },
        left: ends.target.area.x,
        top: 0,
      },
      { input: await renderSvg(svg), left: 0, top: 0 },
    ])
    .png()
    .toBuffer();
}

/** Where each image is in the drawing, and its pixels of the drawing per pixel. */
interface Ends {
  source: Point & { area: Box };
  target: Point & { area: Box };
}

function drawMarkers(items: readonly MatchedItem[], { source, target }: Ends): string {
  const shapes = items.map((item) => item.source);
  const markers = items.map((item, n) => {
    const colour = itemColour(n);
    const from = toDrawing(item.source, source);
    if (item.target === null) return marker(from, colour, 'none');
    const to = toDrawing(item.target, target);
    const isContainer = containsOthers(item.source, shapes);
    const fill = isContainer ? 'none' : colour;
    const line = `<path d="M${from.x + from.w / 2} ${from.y + from.h / 2}L${to.x + to.w / 2} ${to.y + to.h / 2}" stroke="${colour}" stroke-opacity="${isContainer ? FAINT : 1}"/>`;
    return `<g opacity="${matchOpacity(item.confidence)}">${line}${marker(from, colour, fill)}${marker(to, colour, fill)}</g>`;
  });
  return markers.join('');
}

/** The number of each item in the source; in the target, its number and confidence. Above the markers, at full opacity. */
function drawLabels(items: readonly MatchedItem[], { source, target }: Ends): string {
  const ownLabels = items.map((item, n) => ({ n, text: String(n + 1), marker: toDrawing(item.source, source) }));
  const foundLabels = items.flatMap((item, n) => {
    if (item.target === null) return [];
    return { n, text: `${n + 1}: ${Math.round(100 * item.confidence)}%`, marker: toDrawing(item.target, target) };
  });
  const heights = items.length > MANY.items ? [LABEL.medium, LABEL.small] : [LABEL.height, LABEL.small];
  const options = { radius: DRAWING.radius, heights };
  const draw = (labels: typeof ownLabels, area: Box) =>
    placeLabels(labels, area, options).map((place, index) => {
      const label = labels[index];
      if (place === undefined || label === undefined) return '';
      const style = { height: place.height, colour: LABEL.colour, halo: haloColour(label.n) };
      return drawText(label.text, place.x, place.y, style);
    });
  return [...draw(ownLabels, source.area), ...draw(foundLabels, target.area)].join('');
}

/** A dark shade of the item's colour. */
function haloColour(n: number): string {
  return itemColour(n).replace('50%', '20%');
}

/** A strip below the images that lists the items without a counterpart; empty if there are none. */
function drawLegend(items: readonly MatchedItem[], images: Size): { svg: string; height: number; minWidth: number } {
  const numbers = items.flatMap(({ target }, n) => (target === null ? [n + 1] : []));
  if (numbers.length === 0) return { svg: '', height: 0, minWidth: 0 };
  const width = Math.max(images.width, LEGEND.minWidth);
  const words = numbers.map((number, n) => `${number}${n < numbers.length - 1 ? ',' : ''}`);
  const lines = wrapText(['no counterpart:', ...words], width - 2 * LEGEND.padding);
  const height = 2 * LEGEND.padding + lines.length * LEGEND.lineHeight;
  const style = { height: LEGEND.textHeight, colour: LABEL.colour, halo: LEGEND.background };
  const texts = lines.map((line, n) =>
    drawText(line, LEGEND.padding, images.height + LEGEND.padding + n * LEGEND.lineHeight, style),
  );
  const strip = `<rect x="0" y="${images.height}" width="${width}" height="${height}" fill="${LEGEND.background}"/>`;
  return { svg: strip + texts.join(''), height, minWidth: LEGEND.minWidth };
}

function wrapText(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, LEGEND.textHeight) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Whether the box contains the centre of a smaller shape. */
function containsOthers(shape: Point | Box, shapes: readonly (Point | Box)[]): boolean {
  if (!('w' in shape)) return false;
  const area = (one: Point | Box) => ('w' in one ? one.w * one.h : 0);
  return shapes.some((one) => area(one) < area(shape) && contains(shape, 'w' in one ? centre(one) : one));
}

/**
 * Resizes an image to the size of a drawing, keeping its aspect ratio.
 * @param enlarged factor by which an image may be larger, up to its own size
 */
export function fitImage(image: RgbImage, enlarged = 1): RgbImage {
  const usual = Math.min(DRAWING.maxWidth / image.width, DRAWING.maxHeight / image.height);
  const scale = Math.max(usual, Math.min(1, enlarged * usual));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return resizeRgb(image, { width: side(image.width), height: side(image.height) }, 'lanczos');
}

function scaleOf(image: RgbImage, drawn: RgbImage): Point {
  return { x: drawn.width / image.width, y: drawn.height / image.height };
}

function toDrawing(shape: Point | Box, { x, y, area }: Ends['source']): Box {
  const { w, h } = 'w' in shape ? shape : { w: 0, h: 0 };
  return { x: shape.x * x + area.x, y: shape.y * y + area.y, w: w * x, h: h * y };
}

function marker({ x, y, w, h }: Box, colour: string, fill: string): string {
  if (w > 0)
    return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" fill-opacity="${DRAWING.fill}" stroke="${colour}"/>`;
  const circle = (style: string) => `<circle cx="${x}" cy="${y}" r="${DRAWING.radius}" ${style}/>`;
  if (fill !== 'none') return circle(`fill="${fill}" stroke="#fff"`);
  return (
    circle(`fill="none" stroke="#fff" stroke-width="${2 * DRAWING.lineWidth}"`) +
    circle(`fill="none" stroke="${colour}"`)
  );
}
