import { describe, expect, it } from 'vitest';
import { LOST_BELOW } from '../../../src/transfer/tracking/track-labels.js';
import { labelsToPoints, pointsToLabels } from '../../../src/transfer/tracking/track-points.js';
import { randomMap } from '../../support/random.js';

/** Cells that are wider than high, so that swapped axes show. */
const MAP = { ...randomMap(2, 12, 20, 1), cellWidthPx: 10, cellHeightPx: 4 };
const MIN_CONFIDENCE = 0.1;

it.each([
  ['in the centre of a cell', { x: 75, y: 22 }],
  ['between four cells', { x: 80, y: 24 }],
  ['anywhere', { x: 123.4, y: 31.7 }],
])('a point %s is recovered to a fortieth of a cell', (_what, point) => {
  const labels = pointsToLabels([point, { x: 20, y: 40 }], MAP);
  const [found] = labelsToPoints(labels, labels, MIN_CONFIDENCE);
  expect(found?.confidence).toBe(1);
  expect(Math.abs((found?.point?.x ?? 0) - point.x)).toBeLessThan(10 / 40);
  expect(Math.abs((found?.point?.y ?? 0) - point.y)).toBeLessThan(4 / 40);
});

it('a point at the border of the image stays inside', () => {
  const labels = pointsToLabels([{ x: 0, y: 48 }], MAP);
  const [found] = labelsToPoints(labels, labels, MIN_CONFIDENCE);
  expect(found?.point?.x).toBeGreaterThanOrEqual(0);
  expect(found?.point?.y).toBeLessThanOrEqual(48);
});

describe('confidence', () => {
  const annotated = pointsToLabels([{ x: 75, y: 22 }], MAP);
  const scaled = (by: number) => ({ ...annotated, probabilities: annotated.probabilities.map((share) => by * share) });

  it('is the remaining part of the annotated label, at most 1', () => {
    expect(labelsToPoints(scaled(0.4), annotated, MIN_CONFIDENCE)[0]?.confidence).toBeCloseTo(0.4, 5);
    expect(labelsToPoints(scaled(3), annotated, MIN_CONFIDENCE)[0]?.confidence).toBe(1);
  });

  it('ignores the part of the label far from the peak', () => {
    const both = scaled(0.6);
    for (const [cell, share] of scaled(0.5).probabilities.entries()) {
      const elsewhere = (cell + 8) % both.probabilities.length;
      both.probabilities[elsewhere] = (both.probabilities[elsewhere] ?? 0) + share;
    }
    expect(labelsToPoints(both, annotated, MIN_CONFIDENCE)[0]?.confidence).toBeCloseTo(0.6, 2);
  });

  it.each([
    [0.05, 0.1],
    [0, 0],
  ])('%d with a limit of %d is lost', (arrived, lostBelow) => {
    expect(labelsToPoints(scaled(arrived), annotated, lostBelow)[0]?.point).toBeNull();
  });
});

it('the label of a point ends three standard deviations, or one and a half cells, from it', () => {
  const { probabilities } = pointsToLabels([{ x: 75, y: 22 }], MAP);
  expect(probabilities.filter((value) => value > 0)).toHaveLength(9);
});

it.each([
  [0.11, false],
  [0.09, true],
])('a point with a confidence of %d is lost by default: %s', (confidence, lost) => {
  const annotated = pointsToLabels([{ x: 75, y: 22 }], MAP);
  const faint = { ...annotated, probabilities: annotated.probabilities.map((value) => confidence * value) };
  expect(labelsToPoints(faint, annotated, LOST_BELOW.confidence)[0]?.point === null).toBe(lost);
});
