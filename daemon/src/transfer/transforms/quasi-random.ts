import type { Point } from '@samepoint/shared-protocol';

/** The real root of x³ = x + 1. */
const PLASTIC = 1.324717957244746;

/**
 * Points of the unit square that fill it ever more evenly (the R2 sequence; Roberts, 2018). They look random, and are the
 * same in every run.
 */
export function* quasiRandomPoints(): Generator<Point, never> {
  for (let n = 1; ; n++) yield { x: (0.5 + n / PLASTIC) % 1, y: (0.5 + n / PLASTIC ** 2) % 1 };
}
