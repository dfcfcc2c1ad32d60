import { encode } from 'fast-png';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { type DecodedMask, decodeLabelMask } from '../../src/images/label-mask.js';

const SIZE = { width: 120, height: 80 };
const RED = [200, 0, 0] as const;
const GREEN = [0, 180, 10] as const;
const WHITE = [255, 255, 255] as const;
const GREY = [128, 128, 128] as const;
const BLACK = [0, 0, 0] as const;
type Colour = readonly [number, number, number];

interface Disc {
  x: number;
  y: number;
  radius: number;
  colour: Colour;
}

/** The second lies over the first. */
const discs = (first: Colour, second: Colour): Disc[] => [
  { x: 40.3, y: 40, radius: 30, colour: first },
  { x: 75, y: 38.6, radius: 24.4, colour: second },
];
const ONE: Disc[] = [{ x: 50.2, y: 41, radius: 29.5, colour: WHITE }];

/** Colour and coverage of a point: later discs lie on top. */
function at(shapes: readonly Disc[], x: number, y: number): Colour | undefined {
  return shapes.findLast((disc) => Math.hypot(x - disc.x, y - disc.y) < disc.radius)?.colour;
}

/** Positions inside a pixel whose colours are averaged. */
const SAMPLES = 5;

/** @param smooth the share of each colour in a pixel; otherwise the colour of its centre */
function drawn(shapes: readonly Disc[], smooth: boolean, ground: Colour | 'transparent' = BLACK): Sharp {
  const rgba = new Uint8Array(SIZE.width * SIZE.height * 4);
  const offsets = smooth ? Array.from({ length: SAMPLES }, (_, n) => (n + 0.5) / SAMPLES) : [0.5];
  for (let pixel = 0; pixel < SIZE.width * SIZE.height; pixel++) {
    const colours = offsets.flatMap((dy) =>
      offsets.map((dx) => at(shapes, (pixel % SIZE.width) + dx, Math.floor(pixel / SIZE.width) + dy)),
    );
    const seen =
      ground === 'transparent' ? colours.flatMap((one) => one ?? []) : colours.flatMap((one) => one ?? ground);
    const count = seen.length / 3;
    for (let c = 0; c < 3; c++) {
      const sum = seen.filter((_, n) => n % 3 === c).reduce((total, value) => total + value, 0);
      rgba[4 * pixel + c] = Math.round(sum / Math.max(1, count));
    }
    rgba[4 * pixel + 3] = Math.round((255 * count) / colours.length);
  }
  return sharp(rgba, { raw: { ...SIZE, channels: 4 } });
}

/** Colours of the pixels, and the share of them that differ from the truth: those on an edge may. */
async function compare(mask: DecodedMask, shapes: readonly Disc[]) {
  const wrong: number[] = [];
  for (const [pixel, index] of mask.indices.entries()) {
    const [x, y] = [(pixel % SIZE.width) + 0.5, Math.floor(pixel / SIZE.width) + 0.5];
    const truths = [-1.5, 0, 1.5].flatMap((dy) => [-1.5, 0, 1.5].map((dx) => at(shapes, x + dx, y + dy) ?? BLACK));
    const colour = index === mask.background ? BLACK : (mask.palette[index] ?? BLACK);
    if (!truths.some((truth) => truth.every((value, c) => Math.abs(value - (colour[c] ?? 0)) <= 4))) wrong.push(pixel);
  }
  return { labels: new Set(mask.indices).size - 1, wrong: wrong.length };
}

const opaque = (image: Sharp) => image.removeAlpha();
const MIXED = discs(RED, GREEN);
/** Grey lies between black and white, so that the edge of the white disc passes through it. */
const GREYS = discs(GREY, WHITE);

describe('smoothed edges are snapped to the labels beside them', () => {
  it.each<[string, readonly Disc[], (image: Sharp) => Sharp]>([
    ['one object, grey', ONE, (image) => opaque(image).toColourspace('b-w').png()],
    ['one object, RGB', ONE, (image) => opaque(image).png()],
    ['one object, blurred', ONE, (image) => opaque(image).blur(2).toColourspace('b-w').png()],
    ['one object, JPEG', ONE, (image) => opaque(image).jpeg({ quality: 75 })],
    ['one object, WebP', ONE, (image) => opaque(image).webp({ quality: 75 })],
    ['two objects, RGB', MIXED, (image) => opaque(image).png()],
    ['two objects, in a palette', MIXED, (image) => opaque(image).png({ palette: true, colours: 64, dither: 0 })],
    ['two objects, JPEG', MIXED, (image) => opaque(image).jpeg({ quality: 90, chromaSubsampling: '4:4:4' })],
    ['two objects, grey', GREYS, (image) => opaque(image).toColourspace('b-w').png()],
    ['two objects, grey JPEG', GREYS, (image) => opaque(image).toColourspace('b-w').jpeg({ quality: 95 })],
  ])('%s', async (_name, shapes, encoded) => {
    const mask = await decodeLabelMask(await encoded(drawn(shapes, true)).toBuffer());
    const { labels, wrong } = await compare(mask, shapes);
    expect(labels).toBe(shapes.length);
    // noise of JPEG where three labels meet
    expect(wrong).toBeLessThanOrEqual(2);
    expect(mask.snapped).toBeGreaterThan(100);
    expect(mask.ignored).toBeUndefined();
  });

  it.each([
    ['one white object', ONE],
    ['two objects', MIXED],
  ])('%s on transparent, with soft alpha', async (_name, shapes) => {
    const mask = await decodeLabelMask(await drawn(shapes, true, 'transparent').png().toBuffer());
    expect(await compare(mask, shapes)).toEqual({ labels: shapes.length, wrong: 0 });
  });

  it('and thin objects keep their own', async () => {
    const image = await opaque(drawn(ONE, true)).raw().toBuffer();
    const line = Buffer.from(image);
    for (let y = 10; y < 70; y++) line.set([0, 0, 255, 0, 0, 255], 3 * (y * SIZE.width + 100));
    const mask = await decodeLabelMask(
      await sharp(line, { raw: { ...SIZE, channels: 3 } })
        .png()
        .toBuffer(),
    );
    const blue = mask.palette.findIndex((colour) => colour.join() === '0,0,255');
    expect(mask.indices.filter((index) => index === blue)).toHaveLength(120);
    expect(new Set(mask.indices).size).toBe(3);
  });
});

describe('a mask of plain colours is left alone', () => {
  it.each([
    ['two objects', MIXED],
    ['two grey objects', GREYS],
  ])('%s', async (_name, shapes) => {
    const mask = await decodeLabelMask(await opaque(drawn(shapes, false)).png().toBuffer());
    expect(mask.snapped).toBe(0);
    expect(await compare(mask, shapes)).toEqual({ labels: 2, wrong: 0 });
  });

  it('even with objects of one pixel whose colours lie between those of others', async () => {
    // background, two large objects, and tiny ones in between
    const data = new Uint8Array(60 * 20);
    for (let y = 0; y < 20; y++) data.fill(90, 60 * y, 60 * y + 20).fill(180, 60 * y + 20, 60 * y + 40);
    for (const [n, value] of [30, 60, 120, 150].entries()) data[60 * 10 + 5 + 8 * n] = value;
    const mask = await decodeLabelMask(encode({ width: 60, height: 20, data, channels: 1, depth: 8 }));
    expect(mask.snapped).toBe(0);
    expect(new Set(mask.indices).size).toBe(7);
  });

  it('if it is to be read exactly', async () => {
    const png = await opaque(drawn(ONE, true)).toColourspace('b-w').png().toBuffer();
    const mask = await decodeLabelMask(png, 'mask.png', { exact: true });
    expect(mask.snapped).toBe(0);
    expect(new Set(mask.indices).size).toBeGreaterThan(10);
  });
});

describe('an image whose shades belong to no labels is refused', () => {
  it('such as a gradient', async () => {
    const data = Uint8Array.from({ length: 200 * 20 }, (_, n) => n % 200);
    await expect(
      decodeLabelMask(encode({ width: 200, height: 20, data, channels: 1, depth: 8 }), 'mask.png'),
    ).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'mask.png has smoothed edges with 200 shades, which are no labels.',
      hint: expect.stringContaining('without antialiasing'),
    });
  });
});

describe('index 255', () => {
  const PALETTE: Colour[] = Array.from({ length: 256 }, (_, n) => [n, 0, 255 - n]);
  PALETTE[0] = BLACK;

  const grey = (...values: number[]) => Uint8Array.from(values);
  const indexed = (palette: readonly Colour[], ...values: number[]) =>
    encode({
      width: values.length,
      height: 1,
      data: grey(...values),
      channels: 1,
      depth: 8,
      palette: palette.map((c) => [...c]),
    });
  const plain = (...values: number[]) =>
    encode({ width: values.length, height: 1, data: grey(...values), channels: 1, depth: 8 });
  const VOC: Colour[] = [...PALETTE.slice(0, 255), [224, 224, 192]];

  it.each<[string, Uint8Array, number[], number | undefined]>([
    ['is void beside other indices', indexed(PALETTE, 0, 1, 255, 2), [0, 1, 0, 2], 255],
    ['is an object when it is the only one', indexed(PALETTE, 0, 255, 255), [0, 255, 255], undefined],
    ['is void in the colour of Pascal VOC, even alone', indexed(VOC, 0, 255, 255), [0, 0, 0], 255],
    ['is void in a grey mask of indices', plain(0, 1, 255, 20), [0, 1, 0, 3], 255],
    ['is an object in a black and white mask', plain(0, 255, 255), [0, 1, 1], undefined],
    ['is an object in a grey mask of shades', plain(0, 85, 255, 170), [0, 1, 2, 3], undefined],
  ])('%s', async (_name, png, indices, ignored) => {
    const mask = await decodeLabelMask(png);
    expect([[...mask.indices], mask.ignored]).toEqual([indices, ignored]);
  });

  it('is an object, and any other index void, on request', async () => {
    const png = indexed(PALETTE, 0, 1, 255, 2);
    expect([...(await decodeLabelMask(png, 'mask', { ignore: 'none' })).indices]).toEqual([0, 1, 255, 2]);
    const other = await decodeLabelMask(png, 'mask', { ignore: 2 });
    expect([[...other.indices], other.ignored]).toEqual([[0, 1, 255, 0], 2]);
    expect([...(await decodeLabelMask(plain(0, 85, 255), 'mask', { ignore: 85 })).indices]).toEqual([0, 0, 2]);
  });
});
