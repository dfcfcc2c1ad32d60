import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeJobPair } from '../../src/engine/jobs/job-images.js';
import { pixel } from '../support/draw.js';

const SIDE = 20;
const [SOURCE, TARGET] = ['a'.repeat(64), 'b'.repeat(64)];

/** White columns on the left, the rest clear. */
async function columns(white: number): Promise<Uint8Array> {
  const rgba = new Uint8Array(SIDE * SIDE * 4);
  for (let at = 0; at < rgba.length; at += 4) if ((at / 4) % SIDE < white) rgba.fill(255, at, at + 4);
  return sharp(rgba, { raw: { width: SIDE, height: SIDE, channels: 4 } })
    .png()
    .toBuffer();
}

async function lastPixels(source: Uint8Array, target: Uint8Array): Promise<number[][]> {
  const images = new Map([
    [SOURCE, source],
    [TARGET, target],
  ]);
  return (await decodeJobPair(images, SOURCE, TARGET)).map((image) => pixel(image, SIDE - 1, 3));
}

describe('two images that are compared pixel by pixel', () => {
  it('have the same ground, though one alone would be laid on white', async () => {
    const black = [0, 0, 0];
    expect(await lastPixels(await columns(8), await columns(12))).toEqual([black, black]);
    expect(await lastPixels(await columns(12), await columns(8))).toEqual([black, black]);
  });

  it('name the one that cannot be decoded', async () => {
    const good = await columns(8);
    for (const [source, target, broken] of [
      [Buffer.from('none'), good, SOURCE],
      [good, good.subarray(0, 60), TARGET],
    ] as const) {
      await expect(lastPixels(source, target)).rejects.toMatchObject({ extra: { details: { imageId: broken } } });
    }
  });
});
