import { type Item, type Layer, LIMITS, type Placement, type Point, placementSchema } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { Match } from '../../../src/correspond/match-points.js';
import type { Size } from '../../../src/images/resize.js';
import { placeItems, prepareItems } from '../../../src/transfer/place-items.js';
import { layer } from '../../support/layers.js';
import { seededRandom } from '../../support/random.js';

const SCREEN: Size = { width: 400, height: 4000 };

/** Equal rows of five layers, as long as a list may be. */
function rows(layers: number, words = (row: number) => `Row ${row}`): Layer[] {
  return Array.from({ length: layers / 5 }, (_, row) => {
    const [y, parentId] = [row * 20, `row ${row}`];
    return [
      layer(parentId, { x: 10, y, w: 380, h: 18 }),
      layer(`${row} icon`, { x: 14, y: y + 2, w: 14, h: 14 }, { parentId, type: 'ELLIPSE', name: 'Ellipse 1' }),
      layer(`${row} title`, { x: 40, y: y + 1, w: 120, h: 8 }, { parentId, type: 'TEXT', text: words(row) }),
      layer(`${row} more`, { x: 40, y: y + 10, w: 160, h: 6 }, { parentId, type: 'TEXT', text: 'More' }),
      layer(`${row} time`, { x: 340, y: y + 5, w: 40, h: 8 }, { parentId, type: 'TEXT', text: '9:41' }),
    ];
  }).flat();
}

const itemsOn = (layers: readonly Layer[]): Item[] =>
  layers.slice(0, LIMITS.itemsPerJob).map(({ layerId }) => ({ kind: 'layer', itemId: layerId, layerId }));

const exact = (point: Point): Match => ({ point, similarity: 1, confidence: 0.95, scale: 1, mirrored: false });

/** As on a screen that has nothing of it: somewhere, and hardly believed. */
function lost(size: Size): () => Match {
  const random = seededRandom(7);
  return () => {
    const point = { x: random() * size.width, y: random() * size.height };
    return { point, similarity: 0.4, confidence: 0.02 * random(), scale: 1, mirrored: false };
  };
}

async function place(items: Item[], source: Layer[], target: Layer[], match: (point: Point) => Match, size = SCREEN) {
  const prepared = prepareItems(items, source, size);
  const placements = await placeItems(prepared, source, target, size, { match: async (points) => points.map(match) });
  expect(placements).toHaveLength(items.length);
  for (const placement of placements) placementSchema.parse(placement);
  return placements;
}

const layerIds = (placements: readonly Placement[]) =>
  placements.map((placement) => (placement.kind === 'layer' ? placement.layerId : undefined));

describe('a screen of a thousand layers', () => {
  const all = rows(LIMITS.layersPerFrame);

  it('finds every layer of the same screen, however equal its rows are', async () => {
    const equal = rows(LIMITS.layersPerFrame, () => 'Row');
    const items = itemsOn(equal);
    expect(layerIds(await place(items, equal, equal, exact))).toEqual(items.map(({ itemId }) => itemId));
  });

  it('finds them by order, type and words where the pixels know no place', async () => {
    const items = itemsOn(all);
    const prepared = prepareItems(items, all, SCREEN).map((one) => ({ ...one, points: [], neighbours: [] }));
    const placements = await placeItems(prepared, all, [...all].reverse(), SCREEN, { match: async () => [] });
    expect(layerIds(placements)).toEqual(items.map(({ itemId }) => itemId));
  });

  it('gives no layer of the target to two of the source', async () => {
    const found = layerIds(await place(itemsOn(all), all, rows(300), exact)).filter((id) => id !== null);
    expect(new Set(found).size).toBe(found.length);
    expect(found.length).toBeGreaterThan(250);
  });
});

describe('a screen that has nothing of it', () => {
  it('gets less than one in twenty of hundreds of points, boxes and layers', async () => {
    const source = rows(200);
    const target = rows(200).map(({ text, layerId, ...rest }) => ({
      ...rest,
      layerId: `t ${layerId}`,
      ...(text === undefined ? {} : { text: 'Something else' }),
    }));
    const points = source.map(
      ({ layerId, box: { x, y } }): Item => ({ kind: 'point', itemId: layerId, point: { x, y } }),
    );
    const boxes = source.map(({ layerId, box }): Item => ({ kind: 'box', itemId: layerId, box }));
    for (const items of [points, boxes, itemsOn(source)]) {
      const placements = await place(items, source, target, lost(SCREEN));
      expect(placements.filter(isFound).length).toBeLessThan(0.05 * items.length);
    }
  });

  it('gets nothing where it has no layers', async () => {
    const source = rows(100);
    const found = layerIds(await place(itemsOn(source), source, [], lost(SCREEN)));
    expect(found).toEqual(source.map(() => null));
  });
});

function isFound(placement: Placement): boolean {
  switch (placement.kind) {
    case 'point':
      return placement.point !== null;
    case 'box':
      return placement.box !== null;
    case 'layer':
      return placement.layerId !== null;
    case 'overlay':
      return placement.transform !== null;
  }
}

describe('layers of odd shapes', () => {
  const BOX = { x: 10, y: 10, w: 50, h: 20 };

  it.each<[string, Layer[]]>([
    ['without size', [layer('a', { x: 10, y: 10, w: 0, h: 0 }), layer('b', { x: 60, y: 10, w: 0, h: 0 })]],
    ['as lines', [layer('a', { x: 0, y: 10, w: 90, h: 0 }), layer('b', { x: 30, y: 0, w: 0, h: 90 })]],
    [
      'outside the picture',
      [layer('a', { ...BOX, x: 900 }, { text: 'a' }), layer('b', { ...BOX, x: -900 }, { text: 'b' })],
    ],
    ['across its edge', [layer('a', { ...BOX, x: -30 }), layer('b', { ...BOX, x: 80 })]],
    ['far larger than it', [layer('a', { x: -1e5, y: -1e5, w: 2e5, h: 2e5 }), layer('b', BOX)]],
    ['in the same place, told apart by words', [layer('a', BOX, { text: 'one' }), layer('b', BOX, { text: 'two' })]],
  ])('%s find themselves in the same picture', async (_how, layers) => {
    const placements = await place(itemsOn(layers), layers, [...layers].reverse(), exact, { width: 100, height: 100 });
    expect(layerIds(placements)).toEqual(['a', 'b']);
  });

  it.each<[string, Size]>([
    ['a single pixel', { width: 1, height: 1 }],
    ['a strip', { width: 3000, height: 4 }],
    ['a column', { width: 4, height: 3000 }],
  ])('that are %s find themselves, with box and point', async (_how, size) => {
    const whole = layer('whole', { x: 0, y: 0, w: size.width, h: size.height });
    const items: Item[] = [
      { kind: 'layer', itemId: 'layer', layerId: 'whole' },
      { kind: 'box', itemId: 'box', box: whole.box },
      { kind: 'point', itemId: 'point', point: { x: size.width / 2, y: size.height / 2 } },
    ];
    const [onLayer, box, point] = await place(items, [whole], [whole], exact, size);
    expect(onLayer).toMatchObject({ layerId: 'whole' });
    expect(box).toMatchObject({
      box: { x: 0, y: 0, w: expect.closeTo(size.width, 6), h: expect.closeTo(size.height, 6) },
    });
    expect(point).toMatchObject({ point: { x: size.width / 2, y: size.height / 2 } });
  });
});
