import type { Layer, LayerReferences } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { findCounterparts } from '../../../src/transfer/layers/find-counterparts.js';
import { describeReferences, referenceContext, referenceOdds } from '../../../src/transfer/layers/layer-references.js';
import { describeLayers } from '../../../src/transfer/layers/layer-traits.js';
import { layer } from '../../support/layers.js';

const BOX = { x: 0, y: 0, w: 40, h: 20 };

function referring(layerId: string, references?: LayerReferences, parentId?: string): Layer {
  const placed = layer(layerId, BOX, { type: 'INSTANCE', ...(parentId === undefined ? {} : { parentId }) });
  return references === undefined ? placed : { ...placed, references };
}

/** Log odds by the references of the first layer of each frame. */
function oddsOfFirst(sources: readonly Layer[], candidates: readonly Layer[]): number {
  const [here, there] = [describeReferences(sources), describeReferences(candidates)];
  const described = (all: typeof here) => all.map((references) => (references === undefined ? {} : { references }));
  return referenceOdds(here[0], there[0], referenceContext(described(here), described(there)));
}

const button = (id: string, component = 'button') => referring(id, { component });
/** A layer within an instance; the instance follows it. */
const inside = (component: string, path: string) => [
  referring('label', { path }, 'instance'),
  referring('instance', { component }),
];

describe('the component of two layers', () => {
  it('raises the odds if each frame has one instance of it, and hardly among twenty', () => {
    const one = oddsOfFirst([button('a')], [button('b')]);
    const twenty = oddsOfFirst(
      Array.from({ length: 20 }, (_, n) => button(`a${n}`)),
      Array.from({ length: 20 }, (_, n) => button(`b${n}`)),
    );
    expect(one).toBeGreaterThan(4);
    expect(twenty).toBeGreaterThan(0);
    expect(twenty).toBeLessThan(0.5);
  });

  it('lowers the odds if it differs, unless the target has other components altogether', () => {
    const kept = [button('x', 'card')];
    expect(oddsOfFirst([button('a'), ...kept], [button('b', 'field'), ...kept])).toBeLessThan(-1);
    expect(oddsOfFirst([button('a')], [button('b', 'field')])).toBeCloseTo(0, 9);
  });

  it('does not count for a layer without references', () => {
    expect(oddsOfFirst([button('a')], [referring('b'), button('c')])).toBe(0);
    expect(oddsOfFirst([referring('a')], [referring('b')])).toBe(0);
  });
});

describe('the path of two layers within instances of one component', () => {
  it('raises the odds if it is the same, and lowers them if not', () => {
    expect(oddsOfFirst(inside('button', '3:4'), inside('button', '3:4'))).toBeGreaterThan(4);
    const both = [...inside('button', '3:5'), referring('icon', { path: '3:4' }, 'instance')];
    expect(oddsOfFirst(inside('button', '3:4'), both)).toBeLessThan(-4);
  });

  it('does not count between two variants, which share no paths', () => {
    expect(oddsOfFirst(inside('button', '3:4'), inside('button', '7:4'))).toBe(0);
  });

  it('does not count between instances of two components', () => {
    expect(oddsOfFirst(inside('button', '3:4'), inside('card', '3:4'))).toBe(0);
    expect(oddsOfFirst(inside('button', '3:4'), inside('card', '3:5'))).toBe(0);
  });

  it('ends at parents that form a circle', () => {
    const circle = [referring('a', { path: '1' }, 'b'), referring('b', { path: '2' }, 'a')];
    expect(describeReferences(circle).map((traits) => traits?.within?.owner)).toEqual(['', '']);
  });
});

it('styles and variables raise the odds by the fraction that both layers use', () => {
  const using = (...tokens: string[]) => [referring('layer', { tokens })];
  const both = oddsOfFirst(using('ink', 'title'), using('ink', 'title'));
  expect(both).toBeGreaterThan(1);
  expect(oddsOfFirst(using('ink', 'title'), using('ink', 'body'))).toBeCloseTo(both / 2, 9);
  expect(oddsOfFirst(using('ink'), using('body'))).toBe(0);
});

describe('the next candidates', () => {
  const row = (id: string, n: number) => layer(id, { x: 0, y: 40 * n, w: 200, h: 40 }, { type: 'FRAME' });
  const sources = Array.from({ length: 2 }, (_, n) => row(`a${n}`, n));
  const find = (candidates: readonly Layer[], mayMatch = true) => {
    const traits = describeLayers(sources);
    const queries = traits.map((one) => ({ traits: one, placed: null, correspondences: [] }));
    return findCounterparts(queries, traits, describeLayers(candidates), 400, () => mayMatch);
  };

  it('are named best first, without the assigned layer, and none is more confident than it', () => {
    const found = find(Array.from({ length: 9 }, (_, n) => row(`b${n}`, n)));
    expect(found.size).toBe(2);
    for (const { assigned, runnersUp } of found.values()) {
      const confidences = runnersUp.map(({ confidence }) => confidence);
      expect(runnersUp).toHaveLength(5);
      expect(runnersUp.map(({ layerId }) => layerId)).not.toContain(assigned?.layer.layerId);
      expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
      expect(confidences[0]).toBeLessThanOrEqual(assigned?.confidence ?? 0.5);
    }
  });

  it('are named for a layer without a counterpart, and never layers that may not match', () => {
    const strangers = [layer('x', { x: 300, y: 300, w: 5, h: 5 }, { type: 'TEXT', text: 'x' })];
    for (const { assigned, runnersUp } of find(strangers).values()) {
      expect(assigned).toBeNull();
      expect(runnersUp).toEqual([{ layerId: 'x', confidence: expect.any(Number) }]);
    }
    for (const { runnersUp } of find(strangers, false).values()) expect(runnersUp).toEqual([]);
  });
});
