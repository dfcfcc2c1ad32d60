import type { Box, Item, Layer, Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { Match } from '../../src/correspond/match-points.js';
import { placeItems, prepareItems } from '../../src/transfer/place-items.js';
import { contains, overlap } from '../../src/transfer/transforms/boxes.js';
import { transformBox } from '../../src/transfer/transforms/place-region.js';
import { layer } from '../support/layers.js';

const SIZE = { width: 400, height: 800 };
const ROWS = [0, 1, 2, 3, 4];

/** Rows of an icon, a title and a price, from left to right or from right to left. */
function list(place: (box: Box) => Box): Layer[] {
  return ROWS.flatMap((row) => {
    const y = 60 + 120 * row;
    return [
      layer(`icon ${row}`, place({ x: 20, y, w: 40, h: 40 }), { type: 'VECTOR' }),
      layer(`title ${row}`, place({ x: 76, y: y + 8, w: 150, h: 24 }), { type: 'TEXT' }),
      // thin, so that a half turn would do as well
      layer(`note ${row}`, place({ x: 76, y: y + 40, w: 220, h: 12 }), { type: 'TEXT' }),
      layer(`price ${row}`, place({ x: 330, y: y + 8, w: 50, h: 24 }), { type: 'TEXT' }),
    ];
  });
}

const mirror = (box: Box): Box => ({ ...box, x: SIZE.width - box.x - box.w });
const SOURCE = list((box) => box);
const TARGET = list(mirror);

/** Pixels of an icon keep their position in it; others move from the left edge to the right. */
function match(point: Point): Match {
  const icon = SOURCE.find(({ box, type }) => type === 'VECTOR' && contains(box, point))?.box;
  const x = icon === undefined ? SIZE.width - point.x : mirror(icon).x + point.x - icon.x;
  return { point: { x, y: point.y }, similarity: 0.8, confidence: 0.6, scale: 1, mirrored: true };
}

async function place(items: readonly Item[]) {
  const prepared = prepareItems(items, SOURCE, SIZE);
  return placeItems(prepared, SOURCE, TARGET, SIZE, { match: async (points) => points.map(match) });
}

describe('a screen that is read from the other side', () => {
  it('assigns and places all layers', async () => {
    const items = SOURCE.map(({ layerId }): Item => ({ kind: 'layer', itemId: layerId, layerId }));
    const placements = await place(items);
    for (const placement of placements) {
      const counterpart = TARGET.find(({ layerId }) => layerId === placement.itemId)?.box ?? SIZE;
      expect(placement).toMatchObject({ kind: 'layer', layerId: placement.itemId });
      if (placement.kind !== 'layer' || placement.box === null || !('x' in counterpart)) throw new Error('not placed');
      expect(overlap(placement.box, counterpart), placement.itemId).toBeGreaterThan(0.9);
    }
  });

  it('places an overlay on the opposite side of its anchor, unmirrored', async () => {
    const box = { x: 232, y: 300, w: 60, h: 40 };
    const [placement] = await place([{ kind: 'overlay', itemId: 'badge', box }]);
    if (placement?.kind !== 'overlay' || placement.transform === null) throw new Error('not placed');
    expect(placement.transform.a).toBeCloseTo(1, 6);
    const placed = transformBox(placement.transform, box);
    expect(placed).toMatchObject({ x: expect.closeTo(mirror(box).x, 3), y: expect.closeTo(box.y, 3), w: 60, h: 40 });
  });
});
