import type { Item, Layer, Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { withMargins } from '../../../src/correspond/match-elements.js';
import { placeItems, prepareItems } from '../../../src/transfer/place-items.js';
import { layer } from '../../support/layers.js';

const SIZE = { width: 400, height: 700 };
const NAMES = ['Mara Lind', 'Yuki Tanaka', 'Noah Okafor', 'Ines Duarte', 'Omar Haddad'];
const PARTS = ['card', 'name', 'role', 'actions', 'follow', 'label'];

/** A list of cards, each with a name of its own. The other texts and the buttons are those of all cards. */
function cards(names: readonly string[]): Layer[] {
  const { parentId: _none, ...screen } = layer('screen', { x: 0, y: 0, w: SIZE.width, h: SIZE.height });
  const list = layer('list', { x: 10, y: 10, w: 380, h: names.length * 130 }, { parentId: 'screen' });
  const rows = names.flatMap((name, place) => {
    const y = 10 + place * 130;
    const text = (part: string, parentId: string, words: string, [x, top, w]: [number, number, number]) =>
      layer(`${part} of ${name}`, { x, y: y + top, w, h: 16 }, { parentId, type: 'TEXT', text: words });
    return [
      layer(`card of ${name}`, { x: 10, y, w: 380, h: 120 }, { parentId: 'list' }),
      text('name', `card of ${name}`, name, [30, 16, 120]),
      text('role', `card of ${name}`, NAMES.indexOf(name) % 2 === 0 ? 'Designer' : 'Engineer', [30, 40, 80]),
      layer(`actions of ${name}`, { x: 30, y: y + 70, w: 100, h: 32 }, { parentId: `card of ${name}` }),
      layer(`follow of ${name}`, { x: 30, y: y + 70, w: 80, h: 32 }, { parentId: `actions of ${name}` }),
      text('label', `follow of ${name}`, 'Follow', [44, 78, 50]),
    ];
  });
  return [screen, list, ...rows];
}

/** What the parts of one card became. All cards look alike, and every point is found in its old place. */
async function found(name: string, target: readonly string[]): Promise<(string | null)[]> {
  const [from, to] = [cards(NAMES), cards(target)];
  const items = PARTS.map((part): Item => ({ kind: 'layer', itemId: part, layerId: `${part} of ${name}` }));
  const match = async (points: readonly Point[]) =>
    points.map((point) => ({ point, similarity: 0.8, confidence: 0.8, scale: 1, mirrored: false }));
  const partOf = ({ layerId }: Layer) => layerId.split(' of ')[0];
  const inPlace = (one: Layer, other: Layer) => one.box.y === other.box.y;
  const compare = async () =>
    withMargins(
      from.map((one) =>
        Float32Array.from(to, (other) => (partOf(one) === partOf(other) ? (inPlace(one, other) ? -0.7 : -2) : -20)),
      ),
    );
  const placements = await placeItems(prepareItems(items, from, SIZE), from, to, SIZE, { match, compare });
  return placements.map((one) => (one.kind === 'layer' ? one.layerId : null));
}

describe('the layers of a card, if nothing else is annotated', () => {
  const sorted = [...NAMES].sort();

  it.each(NAMES)('are found in the card with its name after the list is sorted: %s', async (name) => {
    expect(await found(name, sorted)).toEqual(PARTS.map((part) => `${part} of ${name}`));
  });

  it.each(NAMES.slice(1))('are in no other card if the target lacks theirs: %s', async (name) => {
    const target = NAMES.filter((one) => one !== name);
    expect(await found(name, target)).toEqual(PARTS.map(() => null));
  });

  it.each(NAMES.slice(1))('nor if the other cards are sorted: %s', async (name) => {
    const target = sorted.filter((one) => one !== name);
    expect(await found(name, target)).toEqual(PARTS.map(() => null));
  });
});
