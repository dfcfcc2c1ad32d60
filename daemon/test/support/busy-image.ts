import type { Homography, Point } from '@samepoint/shared-protocol';
import type { RgbaImage, RgbImage } from '../../src/images/decode.js';
import { invert, project } from '../../src/transfer/transforms/projective.js';
import { type Colour, draw, type Rect, WHITE } from './draw.js';
import { seededRandom } from './random.js';

export const BUSY_IMAGE = { width: 384, height: 120 };

/** A screen of distinct random rectangles. */
export function busyImage(): RgbImage {
  const random = seededRandom(5);
  const within = (least: number, most: number) => Math.round(least + random() * (most - least));
  const colour = (): Colour => [within(0, 220), within(0, 220), within(0, 220)];
  const rects: Rect[] = Array.from({ length: 50 }, () => ({
    x: within(0, BUSY_IMAGE.width - 20),
    y: within(0, BUSY_IMAGE.height - 12),
    w: within(8, 60),
    h: within(4, 24),
    colour: colour(),
  }));
  return draw(BUSY_IMAGE.width, BUSY_IMAGE.height, rects);
}

/** A red disc of the size of the source, transparent elsewhere. */
export function disc(centre: Point, radius: number, { width, height } = BUSY_IMAGE): RgbaImage {
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const inside = Math.hypot((i % width) + 0.5 - centre.x, Math.floor(i / width) + 0.5 - centre.y) <= radius;
    if (inside) rgba.set([230, 20, 40, 255], 4 * i);
  }
  return { width, height, rgba };
}

/** The image under a transform, white outside it; each pixel is the mean of nine samples. */
export function warpImage(image: RgbImage, h: Homography, { width, height } = BUSY_IMAGE): RgbImage {
  const back = invert(h);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const sum = [0, 0, 0];
    for (let n = 0; n < 9; n++) {
      const [u, v] = [((n % 3) + 0.5) / 3, (Math.floor(n / 3) + 0.5) / 3];
      const { x, y } = project(back, { x: (i % width) + u, y: Math.floor(i / width) + v });
      const inside = x >= 0 && y >= 0 && x < image.width && y < image.height;
      const at = (Math.floor(y) * image.width + Math.floor(x)) * 3;
      for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + (inside ? (image.rgb[at + c] ?? 0) : (WHITE[c] ?? 0));
    }
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.round((sum[c] ?? 0) / 9);
  }
  return { width, height, rgb };
}

/** Whether the disc covers a pixel of the target under a known transform. */
export function discThrough(
  centre: Point,
  radius: number,
  h: Homography,
  { width, height } = BUSY_IMAGE,
): (x: number, y: number) => boolean {
  const back = invert(h);
  return (x, y) => {
    const point = project(back, { x: x + 0.5, y: y + 0.5 });
    return x < width && y < height && Math.hypot(point.x - centre.x, point.y - centre.y) <= radius;
  };
}
