import type { Box, Point } from '@samepoint/shared-protocol';

/** A pixel belongs to a shape if at least half of it is covered. */
const COVERED = 128;

/** Clearly different colours for the labels of a mask: never black, which is background, nor grey. */
export function labelColours(count: number): string[] {
  return Array.from({ length: count }, (_, n) => hexOfHue((n * 360) / count + FIRST_HUE));
}

/** Pink: rare in designs. */
const FIRST_HUE = 330;

/** The fully saturated colour of a hue in degrees. */
function hexOfHue(hue: number): string {
  const channel = (offset: number) => {
    const position = ((hue + offset) / 60) % 6;
    const value = Math.min(1, Math.max(0, Math.abs(position - 3) - 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(240)}${channel(120)}`;
}

/** `#rrggbb` as a number. */
export function colourNumber(hex: string): number {
  return Number.parseInt(hex.slice(1), 16);
}

/**
 * Marks the pixels of a drawn shape with a label, over earlier labels.
 * @param rgba of the shape on a transparent ground
 * @param isTranslucent the shape may be faint as a whole: what is at least half as opaque as its most opaque pixel counts
 * @returns how many pixels the shape has
 */
export function markLabel(labels: Uint8Array, rgba: Uint8ClampedArray, label: number, isTranslucent: boolean): number {
  let limit = COVERED;
  if (isTranslucent) {
    let most = 0;
    for (let at = 3; at < rgba.length; at += 4) most = Math.max(most, rgba[at] ?? 0);
    limit = Math.max(1, most / 2);
  }
  let count = 0;
  for (let pixel = 0; pixel < labels.length; pixel++) {
    if ((rgba[4 * pixel + 3] ?? 0) < limit) continue;
    labels[pixel] = label;
    count += 1;
  }
  return count;
}

/** Where the pixels of a label are; null without any. */
export function placeOf(labels: Uint8Array, label: number, width: number): { box: Box; centre: Point } | null {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1];
  let [sumX, sumY, count] = [0, 0, 0];
  for (let pixel = 0; pixel < labels.length; pixel++) {
    if (labels[pixel] !== label) continue;
    const x = pixel % width;
    const y = (pixel - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    sumX += x;
    sumY += y;
    count += 1;
  }
  if (count === 0) return null;
  const mean = { x: sumX / count, y: sumY / count };
  const box = { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
  return { box, centre: nearestPixel(labels, label, width, mean) };
}

/** The middle of the label's pixel that is nearest to a point: that of a ring is on the ring. */
function nearestPixel(labels: Uint8Array, label: number, width: number, { x, y }: Point): Point {
  let nearest = { x, y };
  let shortest = Number.POSITIVE_INFINITY;
  for (let pixel = 0; pixel < labels.length; pixel++) {
    if (labels[pixel] !== label) continue;
    const column = pixel % width;
    const row = (pixel - column) / width;
    const distance = (column - x) ** 2 + (row - y) ** 2;
    if (distance >= shortest) continue;
    shortest = distance;
    nearest = { x: column + 0.5, y: row + 0.5 };
  }
  return nearest;
}

const PNG_SIGNATURE_BYTES = 8;

/** The colours of an indexed PNG as numbers, by their index; empty for other PNGs. */
export function readPalette(png: Uint8Array): number[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  // length, type, data and checksum of each chunk
  for (let at = PNG_SIGNATURE_BYTES; at + 12 <= png.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (type === 'PLTE') {
      return Array.from({ length: length / 3 }, (_, n) => view.getUint32(at + 7 + 3 * n) & 0xffffff);
    }
    at += 12 + length;
  }
  return [];
}
