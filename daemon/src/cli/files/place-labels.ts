import type { Box } from '@samepoint/shared-protocol';
import { haloWidth, textWidth } from './vector-text.js';

/** A text to place beside its marker. */
export interface Label {
  text: string;
  /** The drawn marker; `w` and `h` are 0 for a point. */
  marker: Box;
}

/** Where a label is drawn: the top left corner of its text, and the height of its digits. */
export interface PlacedLabel {
  x: number;
  y: number;
  height: number;
}

export interface LabelOptions {
  /** Radius of the marker of a point. */
  radius: number;
  /** Heights to try, the preferred first. */
  heights: readonly number[];
}

/** Distance between a marker and its label. */
const GAP = 2;

/**
 * Places labels beside their markers, inside the image, without overlaps: around a point, in and around the corners of a
 * box. A label that fits nowhere is left out, which happens where there are many.
 * @param image the area of the image in the drawing
 * @returns undefined for a label that is left out
 */
export function placeLabels(
  labels: readonly Label[],
  image: Box,
  { radius, heights }: LabelOptions,
): (PlacedLabel | undefined)[] {
  const taken = labels.flatMap(({ marker: { x, y, w } }) =>
    w > 0 ? [] : { x: x - radius, y: y - radius, w: 2 * radius, h: 2 * radius },
  );
  return labels.map(({ text, marker }) => {
    for (const height of heights) {
      const size = sizeOf(text, height);
      const corners = marker.w > 0 ? aroundBox(marker, size) : aroundPoint(marker, size, radius);
      const free = corners.find((area) => isInside(area, image) && !taken.some((other) => overlaps(area, other)));
      if (free === undefined) continue;
      taken.push(free);
      const halo = haloWidth(height);
      return { x: free.x + halo, y: free.y + halo, height };
    }
    return undefined;
  });
}

interface TextSize {
  w: number;
  h: number;
}

function sizeOf(text: string, height: number): TextSize {
  const halo = 2 * haloWidth(height);
  return { w: textWidth(text, height) + halo, h: height + halo };
}

function aroundPoint({ x, y }: Box, { w, h }: TextSize, radius: number): Box[] {
  const distance = radius + GAP;
  const [right, left] = [x + distance, x - distance - w];
  const [above, below] = [y - distance - h, y + distance];
  const places = [
    [right, y - h / 2],
    [left, y - h / 2],
    [x - w / 2, above],
    [x - w / 2, below],
    [right, above],
    [right, below],
    [left, above],
    [left, below],
  ] as const;
  return places.map(([atX, atY]) => ({ x: atX, y: atY, w, h }));
}

function aroundBox(box: Box, { w, h }: TextSize): Box[] {
  const [left, right] = [box.x, box.x + box.w - w];
  const [above, top] = [box.y - h, box.y + GAP];
  const [bottom, below] = [box.y + box.h - h - GAP, box.y + box.h];
  const inset = GAP;
  const places = [
    [left, above],
    [left + inset, top],
    [right, above],
    [right - inset, top],
    [left + inset, bottom],
    [left, below],
    [right - inset, bottom],
    [right, below],
    [box.x + box.w, box.y + (box.h - h) / 2],
    [box.x - w, box.y + (box.h - h) / 2],
  ] as const;
  return places.map(([atX, atY]) => ({ x: atX, y: atY, w, h }));
}

function isInside(area: Box, image: Box): boolean {
  return (
    area.x >= image.x &&
    area.y >= image.y &&
    area.x + area.w <= image.x + image.w &&
    area.y + area.h <= image.y + image.h
  );
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
