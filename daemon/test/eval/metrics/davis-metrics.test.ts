import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type BinaryMask,
  boundaryAccuracy,
  regionSimilarity,
  type SequenceStatistics,
  sequenceStatistics,
} from '../../../src/eval/metrics/davis-metrics.js';

/** Centre and radii in pixels. */
type Ellipse = [x: number, y: number, radiusX: number, radiusY: number];

interface Parity {
  cases: { size: [number, number]; truth: Ellipse | null; found: Ellipse | null; j: number; f: number }[];
  sequences: (SequenceStatistics & { values: number[] })[];
}

/** Written by `python test/parity/make-davis.py`. */
const parity: Parity = JSON.parse(readFileSync(new URL('../../fixtures/track/davis.json', import.meta.url), 'utf8'));

const DIGITS = 9;

function draw([width, height]: [number, number], ellipse: Ellipse | null): BinaryMask {
  const [cx, cy, rx, ry] = ellipse ?? [0, 0, 0, 0];
  const pixels = Uint8Array.from({ length: width * height }, (_, at) => {
    const inside = ((at % width) - cx) ** 2 / rx ** 2 + (Math.floor(at / width) - cy) ** 2 / ry ** 2;
    return ellipse !== null && inside <= 1 ? 1 : 0;
  });
  return { width, height, pixels };
}

describe('J and F are those of the official evaluation', () => {
  it.each(parity.cases.map((one) => [JSON.stringify(one.truth), JSON.stringify(one.found), one] as const))(
    'for %s found as %s',
    (_truth, _found, { size, truth, found, j, f }) => {
      expect(regionSimilarity(draw(size, truth), draw(size, found))).toBeCloseTo(j, DIGITS);
      expect(boundaryAccuracy(draw(size, truth), draw(size, found))).toBeCloseTo(f, DIGITS);
    },
  );
});

it.each(parity.sequences.map((one) => [one.values.length, one] as const))(
  'mean, recall and decay of %i frames are those of the official evaluation',
  (_frames, { values, ...expected }) => {
    const { mean, recall, decay } = sequenceStatistics(values);
    expect(mean).toBeCloseTo(expected.mean, DIGITS);
    expect(recall).toBeCloseTo(expected.recall, DIGITS);
    expect(decay).toBeCloseTo(expected.decay, DIGITS);
  },
);
