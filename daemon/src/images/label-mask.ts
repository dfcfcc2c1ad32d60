import { SamepointError } from '@samepoint/shared-protocol';
import { encode } from 'fast-png';
import { decodeRgba, type RgbaImage } from './decode.js';
import { readPngPalette } from './png-palette.js';

/** A picture whose colours are labels: the index of each pixel's label, and the colours of all indices. */
export interface LabelMask {
  width: number;
  height: number;
  /** Rows from the top, one byte a pixel. */
  indices: Uint8Array;
  palette: Palette;
  /** The index of pixels without a label. */
  background: number;
}

type Colour = readonly [red: number, green: number, blue: number];
export type Palette = readonly Colour[];

/** What fits into the byte of an index. */
const MAX_COLOURS = 256;

/** A pixel less opaque than this has no label. */
const OPAQUE = 128;

const BLACK: Colour = [0, 0, 0];

/**
 * Reads a mask. In a PNG with a palette a label is an index of the palette; in any other image a label is a colour,
 * numbered from 1 as they come from the top left corner. The background is what is black or transparent; in a palette
 * whose black is not used, it is index 0.
 * @throws SamepointError `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, or `BAD_REQUEST` for more colours than labels can be
 */
export async function decodeLabelMask(bytes: Uint8Array, label = 'The mask'): Promise<LabelMask> {
  const image = await decodeRgba(bytes, label);
  const palette: Colour[] = readPngPalette(bytes) ?? [BLACK];
  const { width, height } = image;
  const indices = toIndices(image, palette, label);
  const black = palette.findIndex((colour) => toKey(...colour) === toKey(...BLACK));
  const background = black > 0 && indices.includes(black) ? black : 0;
  for (let pixel = 0; pixel < indices.length; pixel++) {
    if (!isOpaque(image, pixel)) indices[pixel] = background;
  }
  return { width, height, indices, palette, background };
}

/** An 8-bit PNG with the mask's own palette; the bytes of its pixels are the indices. */
export function encodeLabelMask({ width, height, indices, palette }: LabelMask): Uint8Array {
  return encode({ width, height, data: indices, depth: 8, channels: 1, palette: palette.map((colour) => [...colour]) });
}

/** The index of every opaque pixel's colour; colours that are not in the palette yet are added to it. */
function toIndices(image: RgbaImage, palette: Colour[], label: string): Uint8Array {
  const { rgba } = image;
  const known = new Map<number, number>();
  // of equal colours the first is meant: a palette is often filled up with black at its end
  for (const [index, colour] of [...palette.entries()].reverse()) known.set(toKey(...colour), index);
  const indices = new Uint8Array(rgba.length / 4);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    if (!isOpaque(image, pixel)) continue;
    const colour: Colour = [rgba[4 * pixel] ?? 0, rgba[4 * pixel + 1] ?? 0, rgba[4 * pixel + 2] ?? 0];
    const key = toKey(...colour);
    let index = known.get(key);
    if (index === undefined) {
      if (palette.length === MAX_COLOURS) throw tooManyColours(label);
      index = palette.push(colour) - 1;
      known.set(key, index);
    }
    indices[pixel] = index;
  }
  return indices;
}

function isOpaque({ rgba }: RgbaImage, pixel: number): boolean {
  return (rgba[4 * pixel + 3] ?? 0) >= OPAQUE;
}

function toKey(red: number, green: number, blue: number): number {
  return (red << 16) | (green << 8) | blue;
}

function tooManyColours(label: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `${label} has more than ${MAX_COLOURS - 1} colours, so they can hardly be labels.`,
    'Save it as PNG without smoothed edges, one plain colour a label.',
  );
}
