import type { Size } from '../images/resize.js';

/** How large a network sees an image. All sides are pixels; `multiple` is what the sides of its input are multiples of. */
export type InputSize =
  /** Exactly this, whatever the image's proportions. */
  | { fit: 'squash'; width: number; height: number; multiple: number }
  /** About as many pixels as a square of `side`, in proportions near the image's: few different sizes, hardly squashed. */
  | { fit: 'bucket'; side: number; multiple: number }
  /** The shorter side given, the longer in proportion. */
  | { fit: 'short-side'; px: number; multiple: number }
  /** Several looks, each with the longer side given; filled up at the right and bottom, not squashed. */
  | { fit: 'long-sides'; px: readonly number[]; firstLook: number; multiple: number };

/** One look at an image: it is scaled to `seen` and filled up to `padded` by repeating its edges. */
export interface Look {
  seen: Size;
  padded: Size;
}

/** Longer proportions than this are squashed: a strip in its own proportions would be too thin to say anything. */
const MAX_ASPECT = 4;

/** How many looks an input size takes. */
export function lookCount(size: InputSize): number {
  return size.fit === 'long-sides' ? size.px.length : 1;
}

/** Index of the look that a single look would be. */
export function firstLook(size: InputSize): number {
  return size.fit === 'long-sides' ? size.px.indexOf(size.firstLook) : 0;
}

/**
 * The look with the given index at an image.
 * @param halvings how often the size is halved, for machines with little memory
 */
export function lookAt(size: InputSize, index: number, image: Size, halvings = 0): Look {
  const scale = 0.5 ** halvings;
  const { multiple } = size;
  switch (size.fit) {
    case 'squash':
      return unpadded(toMultiples({ width: scale * size.width, height: scale * size.height }, multiple));
    case 'bucket': {
      const root = Math.sqrt(aspectOf(image));
      return unpadded(toMultiples({ width: scale * size.side * root, height: (scale * size.side) / root }, multiple));
    }
    case 'short-side': {
      const aspect = aspectOf(image);
      const px = scale * size.px;
      const wanted = { width: px * Math.max(1, aspect), height: px / Math.min(1, aspect) };
      // down, as eval_davis.py of Tang et al., 2023, does: the frames of DAVIS, 854×480, are seen at 832×480
      return unpadded(toMultiples(wanted, multiple, Math.floor));
    }
    case 'long-sides':
      return padded(image, scale * (size.px[index] ?? Number.NaN), multiple);
  }
}

function aspectOf({ width, height }: Size): number {
  return Math.min(Math.max(width / height, 1 / MAX_ASPECT), MAX_ASPECT);
}

function toMultiples({ width, height }: Size, multiple: number, round = Math.round): Size {
  const fitted = (side: number) => Math.max(1, round(side / multiple)) * multiple;
  return { width: fitted(width), height: fitted(height) };
}

function unpadded(size: Size): Look {
  return { seen: size, padded: size };
}

function padded({ width, height }: Size, longSide: number, multiple: number): Look {
  const scale = longSide / Math.max(width, height);
  const seen = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const filled = (side: number) => Math.ceil(side / multiple) * multiple;
  return { seen, padded: { width: filled(seen.width), height: filled(seen.height) } };
}
