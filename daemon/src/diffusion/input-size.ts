import type { Size } from '../images/resize.js';

/** Size of the network's input. All sides are in pixels, and multiples of `multiple`. */
export type InputSize =
  /** Exactly this size, whatever the aspect ratio of the image. */
  | { fit: 'squash'; width: number; height: number; multiple: number }
  /** About `side`² pixels at nearly the aspect ratio of the image. Few distinct sizes, so few graphs. */
  | { fit: 'bucket'; side: number; multiple: number }
  /** Fixed shorter side; the longer one keeps the aspect ratio. */
  | { fit: 'short-side'; px: number; multiple: number }
  /** One pyramid level per longer side, padded at the right and bottom. `basePx` is the level to use alone. */
  | { fit: 'long-sides'; px: readonly number[]; basePx: number; multiple: number };

/** Size of one pyramid level: the image is resized to `scaled`, then padded to `padded` by repeating its edges. */
export interface LevelSize {
  scaled: Size;
  padded: Size;
}

/** More elongated images are squashed to this aspect ratio: the short side would have too few cells. */
const MAX_ASPECT = 4;

/** Number of pyramid levels. */
export function levelCount(size: InputSize): number {
  return size.fit === 'long-sides' ? size.px.length : 1;
}

/** Index of the level to use if a single one is needed. */
export function baseLevel(size: InputSize): number {
  return size.fit === 'long-sides' ? size.px.indexOf(size.basePx) : 0;
}

/**
 * Size of a pyramid level of an image.
 * @param level index, 0 is the smallest
 * @param downscaleSteps how many times to halve the size, when memory is short
 */
export function levelSize(size: InputSize, level: number, image: Size, downscaleSteps = 0): LevelSize {
  const scale = 0.5 ** downscaleSteps;
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
      const exact = { width: px * Math.max(1, aspect), height: px / Math.min(1, aspect) };
      // rounds down like eval_davis.py of Tang et al., 2023: DAVIS frames of 854×480 become 832×480
      return unpadded(toMultiples(exact, multiple, Math.floor));
    }
    case 'long-sides':
      return padded(image, scale * (size.px[level] ?? Number.NaN), multiple);
  }
}

function aspectOf({ width, height }: Size): number {
  return Math.min(Math.max(width / height, 1 / MAX_ASPECT), MAX_ASPECT);
}

function toMultiples({ width, height }: Size, multiple: number, round = Math.round): Size {
  const fitted = (side: number) => Math.max(1, round(side / multiple)) * multiple;
  return { width: fitted(width), height: fitted(height) };
}

function unpadded(size: Size): LevelSize {
  return { scaled: size, padded: size };
}

function padded({ width, height }: Size, longSide: number, multiple: number): LevelSize {
  const scale = longSide / Math.max(width, height);
  const scaled = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const filled = (side: number) => Math.ceil(side / multiple) * multiple;
  return { scaled, padded: { width: filled(scaled.width), height: filled(scaled.height) } };
}
