import { expect, it } from 'vitest';
import { withIdsOf } from '../../src/edits/align-designs.js';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import { merge } from '../../src/edits/merge.js';
import type { Counterpart } from '../../src/edits/merged-edit.js';
import { design, sameLayers, stack, target, text } from './designs.js';

const pair = (layerId: string | null, confidence: number): Counterpart => ({ layerId, confidence, runnersUp: [] });

const before = design([stack('card', [text('title', 'Buy'), text('price', '10 €')])]);
const after = target(design([stack('card', [text('title', 'Sell'), text('price', '10 €')])]), 'v2-');
const ALL = { card: pair('v2-card', 0.9), title: pair('v2-title', 0.7), price: pair('v2-price', 0.8) };

it('compares two versions by the layers that correspond', () => {
  const ours = withIdsOf(before, after, ALL);
  expect(diffDesigns(before, ours)).toMatchObject([
    { kind: 'set', layerId: 'title', property: 'characters', after: 'Sell', confidence: 0.7 },
  ]);
});

it('leaves out the place and name of the second frame', () => {
  const copy = target(
    design([], { root: { name: 'Screen copy', box: [900, 0, 400, 800], props: { name: 'Copy' } } }),
    'v2-',
  );
  expect(diffDesigns(design([]), withIdsOf(design([]), copy, {}))).toEqual([]);
});

it('gives a layer that two correspond to the surer one', () => {
  const ours = withIdsOf(before, after, { ...ALL, price: pair('v2-title', 0.4) });
  expect(ours.layers.title?.props.characters).toBe('Sell');
});

it('pairs layers that were not matched by parent, type and name', () => {
  const ours = withIdsOf(before, after, { card: pair('v2-card', 0.9) });
  expect(diffDesigns(before, ours)).toMatchObject([{ layerId: 'title', confidence: 0.6 }]);
});

it('is sure of added and removed layers that nothing is like', () => {
  const other = target(design([stack('card', [text('title', 'Buy'), text('badge', 'New')])]), 'v2-');
  const ours = withIdsOf(before, other, { card: pair('v2-card', 1), title: pair('v2-title', 1) });
  expect(diffDesigns(before, ours)).toMatchObject([
    { kind: 'add', layerId: 'v2-badge', parentId: 'card', confidence: 0.9 },
    { kind: 'remove', layerId: 'price', confidence: 0.9 },
  ]);
});

it('doubts a removal where a layer like it was added', () => {
  const other = target(design([stack('card', [text('title', 'Buy')]), text('cost', '10 €')]), 'v2-');
  const ours = withIdsOf(before, other, { card: pair('v2-card', 1), title: pair('v2-title', 1) });
  expect(diffDesigns(before, ours)).toMatchObject([
    { kind: 'add', confidence: 0.4 },
    { kind: 'remove', confidence: 0.4 },
  ]);
});

it('copies new layers by the ids that they have on the canvas', () => {
  const wrapped = target(
    design([stack('card', [stack('wrap', [text('title', 'Buy'), text('price', '10 €')])])]),
    'v2-',
  );
  const ours = withIdsOf(before, wrapped, ALL);
  const theirs = target(before);
  const edits = diffDesigns(before, ours);
  const counterparts = sameLayers(before, theirs);
  const [add] = merge({ base: before, ours, edits, theirs, counterparts, applied: [] });
  expect(add?.outcome).toMatchObject({
    operation: { write: { kind: 'add', sourceLayerId: 'v2-wrap', without: ['v2-title', 'v2-price'] } },
  });
});
