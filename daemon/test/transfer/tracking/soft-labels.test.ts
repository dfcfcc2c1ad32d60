import { expect, it } from 'vitest';
import { TopNeighbours } from '../../../src/correspond/window-matcher.js';
import { propagateLabels } from '../../../src/transfer/tracking/soft-labels.js';

const softLabels = (...probabilities: number[]) => ({
  rows: 1,
  columns: 2,
  cellWidthPx: 4,
  cellHeightPx: 4,
  labels: 2,
  probabilities: Float32Array.from(probabilities),
});

/** Two frames of two cells, each with two labels. */
const CONTEXTS = [softLabels(1, 0, 0.25, 0.75), softLabels(0, 1, 0.5, 0.5)];

it.each([0.05, 0.2, 1])('weighs neighbours by exp(cosine / temperature), here %d', (temperature) => {
  const neighbours = new TopNeighbours(2, 2);
  neighbours.offer(0, 0, 0, Float32Array.of(0.9, 0.3), 0, 2);
  neighbours.offer(1, 0, 1, Float32Array.of(0.6), 0, 1);
  neighbours.offer(1, 1, 0, Float32Array.of(0.8), 0, 1);
  const { probabilities } = propagateLabels(neighbours, CONTEXTS, temperature);
  const weight = (cosine: number) => Math.exp(cosine / temperature);
  const mix = (a: [number, number], b: [number, number]) =>
    (a[0] * weight(a[1]) + b[0] * weight(b[1])) / (weight(a[1]) + weight(b[1]));
  expect(probabilities[0]).toBeCloseTo(mix([1, 0.9], [0.25, 0.3]), 6);
  expect(probabilities[1]).toBeCloseTo(mix([0, 0.9], [0.75, 0.3]), 6);
  expect(probabilities[2]).toBeCloseTo(mix([0, 0.8], [0.25, 0.6]), 6);
  expect(probabilities[3]).toBeCloseTo(mix([1, 0.8], [0.75, 0.6]), 6);
});

it('probabilities sum to 1 even with fewer neighbours than k', () => {
  const neighbours = new TopNeighbours(2, 15);
  neighbours.offer(0, 0, 0, Float32Array.of(0.9, -0.3), 0, 2);
  neighbours.offer(1, 1, 1, Float32Array.of(0.1), 0, 1);
  const { probabilities } = propagateLabels(neighbours, CONTEXTS, 0.1);
  expect((probabilities[0] ?? 0) + (probabilities[1] ?? 0)).toBeCloseTo(1, 6);
  expect([...probabilities.subarray(2)]).toEqual([0.5, 0.5]);
});

it('a temperature so low that exp would overflow leaves the best neighbour alone', () => {
  const neighbours = new TopNeighbours(2, 2);
  neighbours.offer(0, 0, 0, Float32Array.of(0.9, 0.3), 0, 2);
  neighbours.offer(1, 0, 0, Float32Array.of(0.9, 0.3), 0, 2);
  expect([...propagateLabels(neighbours, CONTEXTS, 1e-4).probabilities]).toEqual([1, 0, 1, 0]);
});
