import type { RgbaImage } from './decode.js';

/** Alpha of 255: below the first a pixel is unlabelled, from the second on its colour is certain. */
export const ALPHA = { labelled: 128, opaque: 250 } as const;

/** The "colour" of unlabelled pixels. */
export const NO_COLOUR = -1;

/** The colours of a mask as 24-bit numbers, their areas, and the squares of 3×3 pixels that they fill. */
export class ColourCounts {
  /** Colour of each pixel, `NO_COLOUR` if it is transparent. */
  readonly colourOf: Int32Array;
  readonly #width: number;
  readonly #height: number;
  /** Pixels that belong to a square of their colour. */
  readonly #solid: Uint8Array;
  readonly #pixels = new Map<number, number>();
  readonly #cores = new Map<number, number>();
  /** Colours with an opaque pixel. */
  readonly #opaque = new Set<number>();

  constructor({ width, height, rgba }: RgbaImage) {
    this.#width = width;
    this.#height = height;
    this.colourOf = new Int32Array(width * height);
    this.#solid = new Uint8Array(width * height);
    for (let pixel = 0; pixel < this.colourOf.length; pixel++) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(4 * pixel, 4 * pixel + 4);
      const colour = alpha < ALPHA.labelled ? NO_COLOUR : toNumber(red, green, blue);
      this.colourOf[pixel] = colour;
      this.#pixels.set(colour, (this.#pixels.get(colour) ?? 0) + 1);
      if (alpha >= ALPHA.opaque) this.#opaque.add(colour);
    }
  }

  /** Colours of labelled pixels. */
  get colours(): number[] {
    return [...this.#pixels.keys()].filter((colour) => colour !== NO_COLOUR);
  }

  pixels(colour: number): number {
    return this.#pixels.get(colour) ?? 0;
  }

  /** Number of squares. */
  core(colour: number): number {
    return this.#cores.get(colour) ?? 0;
  }

  /** Does the colour fill a square? */
  isPlain(colour: number): boolean {
    return this.core(colour) > 0;
  }

  /** Has the colour no opaque pixel? */
  isTranslucent(colour: number): boolean {
    return !this.#opaque.has(colour);
  }

  /** Counts the pixels of a thin object as squares. @returns its colour */
  makeSolid(colour: number): number {
    for (const [pixel, own] of this.colourOf.entries()) if (own === colour) this.#solid[pixel] = 1;
    return colour;
  }

  /** Is a pixel beside a square of a colour, or in one? */
  isSolidNear(pixel: number, colour: number): boolean {
    return this.solidColours(pixel, 1).includes(colour);
  }

  /** Colours of the squares in a window around a pixel. */
  solidColours(pixel: number, radius: number): number[] {
    const found = new Set<number>();
    this.#eachIn(pixel, radius, (at) => {
      if (this.#solid[at] === 1) found.add(this.colourOf[at] ?? NO_COLOUR);
    });
    return [...found];
  }

  /** Finds the squares, which takes a moment for a large image. Until then there are none. */
  findSquares(): void {
    for (let pixel = 0; pixel < this.colourOf.length; pixel++) {
      const colour = this.colourOf[pixel] ?? NO_COLOUR;
      let isSquare = true;
      this.#eachIn(pixel, 1, (at) => {
        if (this.colourOf[at] !== colour) isSquare = false;
      });
      if (!isSquare) continue;
      this.#cores.set(colour, this.core(colour) + 1);
      this.#eachIn(pixel, 1, (at) => {
        this.#solid[at] = 1;
      });
    }
  }

  /** Calls back for every pixel of a window, clipped to the image. */
  #eachIn(pixel: number, radius: number, visit: (pixel: number) => void): void {
    const x = pixel % this.#width;
    const y = Math.floor(pixel / this.#width);
    for (let row = Math.max(0, y - radius); row <= Math.min(this.#height - 1, y + radius); row++) {
      for (let column = Math.max(0, x - radius); column <= Math.min(this.#width - 1, x + radius); column++) {
        visit(row * this.#width + column);
      }
    }
  }
}

export function toNumber(red: number, green: number, blue: number): number {
  return (red << 16) | (green << 8) | blue;
}

export function toColour(colour: number): [red: number, green: number, blue: number] {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

/** The greatest difference of a channel. */
export function colourDistance(a: number, b: number): number {
  const other = toColour(b);
  return Math.max(...toColour(a).map((value, c) => Math.abs(value - (other[c] ?? 0))));
}

/** The greatest difference of a channel from the nearest mixture of two colours. */
export function distanceToSegment(colour: number, a: number, b: number): number {
  const [from, to, at] = [toColour(a), toColour(b), toColour(colour)];
  const along = from.map((value, c) => (to[c] ?? 0) - value);
  const length = along.reduce((sum, value) => sum + value * value, 0);
  const dot = along.reduce((sum, value, c) => sum + value * ((at[c] ?? 0) - (from[c] ?? 0)), 0);
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, dot / length));
  return Math.max(...along.map((value, c) => Math.abs((at[c] ?? 0) - (from[c] ?? 0) - share * value)));
}
