import type { Item, Layer, Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { Match } from '../../../src/correspond/match-points.js';
import type { Option } from '../../../src/transfer/layers/agree-on-layers.js';
import { weighContents } from '../../../src/transfer/layers/layer-families.js';
import { nestingOf } from '../../../src/transfer/layers/layer-nesting.js';
import { describeLayers } from '../../../src/transfer/layers/layer-traits.js';
import { placeItems, prepareItems } from '../../../src/transfer/place-items.js';
import { layer } from '../../support/layers.js';
import { LIST, list, PARTS } from '../../support/screens.js';

const ROWS = [0, 1, 2, 3, 4];
const ADDED = 5;
const OLD_NAMES = ['Maya', 'Jonas', 'Priya', 'Tomás', 'Ida'];
const NEW_NAMES = ['Wei', 'Lena', 'Omar', 'Sofia', 'Karl', 'Yuki'];

/** The rows with a new one at a place. */
function withAdded(at: number): number[] {
  return [...ROWS.slice(0, at), ADDED, ...ROWS.slice(at)];
}

/** For each source row the rows that its parts became parts of. */
async function rowsFound(source: Layer[], target: Layer[], match: (point: Point) => Match) {
  const items: Item[] = source.map(({ layerId }) => ({ kind: 'layer', itemId: layerId, layerId }));
  const prepared = prepareItems(items, source, LIST);
  const placements = await placeItems(prepared, source, target, LIST, { match: async (points) => points.map(match) });
  const found = new Map(placements.map((one) => [one.itemId, one.kind === 'layer' ? one.layerId : null]));
  return ROWS.map((row) => PARTS.map((part) => found.get(`${part} ${row}`)?.split(' ')[1]));
}

function found(point: Point, confidence: number): Match {
  return { point, similarity: confidence, confidence, scale: 1, mirrored: false };
}

const BOX = { x: 0, y: 0, w: 40, h: 40 };

function inRow(layerId: string, parentId: string): Layer {
  return layer(layerId, BOX, { parentId });
}

const rowAt = ({ y }: Point) => Math.floor((y - LIST.topPx) / LIST.rowPx);
const isPictureOrName = ({ x }: Point) => x > 5 && x < 200;

describe('a row among others, with all names exchanged and a row added', () => {
  it.each([
    [0, 'all of it the added one', 0.8, ADDED],
    [3, 'all of it itself', 0.3, 3],
  ])(
    'holds together at place %i and is %s, though pictures and names stay with a confidence of %d',
    async (at, _what, confidence, expected) => {
      const rows = await rowsFound(list(ROWS, OLD_NAMES), list(withAdded(at), NEW_NAMES), (point) => {
        if (rowAt(point) === at && isPictureOrName(point)) return found(point, confidence);
        return found({ x: point.x, y: point.y + (rowAt(point) < at ? 0 : LIST.rowPx) }, 0.5);
      });
      const became = ROWS.map((row) => String(row === at ? expected : row));
      expect(rows).toEqual(became.map((row) => PARTS.map(() => row)));
    },
  );
});

describe('what is in a row says which row it became', () => {
  const sought = describeLayers([layer('row', BOX), inRow('picture', 'row'), inRow('time', 'row')]).map((traits) => ({
    traits,
    placed: null,
    correspondences: [],
  }));
  const candidates = describeLayers([
    layer('old', BOX),
    layer('added', BOX),
    inRow('old time', 'old'),
    inRow('added picture', 'added'),
    inRow('wrapped', 'wrapper'),
    inRow('frame', 'added'),
    inRow('framed picture', 'frame'),
  ]);

  const nesting = nestingOf(candidates.map(({ layer }) => layer));

  function optionOf(candidateId: string, own: number): Option {
    const candidate = candidates.findIndex(({ layer: { layerId } }) => layerId === candidateId);
    return { candidate, own, odds: own, belief: 0, support: 0.5 };
  }

  /** The odds of the row for the two rows, from those of its picture and its time for what is in them. */
  function weighed(picture: Option, time: Option): number[] {
    const row = [optionOf('old', 1), optionOf('added', 3)];
    weighContents(sought, nesting, [row, [picture], [time]]);
    expect(row.map(({ odds }) => odds)).toEqual(row.map(({ own }) => own));
    return row.map(({ own }) => own);
  }

  it('by how much more it speaks for one than for the other', () => {
    expect(weighed(optionOf('added picture', 2), optionOf('old time', 7))).toEqual([1, 3 - 5]);
  });

  it('with one more frame between them, too', () => {
    expect(weighed(optionOf('framed picture', 2), optionOf('old time', 7))).toEqual([1, 3 - 5]);
  });

  it('but not by speaking against either', () => {
    expect(weighed(optionOf('added picture', -2), optionOf('old time', -4))).toEqual([1, 3]);
  });

  it('nor where it is nested in another way', () => {
    expect(weighed(optionOf('wrapped', 6), optionOf('wrapped', 5))).toEqual([1, 3]);
  });
});
