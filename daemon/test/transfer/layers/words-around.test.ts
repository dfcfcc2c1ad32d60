import type { Item, Layer, Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { withMargins } from '../../../src/correspond/match-elements.js';
import { invariant } from '../../../src/invariant.js';
import { wordsAroundLikeness } from '../../../src/transfer/layers/layer-likeness.js';
import { describeLayers } from '../../../src/transfer/layers/layer-traits.js';
import { placeItems, prepareItems } from '../../../src/transfer/place-items.js';
import { layer } from '../../support/layers.js';

const SIZE = { width: 400, height: 600 };
const BOX = { x: 0, y: 0, w: 40, h: 20 };

function screen(...layers: Layer[]): Layer[] {
  const { parentId: _none, ...frame } = layer('screen', { x: 0, y: 0, w: SIZE.width, h: SIZE.height });
  return [frame, ...layers];
}

const text = (layerId: string, parentId: string, words: string, box = BOX) =>
  layer(layerId, box, { parentId, type: 'TEXT', text: words });

describe('the words around a layer', () => {
  const around = (layers: Layer[], layerId: string) => {
    const words = describeLayers(layers).find((one) => one.layer.layerId === layerId)?.wordsAround;
    return words && [...words.words].toSorted();
  };
  const row = layer('row', BOX, { parentId: 'screen' });
  const inner = layer('inner', BOX, { parentId: 'row' });
  const rows = screen(
    row,
    inner,
    layer('icon', BOX, { parentId: 'inner' }),
    text('title', 'row', 'Data usage'),
    layer('alone', BOX, { parentId: 'screen' }),
    text('heading', 'screen', 'Settings'),
  );

  it('are those of the smallest container with words, which it is or lies in', () => {
    for (const id of ['row', 'inner', 'icon', 'title']) expect(around(rows, id)).toEqual(['data', 'usage']);
  });

  it('are not those of the frame', () => {
    for (const id of ['screen', 'alone', 'heading']) expect(around(rows, id)).toBeUndefined();
  });

  it('are those of the smallest container with a word that no other text has', () => {
    const cards = ['Mara', 'Noah'].flatMap((name) => [
      layer(`card of ${name}`, BOX, { parentId: 'screen' }),
      text(`name of ${name}`, `card of ${name}`, name),
      layer(`button of ${name}`, BOX, { parentId: `card of ${name}` }),
      text(`label of ${name}`, `button of ${name}`, 'Follow'),
    ]);
    for (const part of ['card', 'name', 'button', 'label']) {
      expect(around(screen(...cards), `${part} of Noah`)).toEqual(['follow', 'noah']);
    }
  });

  it('end where containers lie in one another in a circle', () => {
    const [one, other] = [layer('one', BOX, { parentId: 'other' }), layer('other', BOX, { parentId: 'one' })];
    expect(around([one, other, text('title', 'one', 'Inbox')], 'other')).toEqual(['inbox']);
  });

  it('are told apart without spaces between them, too', () => {
    const japanese = screen(row, text('title', 'row', '保存する'));
    expect(around(japanese, 'row')).toContain('保存');
  });

  it('are few enough to be compared in no time, though all lie in one container or deep in one another', () => {
    const many = Array.from({ length: 1000 }, (_, n) => `Entry ${n} of many`);
    const one = screen(row, ...many.map((words, n) => text(`t${n}`, 'row', words)));
    const frames = Array.from({ length: 400 }, (_, n) =>
      layer(`f${n}`, BOX, { parentId: n === 0 ? 'screen' : `f${n - 1}` }),
    );
    const deep = screen(...frames, ...many.slice(0, 600).map((words, n) => text(`t${n}`, 'f399', words)));
    for (const layers of [one, deep]) {
      const traits = describeLayers(layers);
      const sets = new Set(traits.map(({ wordsAround }) => wordsAround));
      // what lies in the same container has the same set, of which a share is counted once
      expect(sets.size).toBeLessThanOrEqual(frames.length + 2);
      const [first] = traits.slice(1);
      if (first === undefined) throw new Error('there are layers');
      for (const other of traits) wordsAroundLikeness(first, other);
    }
  });

  it('are shared by as many as the smaller of the two has', () => {
    const traits = describeLayers(
      screen(
        row,
        text('a', 'row', 'Data usage'),
        layer('list', BOX, { parentId: 'screen' }),
        text('b', 'list', 'Data usage of today'),
      ),
    );
    const of = (id: string) => traits.find((one) => one.layer.layerId === id) ?? invariant('the layer is there');
    expect(wordsAroundLikeness(of('row'), of('list'))).toBe(1);
    // what the two texts themselves say is weighed already
    expect(wordsAroundLikeness(of('a'), of('b'))).toBeUndefined();
  });
});

describe('a word that several texts have', () => {
  it('counts less than one that is in one text of each screen', () => {
    const traits = (names: readonly string[]) =>
      describeLayers(
        screen(
          ...names.flatMap((name) => [
            layer(`card of ${name}`, BOX, { parentId: 'screen' }),
            text(`words of ${name}`, `card of ${name}`, `Follow ${name}`),
          ]),
        ),
      );
    const card = (all: ReturnType<typeof traits>, name: string) =>
      all.find(({ layer: { layerId } }) => layerId === `card of ${name}`) ?? invariant('the card is there');
    const [from, to] = [traits(['Mara', 'Noah', 'Omar']), traits(['Mara', 'Noah', 'Omar', 'Ines'])];
    expect(wordsAroundLikeness(card(from, 'Mara'), card(to, 'Mara'))).toBe(1);
    // "Follow" is in four texts
    expect(wordsAroundLikeness(card(from, 'Mara'), card(to, 'Noah'))).toBeCloseTo(0.25 / 1.25, 9);
  });
});

/** A card has a label and a value; every layer looks like those in its place, and its points stay. */
async function found(from: Layer[], to: Layer[], look: (one: Layer, other: Layer) => number) {
  const items: Item[] = from.map(({ layerId }) => ({ kind: 'layer', itemId: layerId, layerId }));
  const match = async (points: readonly Point[]) =>
    points.map((point) => ({ point, similarity: 0.7, confidence: 0.7, scale: 1, mirrored: false }));
  const compare = async () => withMargins(from.map((one) => Float32Array.from(to, (other) => look(one, other))));
  const placements = await placeItems(prepareItems(items, from, SIZE), from, to, SIZE, { match, compare });
  return new Map(placements.map((one) => [one.itemId, one.kind === 'layer' ? one.layerId : null]));
}

const inPlace = ({ box }: Layer, { box: other }: Layer) => (box.x === other.x && box.y === other.y ? -0.3 : -9);

const cards = (labels: readonly string[], values: readonly string[]) =>
  screen(
    ...labels.flatMap((label, n) => {
      const [x, y] = [10 + (n % 2) * 200, 40 + Math.floor(n / 2) * 120];
      return [
        layer(`card ${n}`, { x, y, w: 180, h: 100 }, { parentId: 'screen' }),
        text(`label ${n}`, `card ${n}`, label, { x: x + 12, y: y + 12, w: 80, h: 18 }),
        text(`value ${n}`, `card ${n}`, values[n] ?? '', { x: x + 12, y: y + 50, w: 60, h: 30 }),
      ];
    }),
  );

describe('what stands in another place now', () => {
  const labels = ['Tasks', 'Bugs', 'Reviews', 'Releases'];

  it('is not a number that another card has by chance', async () => {
    const became = await found(cards(labels, ['12', '8', '5', '3']), cards(labels, ['8', '5', '3', '12']), inPlace);
    for (const n of labels.keys()) expect(became.get(`value ${n}`)).toBe(`value ${n}`);
  });

  it('is not a label that was written anew, when all around is the same', async () => {
    const before = cards(labels, ['12', '8', '5', '3']);
    const after = cards(['Open tasks', 'Bugs', 'Merged', 'Releases'], ['12', '8', '5', '3']);
    const became = await found(before, after, inPlace);
    for (const n of labels.keys()) expect(became.get(`label ${n}`)).toBe(`label ${n}`);
  });

  it('is a card that is another one in its place, though all look alike', async () => {
    const values = ['12', '8', '5', '3'];
    const became = await found(
      cards(labels, values),
      cards(['Sales', 'Tasks', 'Bugs', 'Reviews'], ['9', '12', '8', '5']),
      ({ type }, other) => (type === other.type ? -2 : -20),
    );
    for (const n of [0, 1, 2]) expect(became.get(`card ${n}`)).toBe(`card ${n + 1}`);
    expect(became.get('card 3')).toBeNull();
  });
});
