import type { Box } from '@samepoint/shared-protocol';

/** Octaves of the sinusoids, the longest of two long sides. */
const OCTAVES = 6;

/** Parts of the longer side below which all lengths are the same. */
const SHORTEST = 1e-3;

/**
 * Where an element lies in its picture, as `learn/element_matcher.py` in `training/` has it: centre and size in parts of the longer side,
 * the centre in parts of width and height, the picture's own shape, the logarithms of the size, and sines and cosines of the centre.
 * @returns (10 + 4 · octaves)
 */
export function elementGeometry({ x, y, w, h }: Box, { width, height }: { width: number; height: number }): number[] {
  const side = Math.max(width, height);
  const middle = [x + w / 2, y + h / 2] as const;
  const centre = middle.map((at) => at / side);
  const size = [w / side, h / side];
  const angles = centre.flatMap((at) => Array.from({ length: OCTAVES }, (_, octave) => at * 2 ** octave * Math.PI));
  return [
    ...centre,
    ...size,
    middle[0] / width,
    middle[1] / height,
    width / side,
    height / side,
    ...size.map((length) => Math.log(Math.max(length, SHORTEST))),
    ...angles.map(Math.sin),
    ...angles.map(Math.cos),
  ];
}
