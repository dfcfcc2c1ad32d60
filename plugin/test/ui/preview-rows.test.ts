import type { Placement } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { applyToBox } from '../../src/shared/affine.js';
import { hashFrame } from '../../src/ui/flow/build-request.js';
import { cropAround } from '../../src/ui/flow/crop.js';
import { figuresOf, reasonWords } from '../../src/ui/flow/evidence-words.js';
import { outcomeOf, previewGroups } from '../../src/ui/flow/preview-rows.js';
import { exportedFrame, layer, layerItem, layerPlacement, resultFor } from './fixtures.js';

const BOX = { x: 10, y: 10, w: 20, h: 10 };

describe('a row', () => {
  const frames = [exportedFrame('s'), exportedFrame('t', [layer('t-a', BOX)])].map(hashFrame);
  const work = { jobId: 'job', frames, items: [layerItem('2', 's-a'), layerItem('1', 's-a')], notices: [] };
  const placements = [
    layerPlacement('1', 0.9, { layerId: 't-a', box: null }),
    layerPlacement('2', 0.6, { layerId: null, box: BOX }),
  ];
  const [group] = previewGroups(work, resultFor('t', placements), 's');

  it('stands in the order of the source, not of the answer', () => {
    expect(group?.rows.map((row) => row.key)).toEqual(['t 2', 't 1']);
  });

  it('shows the layer that was found, or the place where a note would go', () => {
    expect(group?.rows.map((row) => row.targetBox)).toEqual([BOX, BOX]);
    expect(group?.rows.map((row) => row.outcome)).toEqual(['note', 'place']);
  });

  it('shows the place in the source', () => {
    expect(group?.rows[0]?.sourceBox).toEqual(layer('s-a').box);
  });
});

it.each<[string, Placement, string]>([
  ['a layer', layerPlacement('1', 1, { layerId: 'x', box: BOX }), 'place'],
  ['a place without a layer', layerPlacement('1', 1, { layerId: null, box: BOX }), 'note'],
  ['nothing', layerPlacement('1', 0, { layerId: null, box: null }), 'none'],
  ['a box that is missing', { kind: 'box', itemId: '1', confidence: 0, evidence: { image: 0 }, box: null }, 'none'],
  [
    'a point that is missing',
    { kind: 'point', itemId: '1', confidence: 0, evidence: { image: 0 }, point: null },
    'none',
  ],
])('%s → %s', (_, placement, outcome) => {
  expect(outcomeOf(placement)).toBe(outcome);
});

it('says why in words, the strongest reason first, and what is weak', () => {
  const evidence = { image: 0.3, structure: 0.8, text: 'equal' } as const;
  expect(reasonWords(evidence)).toBe('Text equal, layer structure, weak image match');
  expect(figuresOf(evidence)).toBe('layer structure 80%, image match 30%');
  expect(reasonWords({ image: 0.9, text: 'different' })).toBe('Image match, text differs');
});

it('bounds a turned box', () => {
  const quarterTurn = { a: 0, b: 1, c: -1, d: 0, e: 100, f: 0 };
  expect(applyToBox(quarterTurn, BOX)).toEqual({ x: 80, y: 10, w: 10, h: 20 });
});

describe('a crop', () => {
  it('stays inside the image', () => {
    const crop = cropAround({ x: 390, y: 290, w: 10, h: 10 }, { width: 400, height: 300 });
    expect(crop.x + crop.w).toBe(400);
    expect(crop.y + crop.h).toBe(300);
  });

  it('holds the whole box, in the middle where there is room', () => {
    const crop = cropAround({ x: 100, y: 140, w: 200, h: 20 }, { width: 1000, height: 1000 });
    expect(crop.w).toBeGreaterThan(200);
    expect(crop.x + crop.w / 2).toBe(200);
    expect(crop.y).toBe(0);
  });
});
