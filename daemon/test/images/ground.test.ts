import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, pixelsId, type RgbImage } from '../../src/images/decode.js';
import { draw, encoder, pixel, toPng } from '../support/draw.js';
import { runCli } from '../support/run-cli.js';

type Rgba = readonly [number, number, number, number];

const SIZE = { width: 40, height: 20 };
const CLEAR: Rgba = [0, 0, 0, 0];

/** The first colour covers the given share of the columns, the second the rest. */
async function split(content: Rgba, share: number, rest: Rgba = CLEAR) {
  const rgba = new Uint8Array(SIZE.width * SIZE.height * 4);
  for (let at = 0; at < rgba.length; at += 4) {
    rgba.set((at / 4) % SIZE.width < share * SIZE.width ? content : rest, at);
  }
  return sharp(rgba, { raw: { ...SIZE, channels: 4 } });
}

/** The colour of the last, transparent column. */
async function groundUnder(image: Sharp): Promise<number[]> {
  return pixel(await decodeImage(await image.png().toBuffer()), SIZE.width - 1, 5);
}

const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];

describe('the ground under a transparent image', () => {
  it.each<[string, Rgba, number, number[]]>([
    ['black under light content that covers little', [255, 255, 255, 255], 0.1, BLACK],
    ['black up to half of the image', [255, 255, 255, 255], 0.475, BLACK],
    ['white if light content covers half, as a screen with rounded corners does', [250, 250, 250, 255], 0.5, WHITE],
    ['white under dark content', [40, 44, 52, 255], 0.1, WHITE],
    ['black just above the middle', [128, 128, 128, 255], 0.1, BLACK],
    ['white just below it', [127, 127, 127, 255], 0.1, WHITE],
    ['black under yellow, which is light', [255, 220, 0, 255], 0.1, BLACK],
    ['white under blue, which is dark', [0, 0, 255, 255], 0.1, WHITE],
  ])('is %s', async (_name, content, share, expected) => {
    expect(await groundUnder(await split(content, share))).toEqual(expected);
  });

  it('depends on content by its opacity', async () => {
    // as many pixels of faint white as of black
    const image = await split([255, 255, 255, 60], 0.2);
    const rgba = await image.raw().toBuffer();
    for (let at = 0; at < rgba.length; at += 4) if ((at / 4) % SIZE.width < 4) rgba.set([0, 0, 0, 255], at);
    expect(await groundUnder(sharp(rgba, { raw: { ...SIZE, channels: 4 } }))).toEqual(WHITE);
  });

  it('is white if nothing is visible', async () => {
    expect(await groundUnder(await split(CLEAR, 1))).toEqual(WHITE);
  });

  it('is the same in WebP and in a PNG with a palette', async () => {
    const light = await split([255, 255, 255, 255], 0.1);
    for (const encoded of [light.clone().webp({ lossless: true }), light.clone().png({ palette: true })]) {
      expect(pixel(await decodeImage(await encoded.toBuffer()), SIZE.width - 1, 5)).toEqual(BLACK);
    }
  });
});

describe('an image that is not transparent', () => {
  const NOISE: RgbImage = (() => {
    const image = draw(64, 32);
    return { ...image, rgb: image.rgb.map((_, i) => (i * 7919) % 251) };
  })();

  it('has the same pixels with and without an alpha channel', async () => {
    const plain = await decodeImage(await toPng(NOISE));
    const withAlpha = await decodeImage(await encoder(NOISE).ensureAlpha().png().toBuffer());
    for (const { rgb } of [plain, withAlpha]) expect(Buffer.compare(rgb, NOISE.rgb)).toBe(0);
  });

  it('keeps the key of its features, and one with transparency has its own', async () => {
    expect(await pixelsId('id', await toPng(NOISE))).toBe('id');
    expect(await pixelsId('id', await (await split(CLEAR, 1)).png().toBuffer())).not.toBe('id');
    expect(await pixelsId('id', Buffer.from('no image'))).toBe('id');
    expect(await pixelsId('id', Buffer.alloc(0))).toBe('id');
  });
});

describe('white text without a ground', () => {
  it('is found at the same positions on a dark page', async () => {
    const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/transparent/${name}`, import.meta.url));
    expect((await sharp(readFileSync(fixture('clear.png'))).stats()).isOpaque).toBe(false);
    // the title, four icons, a line of text and a button
    const points = '124,47 36,112 90,112 144,112 198,112 100,177 67,228';
    const run = await runCli('match', fixture('clear.png'), fixture('dark.png'), '--points', points, '--json');
    expect(run.code).toBe(0);
    const { items } = JSON.parse(run.stdout).targets[0];
    expect(items).toHaveLength(7);
    for (const { source, target, confidence } of items) {
      expect(Math.hypot(target.x - source.x, target.y - source.y)).toBeLessThan(3);
      expect(confidence).toBeGreaterThan(0.9);
    }
  });
});
