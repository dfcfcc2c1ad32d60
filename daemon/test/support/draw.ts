import sharp from 'sharp';
import type { RgbImage } from '../../src/images/decode.js';

export type Colour = readonly [number, number, number];

export const WHITE: Colour = [255, 255, 255];

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
  colour: Colour;
}

/** Filled rectangles on a background, later ones on top, clipped to the image. */
export function draw(width: number, height: number, rects: readonly Rect[] = [], ground: Colour = WHITE): RgbImage {
  const rgb = new Uint8Array(width * height * 3);
  for (const rect of [{ x: 0, y: 0, w: width, h: height, colour: ground }, ...rects]) {
    for (let y = Math.max(0, rect.y); y < Math.min(height, rect.y + rect.h); y++) {
      for (let x = Math.max(0, rect.x); x < Math.min(width, rect.x + rect.w); x++)
        rgb.set(rect.colour, (y * width + x) * 3);
    }
  }
  return { width, height, rgb };
}

/** A sharp pipeline for encoding: `.png()`, `.jpeg()` … */
export function encoder({ width, height, rgb }: RgbImage) {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

export function toPng(image: RgbImage): Promise<Buffer> {
  return encoder(image).png().toBuffer();
}

/** Shifted rectangles. */
export function moved(rects: readonly Rect[], dx: number, dy: number): Rect[] {
  return rects.map((rect) => ({ ...rect, x: rect.x + dx, y: rect.y + dy }));
}

/** The colour of one pixel. */
export function pixel({ width, rgb }: RgbImage, x: number, y: number): number[] {
  return [...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}
