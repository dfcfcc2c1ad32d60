import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeImage, type RgbImage } from '../../src/images/decode.js';
import { type Resampling, resizeRgb } from '../../src/images/resize.js';
import { draw } from '../support/draw.js';

/** Made by `test/parity/make-resize.py`. */
const FIXTURES = fileURLToPath(new URL('../fixtures/resize', import.meta.url));

const RESAMPLINGS: readonly Resampling[] = ['pil-bicubic', 'lanczos', 'opencv-bilinear'];

/** The image of `make-resize.py`: hard edges on the left, noise on the right. */
function testImage(width: number, height: number): RgbImage {
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / (3 * width)), i % 3];
    const noise = Math.imul(x * x * 31 + y * y * 17 + x * y * 7 + c * 85, 2654435761) >>> 24;
    const edge = ((Math.floor(x / 3) + Math.floor(y / 2) + c) % 2) * 255;
    return 2 * x < width ? edge : noise;
  });
  return { width, height, rgb };
}

describe.each(RESAMPLINGS)('resizing by %s', (resampling) => {
  const folder = `${FIXTURES}/${resampling}`;
  it.each(readdirSync(folder))('equals the reference to the grey level: %s', async (file) => {
    const [width = 0, height = 0, toWidth = 0, toHeight = 0] = (file.match(/\d+/g) ?? []).map(Number);
    const resized = resizeRgb(testImage(width, height), { width: toWidth, height: toHeight }, resampling);
    expect(resized).toEqual(await referenceAt(`${folder}/${file}`));
  });

  it('leaves an image of that size as it is', () => {
    const image = testImage(4, 3);
    expect(resizeRgb(image, { width: 4, height: 3 }, resampling)).toBe(image);
  });

  it.each([31, 45, 100])('keeps content in place when it upscales from 30 pixels to %i', (side) => {
    const spot = draw(30, 30, [{ x: 6, y: 12, w: 12, h: 9, colour: [0, 0, 0] }]);
    const { x, y } = middleOfInk(resizeRgb(spot, { width: side, height: side }, resampling));
    expect(x).toBeCloseTo((side * 12) / 30, 1);
    expect(y).toBeCloseTo((side * 16.5) / 30, 1);
  });
});

async function referenceAt(path: string): Promise<RgbImage> {
  const { width, height, rgb } = await decodeImage(await readFile(path));
  return { width, height, rgb: new Uint8Array(rgb) };
}

/** The centroid of all pixels darker than white. */
function middleOfInk({ width, rgb }: RgbImage): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < rgb.length; i += 3) {
    const ink = 255 - (rgb[i] ?? 0);
    sum += ink;
    x += ink * (((i / 3) % width) + 0.5);
    y += ink * (Math.floor(i / 3 / width) + 0.5);
  }
  return { x: x / sum, y: y / sum };
}
