import { SamepointError } from '@samepoint/shared-protocol';
import { encode } from 'fast-png';
import { decodeRgba, type Palette, type RgbaImage, readPalette } from './decode.js';
import { ALPHA, toNumber } from './mask-colours.js';
import { snapEdges } from './snap-edges.js';
import { ignoreVoid } from './void-label.js';

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

/** A mask with what its reader changed. */
export interface DecodedMask extends LabelMask {
  /** Pixels of smoothed edges that were set to a label beside them. */
  snapped: number;
  /** The value of void pixels, which are background now; undefined if the mask has none. */
  ignored: number | undefined;
}

export interface MaskOptions {
  /**
   * Index or grey value of void pixels, which belong to no object. `auto` is 255 beside other labels, as in data sets like
   * DAVIS and Pascal VOC.
   */
  ignore?: number | 'auto' | 'none' | undefined;
  /** Keep every colour as it is: for data sets whose masks are exact. */
  exact?: boolean;
}

/** An index is one byte. */
const MAX_COLOURS = 256;

/** More shades than this, and more than plain colours, are no labels. */
const MAX_SHADES = 32;

const BLACK: Palette[number] = [0, 0, 0];

/**
 * Decodes a mask. In an indexed PNG the palette index is the label. In any other image each colour is a label, numbered
 * from 1 in scan order. Black and transparent pixels are background; if the palette's black is unused, index 0 is. Smoothed
 * edges are snapped to the labels beside them, and void pixels become background.
 * @param name of the image in messages
 * @throws SamepointError `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, or `BAD_REQUEST` for too many colours
 */
export async function decodeLabelMask(
  bytes: Uint8Array,
  name = 'The mask',
  { ignore = 'auto', exact = false }: MaskOptions = {},
): Promise<DecodedMask> {
  const decoded = await decodeRgba(bytes, name);
  const given = await readPalette(bytes, name);
  const palette = [...(given ?? [BLACK])];
  const { image, snapped, unclear } = exact
    ? { image: decoded, snapped: 0, unclear: 0 }
    : snapEdges(decoded, isLossy(bytes));
  if (given === undefined && unclear > MAX_SHADES) throw smoothed(name, unclear);
  const mask = toMask(image, palette, name);
  // 255 is the brightest shade of a smoothed grey mask, and no index
  const isIndexMap = given !== undefined || snapped === 0 || ignore !== 'auto';
  const ignored = exact || !isIndexMap ? undefined : ignoreVoid(mask, given !== undefined, ignore);
  return { ...mask, snapped, ignored };
}

function toMask(image: RgbaImage, palette: Palette[number][], name: string): LabelMask {
  const { width, height } = image;
  const indices = toIndices(image, palette, name);
  const black = palette.findIndex((colour) => toNumber(...colour) === toNumber(...BLACK));
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

function isLossy(bytes: Uint8Array): boolean {
  return bytes[0] !== PNG_FIRST_BYTE;
}

const PNG_FIRST_BYTE = 0x89;

/** Encodes an 8-bit indexed PNG with the palette of the mask. */
export function encodeLabelMask({ width, height, indices, palette }: LabelMask): Uint8Array {
  return encode({ width, height, data: indices, depth: 8, channels: 1, palette: palette.map((colour) => [...colour]) });
}

/** Maps each opaque pixel to the index of its colour, and adds new colours to the palette. */
function toIndices(image: RgbaImage, palette: Palette[number][], name: string): Uint8Array {
  const { rgba } = image;
  const indexOf = new Map<number, number>();
  // the first of equal colours wins: palettes are often padded with black
  for (const [index, colour] of [...palette.entries()].reverse()) indexOf.set(toNumber(...colour), index);
  const indices = new Uint8Array(rgba.length / 4);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    if (!isOpaque(image, pixel)) continue;
    const colour: Palette[number] = [rgba[4 * pixel] ?? 0, rgba[4 * pixel + 1] ?? 0, rgba[4 * pixel + 2] ?? 0];
    const key = toNumber(...colour);
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
  return (rgba[4 * pixel + 3] ?? 0) >= ALPHA.labelled;
}

function smoothed(name: string, shades: number): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `${name} has smoothed edges with ${shades} shades, which are no labels.`,
    'Save it as PNG without antialiasing, with one plain colour per label.',
  );
}

function tooManyColours(name: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `${name} has more than ${MAX_COLOURS - 1} colours, which is too many for labels.`,
    'Save it as PNG without antialiasing, with one plain colour per label.',
  );
}
