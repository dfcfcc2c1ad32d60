import type { Item, Layer, Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { Match } from '../../../src/correspond/match-points.js';
import { nestingOf } from '../../../src/transfer/layers/layer-nesting.js';
import { placeItems, prepareItems } from '../../../src/transfer/place-items.js';
import { layer } from '../../support/layers.js';
import { LIST, list, PARTS } from '../../support/screens.js';

const ROWS = [0, 1, 2, 3, 4];
const NAMES = ['Maya', 'Jonas', 'Priya', 'Tomás', 'Ida'];
const OTHER_NAMES = ['Wei', 'Lena', 'Omar', 'Sofia', 'Karl'];
const IDS = ['screen', ...PARTS.flatMap((part) => ROWS.map((row) => `${part} ${row}`))];

/** All are where they were, which their pixels hardly say. */
const doubtful = (point: Point): Match => ({ point, similarity: 0.5, confidence: 0.1, scale: 1, mirrored: false });

/** What each layer became, by its id. */
async function counterparts(source: Layer[], target: Layer[]): Promise<Record<string, string | null>> {
  const items: Item[] = source.map(({ layerId }) => ({ kind: 'layer', itemId: layerId, layerId }));
  const prepared = prepareItems(items, source, LIST);
  const placements = await placeItems(prepared, source, target, LIST, {
    match: async (points) => points.map(doubtful),
  });
  return Object.fromEntries(placements.map((one) => [one.itemId, one.kind === 'layer' ? one.layerId : null]));
}

describe('a list of which the parts of', () => {
  const every = () => true;
  const second = (row: number) => row % 2 === 0;

  it.each([
    ['every second row', 'the same words', second, NAMES],
    ['every second row', 'other words', second, OTHER_NAMES],
    ['every row', 'the same words', every, NAMES],
    ['every row', 'other words', every, OTHER_NAMES],
  ])('%s were put into one more frame keeps all its counterparts, with %s', async (_rows, _words, isWrapped, names) => {
    const found = await counterparts(list(ROWS, NAMES), list(ROWS, names, isWrapped));
    expect(found).toEqual(Object.fromEntries(IDS.map((id) => [id, id])));
  });
});

describe('layers lie in one another', () => {
  const BOX = { x: 0, y: 0, w: 9, h: 9 };

  /** Pairs "inner in outer" among layers that are given as "id in parent". */
  function pairs(...nested: readonly (readonly [string, string])[]): string[] {
    const layers = nested.map(([layerId, parentId]) => layer(layerId, BOX, { parentId }));
    const { isWithin } = nestingOf(layers);
    return layers.flatMap((inner, n) =>
      layers.flatMap((outer, m) => (isWithin(n, m) ? [`${inner.layerId} in ${outer.layerId}`] : [])),
    );
  }

  it('at any depth, in whatever order they come', () => {
    expect(pairs(['c', 'b'], ['d', 'a'], ['a', 'nowhere'], ['b', 'a'])).toEqual([
      'c in a',
      'c in b',
      'd in a',
      'b in a',
    ]);
  });

  it('once, where they do so in a circle', () => {
    expect(pairs(['a', 'b'], ['b', 'c'], ['c', 'a'], ['own', 'own'])).toEqual(['b in a', 'b in c', 'c in a']);
  });

  it('however deep', () => {
    const layers = Array.from({ length: 20_000 }, (_, n) => layer(`${n}`, BOX, { parentId: `${n - 1}` }));
    const { isWithin, hasParent } = nestingOf(layers);
    expect([isWithin(19_999, 0), isWithin(0, 19_999), hasParent(0), hasParent(1)]).toEqual([true, false, false, true]);
  });
});
