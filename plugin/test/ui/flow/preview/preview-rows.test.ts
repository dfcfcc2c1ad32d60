import type { Placement } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { confidenceLevel, evidenceLabel, evidenceScores } from '../../../../src/ui/flow/preview/confidence.js';
import { outcomeOf, previewGroups } from '../../../../src/ui/flow/preview/preview-rows.js';
import { hashFrame } from '../../../../src/ui/flow/request.js';
import { exportedFrame, layer, layerItem, layerPlacement, resultFor } from '../../fixtures.js';

const BOX = { x: 10, y: 10, w: 20, h: 10 };

describe('the rows of a target', () => {
  const frames = [exportedFrame('s'), exportedFrame('t', [layer('t-a', BOX)])].map(hashFrame);
  const run = {
    jobId: 'job',
    frames,
    items: [layerItem('2', 's-a'), layerItem('1', 's-a')],
    failed: [],
    notices: [],
    after: null,
    finished: [],
  };
  const placements = [
    layerPlacement('1', 0.9, { layerId: 't-a', box: null }),
    layerPlacement('2', 0.6, { layerId: null, box: BOX }),
  ];
  const [group] = previewGroups({ run, result: resultFor('t', placements), corrections: new Map() }, 's');

  it('are in the order of the source, not of the result', () => {
    expect(group?.rows.map((row) => row.key)).toEqual(['t 2', 't 1']);
  });

  it('show the matched layer, or the box where the note goes', () => {
    expect(group?.rows.map((row) => row.targetBox)).toEqual([BOX, BOX]);
    expect(group?.rows.map((row) => row.outcome)).toEqual(['note', 'place']);
  });

  it('show the layer in the source', () => {
    expect(group?.rows[0]?.sourceBox).toEqual(layer('s-a').box);
  });
});

it.each<[string, Placement, string]>([
  ['a layer', layerPlacement('1', 1, { layerId: 'x', box: BOX }), 'place'],
  ['a box without a layer', layerPlacement('1', 1, { layerId: null, box: BOX }), 'note'],
  ['nothing', layerPlacement('1', 0, { layerId: null, box: null }), 'none'],
  ['a missing box', { kind: 'box', itemId: '1', confidence: 0, evidence: { image: 0 }, box: null }, 'none'],
  ['a missing point', { kind: 'point', itemId: '1', confidence: 0, evidence: { image: 0 }, point: null }, 'none'],
])('%s → %s', (_, placement, outcome) => {
  expect(outcomeOf(placement)).toBe(outcome);
});

it.each([
  [0.499, 'low'],
  [0.5, 'medium'],
  [0.749, 'medium'],
  [0.75, 'high'],
])('confidence %d is called %s', (confidence, level) => {
  expect(confidenceLevel(confidence)).toBe(level);
});

describe('the evidence', () => {
  it('is listed strongest first, with weak reasons named as weak', () => {
    const evidence = { image: 0.3, structure: 0.8, text: 'equal' } as const;
    expect(evidenceLabel(evidence)).toBe('Same text · similar structure · weak visual match');
    expect(evidenceScores(evidence)).toBe('Structure 80% · visual match 30%');
    expect(evidenceLabel({ image: 0.9, text: 'different' })).toBe('Visual match · different text');
  });

  it.each([
    [0.5, 'Visual match'],
    [0.499, 'Weak visual match'],
  ])('of an image score of %d is “%s”', (image, label) => {
    expect(evidenceLabel({ image })).toBe(label);
  });
});
