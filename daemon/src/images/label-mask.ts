import { SamepointError } from '@samepoint/shared-protocol';
import { encode } from 'fast-png';
import { decodeRgba, type Palette, type RgbaImage, readPalette } from './decode.js';

/** An image whose colours are labels. */
export interface LabelMask {
  width: number;
  height: number;
  /** The palette index of each pixel, rows from the top, one byte per pixel. */
  indices: Uint8Array;
  palette: Palette;
  /** The index of unlabelled pixels. */
  background: number;
}

/** An index is one byte. */
const MAX_COLOURS = 256;

/** Pixels with less alpha than this are unlabelled; of 255. */
const MIN_ALPHA = 128;

const BLACK: Palette[number] = [0, 0, 0];

/**
 * Decodes a mask. In an indexed PNG the palette index is the label. In any other image each colour is a label, numbered
 * from 1 in scan order. Black and transparent pixels are background; if the palette's black is unused, index 0 is.
 * @param name of the image in messages
 * @throws SamepointError `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, or `BAD_REQUEST` for too many colours
 */
export async function decodeLabelMask(bytes: Uint8Array, name = 'The mask'): Promise<LabelMask> {
  const image = await decodeRgba(bytes, name);
  const palette = [...((await readPalette(bytes, name)) ?? [BLACK])];
  const { width, height } = image;
  const indices = toIndices(image, palette, name);
  const black = palette.findIndex((colour) => toKey(...colour) === toKey(...BLACK));
  const background = black > 0 && indices.includes(black) ? black : 0;
  let isBackgroundOpaque = false;
  for (let pixel = 0; pixel < indices.length; pixel++) {
    if (!isOpaque(image, pixel)) indices[pixel] = background;
    else if (indices[pixel] === background) isBackgroundOpaque = true;
  }
  // the hidden colour of transparent pixels would show in a mask without transparency
  if (!isBackgroundOpaque) palette[background] = BLACK;
  return { width, height, indices, palette, background };
}

/** Encodes an 8-bit indexed PNG with the palette of the mask. */
export function encodeLabelMask({ width, height, indices, palette }: LabelMask): Uint8Array {
  return encode({ width, height, data: indices, depth: 8, channels: 1, palette: palette.map((colour) => [...colour]) });
}

/** Maps each opaque pixel to the index of its colour, and adds new colours to the palette. */
function toIndices(image: RgbaImage, palette: Palette[number][], name: string): Uint8Array {
  const { rgba } = image;
  const indexOf = new Map<number, number>();
  // the first of equal colours wins: palettes are often padded with black
  for (const [index, colour] of [...palette.entries()].reverse()) indexOf.set(toKey(...colour), index);
  const indices = new Uint8Array(rgba.length / 4);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    if (!isOpaque(image, pixel)) continue;
    const colour: Palette[number] = [rgba[4 * pixel] ?? 0, rgba[4 * pixel + 1] ?? 0, rgba[4 * pixel + 2] ?? 0];
    const key = toKey(...colour);
    let index = indexOf.get(key);
    if (index === undefined) {
      if (palette.length === MAX_COLOURS) throw tooManyColours(name);
      index = palette.push(colour) - 1;
      indexOf.set(key, index);
    }
    indices[pixel] = index;
  }
  return indices;
}

function isOpaque({ rgba }: RgbaImage, pixel: number): boolean {
  return (rgba[4 * pixel + 3] ?? 0) >= MIN_ALPHA;
}

function toKey(red: number, green: number, blue: number): number {
  return (red << 16) | (green << 8) | blue;
}

function tooManyColours(name: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `${name} has more than ${MAX_COLOURS - 1} colours, which is too many for labels.`,
    'Save it as PNG without antialiasing, with one plain colour per label.',
  );
}
