import type { Point } from '@samepoint/shared-protocol';

/** The plastic number: the real root of x³ = x + 1. */
const PLASTIC = 1.324717957244746;

/** Low-discrepancy points of the unit square (the R2 sequence; Roberts, 2018). */
export function* quasiRandomPoints(): Generator<Point, never> {
  for (let n = 1; ; n++) yield { x: (0.5 + n / PLASTIC) % 1, y: (0.5 + n / PLASTIC ** 2) % 1 };
}

/** A generator of uniform values in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
