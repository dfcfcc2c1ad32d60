import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/correspond/candidates.js';
import { rankCandidates } from '../../src/correspond/candidates.js';
import { calibrationOf, confidenceOf, isFitted } from '../../src/correspond/confidence.js';

function candidate(x: number, y: number): Candidate {
  return { x, y, similarity: 0.9, cycleCells: 0, cycleConsistent: true, scale: 1, levels: { source: 0, target: 0 } };
}

function node(candidates: readonly Candidate[], probabilities: readonly number[]) {
  return { x: 0, y: 0, candidates, probabilities, support: probabilities };
}

describe('candidates near each other are one place', () => {
  it('whose probabilities add up, so that it may beat one that alone is believed in more', () => {
    const places = rankCandidates(node([candidate(0, 0), candidate(100, 0), candidate(103, 0)], [0.4, 0.35, 0.25]), 10);
    expect(places.map(({ candidate: { x }, probability }) => [x, Math.round(probability * 100)])).toEqual([
      [100, 60],
      [0, 40],
    ]);
  });

  it('at the position of the one believed in most', () => {
    const places = rankCandidates(node([candidate(103, 0), candidate(100, 0)], [0.3, 0.7]), 10);
    expect(places.map(({ candidate: { x } }) => x)).toEqual([100]);
  });

  it('and no place is named twice', () => {
    const places = rankCandidates(
      node(
        [0, 5, 50, 55, 100].map((x) => candidate(x, 0)),
        [0.2, 0.2, 0.2, 0.2, 0.2],
      ),
      10,
    );
    expect(places).toHaveLength(3);
    expect(places.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  });

  it('and where nothing was found there is none', () => {
    expect(rankCandidates(node([], []), 10)).toEqual([]);
  });
});

describe.each(['ui default', 'sd21 default'])('the confidence of a match of %s', (backend) => {
  const calibration = calibrationOf(backend);
  const features = { similarity: 0.8, cycleCells: 0.5, probability: 0.9, support: 0.3, margin: 0.2 };

  it.each([
    ['a backward match that ends farther away', { cycleCells: 8 }],
    ['less probability', { probability: 0.5 }],
  ])('falls with %s', (_sign, less) => {
    expect(confidenceOf({ ...features, ...less }, calibration)).toBeLessThan(confidenceOf(features, calibration));
  });

  it.each([
    [{ similarity: 1, cycleCells: 0, probability: 1, support: 1, margin: 1 }],
    [{ similarity: -1, cycleCells: Number.POSITIVE_INFINITY, probability: 0, support: 0, margin: -2 }],
    [{ similarity: 1, cycleCells: 0, probability: 1, support: 0, margin: 0 }],
  ])('is a probability: %j', (extreme) => {
    expect(confidenceOf(extreme, calibration)).toBeGreaterThanOrEqual(0);
    expect(confidenceOf(extreme, calibration)).toBeLessThanOrEqual(1);
  });
});

describe('what else is known', () => {
  const features = { similarity: 0.8, cycleCells: 0.5, probability: 0.9, support: 0.3, margin: 0.2 };

  it.each([
    ['a margin over "no counterpart"', 'ui default', { margin: 0 }],
    ['the support of neighbours, which probability says already for ui', 'sd21 default', { support: 0.1 }],
  ])('counts: %s', (_sign, backend, less) => {
    const calibration = calibrationOf(backend);
    expect(confidenceOf({ ...features, ...less }, calibration)).toBeLessThan(confidenceOf(features, calibration));
  });
});

describe('similarity', () => {
  const alike = { similarity: 0.9, cycleCells: 0.5, probability: 0.9, support: 0.3, margin: 0.2 };

  it('never speaks against a match, and counts for nothing where its scale is not known', () => {
    const unlike = { ...alike, similarity: 0.5 };
    expect(confidenceOf(unlike, calibrationOf('ui default'))).toBeLessThanOrEqual(
      confidenceOf(alike, calibrationOf('ui default')),
    );
    expect(confidenceOf(unlike, calibrationOf('sd21 default'))).toBe(
      confidenceOf(alike, calibrationOf('sd21 default')),
    );
  });

  it('being left out makes no match surer than one of the fitted backend', () => {
    expect(isFitted('sd21 default')).toBe(false);
    expect(confidenceOf(alike, calibrationOf('sd21 default'))).toBeLessThan(
      confidenceOf(alike, calibrationOf('ui default')),
    );
  });
});
