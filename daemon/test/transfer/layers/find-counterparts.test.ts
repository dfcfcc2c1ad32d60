import type { Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { withMargins } from '../../../src/correspond/match-elements.js';
import type { Match } from '../../../src/correspond/match-points.js';
import { companionsOf, sameRelation } from '../../../src/transfer/layers/layer-context.js';
import { placeItems, prepareItems } from '../../../src/transfer/place-items.js';
import { layer } from '../../support/layers.js';

const SIZE = { width: 400, height: 600 };
const ROW_PX = 60;

const NAMES = ['Maya', 'Jonas', 'Priya', 'Tomás', 'Ida'];

/** A list whose rows have a picture, a name and a button; only the names differ. */
function list(rows: readonly number[], words: (row: number) => string, names = true): Layer[] {
  const frame = layer('screen', { x: 0, y: 0, w: SIZE.width, h: SIZE.height });
  const { parentId: _none, ...screen } = frame;
  return [
    screen,
    ...rows.flatMap((row, place) => {
      const [y, parentId] = [40 + place * ROW_PX, `row ${row}`];
      const name = (chosen: string, tool: string) => (names ? chosen : tool);
      return [
        layer(parentId, { x: 0, y, w: 400, h: 60 }, { parentId: 'screen', name: name('Row', 'Frame 1') }),
        layer(`picture ${row}`, { x: 10, y: y + 10, w: 40, h: 40 }, { parentId, type: 'ELLIPSE', name: 'Ellipse 2' }),
        layer(`name ${row}`, { x: 60, y: y + 20, w: 90, h: 20 }, { parentId, type: 'TEXT', text: words(row) }),
        layer(`button ${row}`, { x: 340, y: y + 15, w: 40, h: 30 }, { parentId, type: 'FRAME', name: 'Frame 3' }),
      ];
    }),
  ];
}

const nameOf = (row: number) => NAMES[row] ?? '';
const SOURCE = list([0, 1, 2, 3], nameOf);

function found(point: Point, confidence: number): Match {
  return { point, similarity: confidence, confidence, scale: 1, mirrored: false };
}

const itemsOf = (layers: readonly Layer[]): Item[] =>
  layers.map(({ layerId }) => ({ kind: 'layer', itemId: layerId, layerId }));

/** What became of each layer, by its id. */
async function counterparts(target: Layer[], match: (point: Point) => Match, items = itemsOf(SOURCE)) {
  const prepared = prepareItems(items, SOURCE, SIZE);
  const placements = await placeItems(prepared, SOURCE, target, SIZE, { match: async (points) => points.map(match) });
  return new Map(placements.map((one) => [one.itemId, layerIdOf(one)]));
}

function layerIdOf(placement: Placement): string | null {
  return placement.kind === 'layer' ? placement.layerId : null;
}

/** Whatever is asked stays where it was, so that each row seems to be the one now in its place. */
const stays = (point: Point) => found(point, 0.9);

/** Nothing is found at all. */
const lost = ({ x, y }: Point) => found({ x: (x * 7919) % 400, y: (y * 104_729) % 600 }, 0.01);

describe('a row that is gone', () => {
  const target = list([1, 2, 3], nameOf);

  it('has no counterpart, and the others keep theirs, though the pixels see each row in its old place', async () => {
    const found = await counterparts(target, (point) => found0(point));
    for (const part of ['row', 'picture', 'name', 'button']) {
      expect(found.get(`${part} 0`), `${part} 0`).toBeNull();
      for (const row of [1, 2, 3]) expect(found.get(`${part} ${row}`)).toBe(`${part} ${row}`);
    }
  });

  it('nor where all pixels do: the words in a row are the row', async () => {
    const found = await counterparts(target, (point) => ({ ...stays(point), confidence: 0.6 }));
    for (const part of ['row', 'picture', 'name', 'button']) {
      expect(found.get(`${part} 0`), `${part} 0`).toBeNull();
      for (const row of [1, 2, 3]) expect(found.get(`${part} ${row}`)).toBe(`${part} ${row}`);
    }
  });

  /** A third of what is asked is seen in the row's old place, the rest where it went. */
  let asked = 0;
  function found0(point: Point): Match {
    asked += 1;
    return asked % 3 === 0 ? stays(point) : found({ x: point.x, y: point.y - ROW_PX }, 0.5);
  }
});

describe('layers that the pixels do not find', () => {
  it('follow the words beside them under a new row', async () => {
    const found = await counterparts(list([4, 0, 1, 2, 3], nameOf), lost);
    for (const row of [0, 1, 2, 3]) {
      expect(found.get(`name ${row}`)).toBe(`name ${row}`);
      expect(found.get(`picture ${row}`), `picture ${row}`).toBe(`picture ${row}`);
      expect(found.get(`button ${row}`), `button ${row}`).toBe(`button ${row}`);
    }
  });

  it('have no counterpart in another screen, however alike it is built', async () => {
    const other = list([4], () => 'Settings', false).slice(1);
    const found = await counterparts(other, lost);
    expect([...found.values()].filter((layerId) => layerId !== null)).toEqual([]);
  });
});

describe('layers that are compared with the candidates', () => {
  const target = list([0, 1, 2, 3], () => '', false);
  /** Each part resembles the one `by` rows below it, and no other. */
  const alike = (by: number) => async (parts: readonly Box[], others: readonly Box[]) =>
    withMargins(
      parts.map(({ x, y }) =>
        Float32Array.from(others, (other) => (other.x === x && other.y === y + by * ROW_PX ? 0 : -30)),
      ),
    );

  async function resembling(by: number) {
    const source = list([0, 1, 2, 3], () => '', false);
    const prepared = prepareItems(itemsOf(source), source, SIZE);
    const match = async (points: readonly Point[]) => points.map(lost);
    const placements = await placeItems(prepared, source, target, SIZE, { match, compare: alike(by) });
    return new Map(placements.map((one) => [one.itemId, layerIdOf(one)]));
  }

  it('are those they resemble, where no point of them is found', async () => {
    const found = await resembling(1);
    for (const row of [0, 1, 2]) expect(found.get(`button ${row}`)).toBe(`button ${row + 1}`);
  });

  it('have no counterpart where they resemble none', async () => {
    const found = await resembling(9);
    expect([...found.values()].filter((layerId) => layerId !== null)).toEqual([]);
  });
});

describe('a layer alone', () => {
  it('is found by those around it, which nobody asked for', async () => {
    const items = itemsOf(SOURCE.filter(({ layerId }) => layerId === 'button 2'));
    const found = await counterparts(list([4, 0, 1, 2, 3], nameOf), lost, items);
    expect([...found]).toEqual([['button 2', 'button 2']]);
  });
});

describe('words in another language', () => {
  it('do not speak against a counterpart', async () => {
    const translated = list([0, 1, 2, 3], (row) => `Wort ${'abcd'[row]}`);
    const found = await counterparts(translated, (point) => unsure(point));
    for (const row of [0, 1, 2, 3]) expect(found.get(`name ${row}`)).toBe(`name ${row}`);
  });

  const unsure = (point: Point) => ({ ...stays(point), confidence: 0.5 });
});

describe('the companions of a layer', () => {
  it('are its parent and the nearest, those beside it before those below', () => {
    const index = (id: string) => SOURCE.findIndex(({ layerId }) => layerId === id);
    const companions = companionsOf(SOURCE)[index('picture 1')] ?? [];
    expect(companions[0]).toBe(index('row 1'));
    expect(companions[1]).toBe(index('name 1'));
    expect(companions).toContain(index('picture 2'));
  });

  it('are looked up for those that are asked for', () => {
    const companions = companionsOf(SOURCE, ({ layerId }) => layerId === 'row 1');
    expect(companions.filter((list) => list.length > 0)).toHaveLength(1);
  });
});

describe('a relation of two boxes', () => {
  const label: Box = { x: 60, y: 20, w: 90, h: 20 };
  const button: Box = { x: 340, y: 15, w: 40, h: 30 };
  const shifted = (box: Box, x: number, y: number): Box => ({ ...box, x: box.x + x, y: box.y + y });
  const relation = (to: Box, other: Box, scale = 1) => sameRelation([label, button], [to, other], scale, 600);

  it('is the same wherever both went', () => {
    expect(relation(shifted(label, 30, 200), shifted(button, 30, 200))).toBeCloseTo(1, 9);
  });

  it('is the same where both are larger', () => {
    const twice = ({ x, y, w, h }: Box) => ({ x: 2 * x, y: 2 * y, w: 2 * w, h: 2 * h });
    expect(relation(twice(label), twice(button), 2)).toBeCloseTo(1, 9);
  });

  it('is nearly the same where the screen is a little wider, and not where the row is another', () => {
    expect(relation(label, shifted(button, 40, 0))).toBeGreaterThan(0.8);
    expect(relation(label, shifted(button, 0, 60))).toBe(0);
  });

  it('is hardly the same where one is now inside the other', () => {
    const around = { x: 330, y: 5, w: 60, h: 50 };
    const outside = shifted(button, 35, 0);
    // on so large a target that this is no great way
    expect(sameRelation([around, button], [around, button], 1, 3000)).toBe(1);
    expect(sameRelation([around, button], [around, outside], 1, 3000)).toBeLessThan(0.3);
  });
});
