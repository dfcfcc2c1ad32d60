import { LIMITS } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, decodePpm } from '../../src/images/decode.js';
import { draw, encoder, pixel, toPng } from '../support/draw.js';
import { slowPng } from '../support/slow-png.js';

const RED = [200, 30, 40] as const;
const BLUE = [20, 60, 220] as const;

/** Red on the left, blue on the right, two pixels high. */
const FLAG = draw(40, 20, [
  { x: 0, y: 0, w: 20, h: 20, colour: RED },
  { x: 20, y: 0, w: 20, h: 20, colour: BLUE },
]);

/** Lossy formats may be this far off in the middle of a flat field. */
const LOSSY = 6;

function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (const [c, value] of actual.entries())
    expect(Math.abs(value - (expected[c] ?? 0))).toBeLessThanOrEqual(tolerance);
}

const flat = (background: string | { r: number; g: number; b: number; alpha: number }, width = 8, height = 4) =>
  sharp({ create: { width, height, channels: typeof background === 'string' ? 3 : 4, background } });

describe('an image is decoded to 8-bit RGB', () => {
  it.each([
    ['PNG', () => encoder(FLAG).png(), 0],
    ['interlaced PNG', () => encoder(FLAG).png({ progressive: true }), 0],
    ['PNG with a palette', () => encoder(FLAG).png({ palette: true }), 1],
    ['JPEG', () => encoder(FLAG).jpeg({ quality: 95 }), LOSSY],
    ['progressive JPEG', () => encoder(FLAG).jpeg({ quality: 95, progressive: true }), LOSSY],
    ['lossless WebP', () => encoder(FLAG).webp({ lossless: true }), 0],
    ['lossy WebP', () => encoder(FLAG).webp({ quality: 95 }), LOSSY],
  ])('from %s', async (_format, encode, tolerance) => {
    const image = await decodeImage(await encode().toBuffer());
    expect(image).toMatchObject({ width: 40, height: 20 });
    expect(image.rgb.length).toBe(40 * 20 * 3);
    near(pixel(image, 10, 10), RED, tolerance);
    near(pixel(image, 30, 10), BLUE, tolerance);
  });

  it.each([
    ['8-bit', 'srgb' as const],
    ['16-bit', 'rgb16' as const],
  ])('with its transparency over white, %s', async (_depth, colourspace) => {
    const half = flat({ r: 255, g: 0, b: 0, alpha: 0.5 }).toColourspace(colourspace).png();
    near(pixel(await decodeImage(await half.toBuffer()), 3, 2), [255, 127, 127], 1);
  });

  it('with fully transparent pixels as white, whatever their colour', async () => {
    const hidden = flat({ r: 255, g: 0, b: 0, alpha: 0 }).png();
    expect(pixel(await decodeImage(await hidden.toBuffer()), 0, 0)).toEqual([255, 255, 255]);
  });

  it.each([
    ['16-bit colour', () => flat('#80c020').toColourspace('rgb16').png(), [0x80, 0xc0, 0x20], 1],
    ['8-bit grey', () => flat('#808080').toColourspace('b-w').png(), [0x80, 0x80, 0x80], 1],
    ['16-bit grey', () => flat('#808080').toColourspace('grey16').png(), [0x80, 0x80, 0x80], 1],
    ['grey JPEG', () => flat('#808080').toColourspace('b-w').jpeg(), [0x80, 0x80, 0x80], 2],
  ])('from %s', async (_kind, encode, colour, tolerance) => {
    const image = await decodeImage(await encode().toBuffer());
    expect(image.rgb.length).toBe(8 * 4 * 3);
    near(pixel(image, 7, 3), colour, tolerance);
  });

  it('from a CMYK JPEG, without turning the colours into their negatives', async () => {
    const cmyk = await flat('#ff0000').toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const [r = 0, g = 255, b = 255] = pixel(await decodeImage(cmyk), 3, 2);
    expect(r).toBeGreaterThan(200);
    expect(Math.max(g, b)).toBeLessThan(60);
  });

  it.each([
    [1, { width: 40, height: 20, left: RED, right: BLUE }],
    [2, { width: 40, height: 20, left: BLUE, right: RED }],
    [3, { width: 40, height: 20, left: BLUE, right: RED }],
  ])('upright for EXIF orientation %i', async (orientation, { width, height, left, right }) => {
    const image = await decodeImage(await encoder(FLAG).png().withMetadata({ orientation }).toBuffer());
    expect(image).toMatchObject({ width, height });
    expect(pixel(image, 5, 10)).toEqual([...left]);
    expect(pixel(image, 35, 10)).toEqual([...right]);
  });

  it.each([
    [6, RED],
    [8, BLUE],
  ])('with swapped sides for EXIF orientation %i', async (orientation, top) => {
    const image = await decodeImage(await encoder(FLAG).png().withMetadata({ orientation }).toBuffer());
    expect(image).toMatchObject({ width: 20, height: 40 });
    expect(pixel(image, 10, 5)).toEqual([...top]);
  });

  it('from the first frame of an animation', async () => {
    const frames = await sharp([await toPng(FLAG), await toPng(draw(40, 20))], { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    const image = await decodeImage(frames);
    expect(image).toMatchObject({ width: 40, height: 20 });
    expect(pixel(image, 5, 10)).toEqual([...RED]);
  });
});

describe('the limit', () => {
  it('imageSidePx holds at its last value and not one beyond', async () => {
    const strip = (width: number) => flat('#ffffff', width, 1).png().toBuffer();
    expect(await decodeImage(await strip(LIMITS.imageSidePx))).toMatchObject({ width: LIMITS.imageSidePx });
    await expect(decodeImage(await strip(LIMITS.imageSidePx + 1))).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: `The image is too large: ${LIMITS.imageSidePx + 1}×1 pixels, and the limit is ${LIMITS.imageSidePx} pixels per side.`,
    });
  });

  it('imagePixels holds at its last value and not one beyond', async () => {
    const ONE_MORE = { width: 12_277, height: 5213 };
    expect(ONE_MORE.width * ONE_MORE.height).toBe(LIMITS.imagePixels + 1);
    const last = await flat('#ffffff', 8000, LIMITS.imagePixels / 8000)
      .png({ compressionLevel: 1 })
      .toBuffer();
    expect((await decodeImage(last)).rgb.length).toBe(LIMITS.imagePixels * 3);
    const one = flat('#ffffff', ONE_MORE.width, ONE_MORE.height).png({ compressionLevel: 1 });
    await expect(decodeImage(await one.toBuffer())).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringContaining('64 million pixels'),
    });
  });

  it('imageBytes holds at its last value and not one beyond', async () => {
    // decoders stop at the end of the image, so the padding only adds bytes
    const padded = Buffer.alloc(LIMITS.imageBytes + 1);
    padded.set(await toPng(FLAG));
    expect(await decodeImage(padded.subarray(0, LIMITS.imageBytes))).toMatchObject({ width: 40, height: 20 });
    await expect(decodeImage(padded)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });

  it('decodeTimeoutMs ends the decoding of an image that takes longer, and not of one that does not', async () => {
    const second = 1000;
    await expect(decodeImage(slowPng(), 'slow.png', second)).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: 'slow.png takes too long to decode: the limit is 1 seconds.',
    });
    expect(await decodeImage(await toPng(FLAG), 'quick.png', second)).toMatchObject({ width: 40 });
  });
});

const PIXELS = [1, 2, 3, 4, 5, 6, 10, 35, 80, 7, 8, 9];

function ppm(header: string, pixels: readonly number[] = PIXELS): Uint8Array {
  return Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(pixels)]);
}

describe('a binary PPM image', () => {
  it.each([
    ['as most programs write it', 'P6\n2 2\n255\n'],
    ['with comments', 'P6\n# made by hand\n2\t2 # small\n255\n'],
  ])('is read %s', (_, header) => {
    const { width, height, rgb } = decodePpm(ppm(header), 'a.ppm');
    expect({ width, height, pixels: [...rgb] }).toEqual({ width: 2, height: 2, pixels: PIXELS });
  });

  it.each([
    ['text pixels', 'P3\n2 2\n255\n', PIXELS, 'it is not a binary PPM image'],
    ['two bytes per channel', 'P6\n2 2\n65535\n', PIXELS, 'it does not have one byte per channel'],
    ['a file that was cut', 'P6\n2 2\n255\n', PIXELS.slice(1), 'it ends before its last pixel'],
    ['more pixels than can be kept', 'P6\n99999999 9999999\n255\n', PIXELS, 'and the limit is'],
    ['no pixels', 'P6\n0 2\n255\n', [], 'has 0×2 pixels'],
  ])('is refused with %s', (_, header, pixels, reason) => {
    expect(() => decodePpm(ppm(header, pixels), 'a.ppm')).toThrow(reason);
  });
});
