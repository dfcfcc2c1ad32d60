import { decode, encode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeLabelMask, encodeLabelMask } from '../../src/images/label-mask.js';

const RED = [200, 0, 0] as const;
const GREEN = [0, 180, 10] as const;
const BLACK = [0, 0, 0] as const;
const WHITE = [255, 255, 255] as const;

type Colour = readonly number[];

/** A PNG with a palette, one row of pixels. */
function indexed(palette: readonly Colour[], ...indices: number[]): Uint8Array {
  const colours = palette.map((colour) => [...colour]);
  return encode({
    width: indices.length,
    height: 1,
    data: Uint8Array.from(indices),
    channels: 1,
    depth: 8,
    palette: colours,
  });
}

/** An image without a palette, one row of pixels. */
function plain(...pixels: Colour[]) {
  const channels = pixels[0]?.length === 4 ? 4 : 3;
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width: pixels.length, height: 1, channels } });
}

describe('a PNG with a palette', () => {
  it('keeps all indices and colours after decoding and encoding, even unused ones', async () => {
    const palette = [BLACK, RED, [1, 2, 3], GREEN, WHITE];
    const mask = await decodeLabelMask(indexed(palette, 3, 0, 1, 1, 4));
    expect(mask).toMatchObject({ width: 5, height: 1, background: 0 });
    expect([...mask.indices]).toEqual([3, 0, 1, 1, 4]);
    const written = decode(encodeLabelMask(mask));
    expect([...written.data]).toEqual([3, 0, 1, 1, 4]);
    expect(written.palette).toEqual(palette);
  });

  it('keeps all 256 indices', async () => {
    const palette = Array.from({ length: 256 }, (_, n) => [n, 255 - n, n >> 1]);
    const indices = palette.map((_, n) => n);
    expect([...(await decodeLabelMask(indexed(palette, ...indices), 'mask', { ignore: 'none' })).indices]).toEqual(
      indices,
    );
  });

  it.each([
    ['index 0', [WHITE, RED], [0, 1], 0],
    ['index 0, when black only fills the palette up', [WHITE, RED, BLACK, BLACK], [0, 1], 0],
    ['black, where a graphics program put it elsewhere', [RED, BLACK], [0, 1], 1],
  ])('the background is %s', async (_what, palette, indices, background) => {
    expect((await decodeLabelMask(indexed(palette, ...indices))).background).toBe(background);
  });

  it('with fewer than 8 bits a pixel is read too', async () => {
    const png = await plain(BLACK, RED, RED, GREEN).png({ palette: true, colours: 4 }).toBuffer();
    expect((await sharp(png).metadata()).bitsPerSample).toBeLessThan(8);
    const { indices, palette } = await decodeLabelMask(png);
    expect([...indices].map((index) => palette[index])).toEqual([BLACK, RED, RED, GREEN].map((colour) => [...colour]));
  });
});

describe('a PNG with a palette and transparency', () => {
  it('keeps three channels a colour, and its transparent pixels are background', async () => {
    const png = await plain([...RED, 255], [...GREEN, 0], [...RED, 255])
      .png({ palette: true })
      .toBuffer();
    expect((await sharp(png).metadata()).hasAlpha).toBe(true);
    const { indices, palette, background } = await decodeLabelMask(png);
    expect([...indices].map((index) => index !== background && palette[index])).toEqual([[...RED], false, [...RED]]);
  });

  it('has a black background, not the hidden colour of its transparent pixels', async () => {
    const png = await plain([...GREEN, 0], [...RED, 255])
      .png({ palette: true })
      .toBuffer();
    const drawn = await sharp(encodeLabelMask(await decodeLabelMask(png)))
      .removeAlpha()
      .raw()
      .toBuffer();
    expect([...drawn]).toEqual([...BLACK, ...RED]);
  });

  it('with a broken chunk is refused', async () => {
    const png = Buffer.from(indexed([BLACK, RED], 0, 1));
    const noColours = Buffer.concat([png.subarray(0, 33), png.subarray(png.indexOf('IDAT') - 4)]);
    await expect(decodeLabelMask(noColours, 'mask.png')).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  });
});

describe('an image of plain colours', () => {
  it('has a label for each colour, in their order, and black is none', async () => {
    const mask = await decodeLabelMask(await plain(GREEN, BLACK, RED, GREEN).png().toBuffer());
    expect([...mask.indices]).toEqual([1, 0, 2, 1]);
    expect(mask.palette).toEqual([BLACK, GREEN, RED].map((colour) => [...colour]));
  });

  it('has no label in transparent pixels', async () => {
    const png = await plain([...RED, 255], [...GREEN, 20], [...BLACK, 0])
      .png()
      .toBuffer();
    expect([...(await decodeLabelMask(png)).indices]).toEqual([1, 0, 0]);
  });

  it('of grey values has a label for each', async () => {
    const grey = sharp(Uint8Array.of(0, 90, 255, 90), { raw: { width: 4, height: 1, channels: 1 } });
    expect([...(await decodeLabelMask(await grey.png().toBuffer())).indices]).toEqual([0, 1, 2, 1]);
  });

  it('with antialiased edges is rejected', async () => {
    const shades = Array.from({ length: 300 }, (_, n) => [n % 256, n >> 3, 9]);
    await expect(
      decodeLabelMask(
        await plain(...shades)
          .png()
          .toBuffer(),
        'mask.png',
      ),
    ).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'mask.png has smoothed edges with 300 shades, which are no labels.',
    });
  });

  it('that cannot be decoded is rejected', async () => {
    await expect(decodeLabelMask(Buffer.from('no image'))).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  });
});
