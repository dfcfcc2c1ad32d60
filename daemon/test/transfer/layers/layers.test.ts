import type { Layer } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { assignLayers } from '../../../src/transfer/layers/assign-layers.js';
import { compareLayers } from '../../../src/transfer/layers/layer-cues.js';
import { describeScene, ownOdds } from '../../../src/transfer/layers/layer-odds.js';
import { describeLayers } from '../../../src/transfer/layers/layer-traits.js';
import { rankLikeness } from '../../../src/transfer/layers/reading-order.js';
import { gridPoints } from '../../../src/transfer/transforms/boxes.js';
import { placeRegion } from '../../../src/transfer/transforms/place-region.js';
import type { Correspondence } from '../../../src/transfer/transforms/robust-estimator.js';
import { layer } from '../../support/layers.js';
import { seededRandom } from '../../support/random.js';

const SOURCE_BOX = { x: 20, y: 30, w: 100, h: 40 };
const SHIFT = { x: 200, y: 50 };
const TARGET_BOX = { ...SOURCE_BOX, x: SOURCE_BOX.x + SHIFT.x, y: SOURCE_BOX.y + SHIFT.y };

/** Matches that say the source layer moved by `SHIFT`. */
const MATCHES: Correspondence[] = gridPoints(SOURCE_BOX, 4).map((source) => ({
  source,
  target: { x: source.x + SHIFT.x, y: source.y + SHIFT.y },
  weight: 0.9,
  scale: 1,
}));
const PLACED = placeRegion(SOURCE_BOX, MATCHES, 500);

const source = layer('confirm', SOURCE_BOX, { type: 'TEXT', text: 'Save' });

/** As if each were alone in its frame, with half of the layers around it beside the candidate. */
function compare(
  candidate: Layer,
  from: Layer = source,
  placed = PLACED,
  correspondences = MATCHES,
  resemblance = Number.NaN,
) {
  const [[traits], [other]] = [describeLayers([from]), describeLayers([candidate])];
  if (traits === undefined || other === undefined) throw new Error('every layer is described');
  const sought = { traits, placed, correspondences };
  const scene = describeScene([sought], [traits], [other], 500);
  return { ...compareLayers(sought, other, resemblance, scene, 0.5), odds: ownOdds(sought, other, resemblance, scene) };
}

describe('how a candidate looks', () => {
  const candidate = layer('there', TARGET_BOX, { type: 'TEXT' });
  const looking = (resemblance: number, placed = PLACED) => compare(candidate, source, placed, MATCHES, resemblance);

  it('speaks for it where nothing resembles either more, and against it where much does, down to a floor', () => {
    const [alike, unsure, unlike, least] = [0, -6, -20, -90].map((resemblance) => looking(resemblance).odds);
    expect([alike, unsure, unlike]).toEqual([alike, unsure, unlike].toSorted((a = 0, b = 0) => b - a));
    expect(least).toBeCloseTo(looking(-60).odds, 6);
    // points that agree say hardly less, where that is all there is
    expect(alike).toBeGreaterThan(looking(Number.NaN).odds - 1);
    expect(alike).toBeGreaterThan(looking(Number.NaN, null).odds);
    expect(unlike).toBeLessThan(looking(Number.NaN).odds);
  });

  it('is said of the pixels, with where they were found', () => {
    const image = (resemblance: number) => looking(resemblance).evidence.image;
    expect(image(0)).toBeGreaterThan(image(Number.NaN));
    expect(image(-20)).toBeLessThan(image(Number.NaN));
    expect(looking(0).cues.find(({ cue }) => cue === 'image')?.value).toBe(image(0));
  });

  it('is at most 1 where everything agrees, whatever rounding adds', () => {
    for (let n = 0; n < 100; n++) {
      const box = { x: 20.1 + n / 7, y: 30.3 + n / 3, w: 100 + n / 11, h: 40 + n / 13 };
      const matches = gridPoints(box, 4).map((source) => ({ source, target: source, weight: 1, scale: 1 }));
      const same = layer('same', box, { type: 'TEXT', text: 'Save' });
      for (const resemblance of [0, Number.NaN]) {
        const { evidence, cues } = compare(same, same, placeRegion(box, matches, 500), matches, resemblance);
        expect(Math.max(evidence.image, ...cues.map(({ value }) => value))).toBeLessThanOrEqual(1);
      }
    }
  });

  it('is what counts where no point was found, and where it is not known either, both are probably strangers', () => {
    expect(looking(0, null).odds).toBeGreaterThan(looking(Number.NaN, null).odds);
    expect(looking(-40, null).odds).toBeLessThan(looking(Number.NaN, null).odds);
    const found = compare(candidate).odds;
    expect(looking(Number.NaN, null).odds).toBeLessThan(found - 4);
  });
});

describe('the likeness of two layers', () => {
  const same = layer('confirm', TARGET_BOX, { type: 'TEXT', text: 'Save' });

  it('is the highest where pixels, structure and text agree', () => {
    const { odds, evidence } = compare(same);
    expect(evidence).toMatchObject({ structure: 1, text: 'equal' });
    expect(evidence.image).toBeCloseTo(0.9 ** 0.7, 5);
    expect(odds).toBeGreaterThan(5);
  });

  it.each([
    ['elsewhere', layer('confirm', SOURCE_BOX, { type: 'TEXT', text: 'Save' })],
    ['of another type', { ...same, type: 'RECTANGLE' }],
    ['of another name', { ...same, name: 'cancel' }],
    ['of another size', { ...same, box: { ...TARGET_BOX, w: 50 } }],
    ['with other words', { ...same, text: 'Cancel' }],
  ])('is less for one %s', (_how, other) => {
    expect(compare(other).odds).toBeLessThan(compare(same).odds);
  });

  it('says nothing of words where one of the layers has none', () => {
    const { text: _none, ...wordless } = same;
    expect(compare(wordless).evidence).not.toHaveProperty('text');
    expect(compare(wordless).cues.map(({ cue }) => cue)).not.toContain('text');
  });

  it.each([
    ['case and spaces', ' sAvE ', 'equal'],
    ['the form of the characters', 'Ｓａｖｅ', 'equal'],
    ['not the words', 'Save all', 'different'],
  ])('looks past %s', (_what, text, expected) => {
    expect(compare({ ...same, text }).evidence.text).toBe(expected);
  });

  it('takes names that the tool gave for no names', () => {
    const unnamed = { ...source, name: 'Frame 12' };
    expect(compare({ ...same, name: 'Rectangle 3' }, unnamed).evidence.structure).toBe(1);
    expect(compare({ ...same, name: 'Frame 12' }, unnamed).evidence.structure).toBe(1);
  });

  it('does not take the frame itself for a layer within it', () => {
    const { parentId: _none, ...root } = same;
    expect(compare(root).evidence.structure).toBe(0);
  });

  it('has nothing from pixels where the matches do not agree on a place', () => {
    expect(compare(same, source, null).evidence.image).toBe(0);
    expect(compare(same, source, null, []).evidence.image).toBe(0);
  });

  it('is told by cues with names and weights, and those that say nothing are not there', () => {
    const { cues } = compare(same);
    expect(cues.map(({ cue }) => cue)).toEqual(['image', 'text', 'type', 'size', 'name', 'neighbours']);
    expect(cues.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    const outside = compare({ ...same, name: 'Frame 3' }, source, null, []);
    expect(outside.cues.map(({ cue }) => cue)).toEqual(['text', 'type', 'size', 'neighbours']);
  });

  const cue = (name: string, candidate: Layer, from: Layer = source) =>
    compare(candidate, from).cues.find((one) => one.cue === name)?.value;

  it.each([
    ['INSTANCE', 'INSTANCE', 1],
    ['INSTANCE', 'FRAME', 0.5],
    ['VECTOR', 'RECTANGLE', 0.5],
    ['TEXT', 'FRAME', 0],
  ])('by type, of %s and %s, is %d', (type, other, expected) => {
    expect(cue('type', { ...same, type: other }, { ...source, type })).toBe(expected);
  });

  it.each([
    ['save-button', 'Save Button', 1],
    ['SaveButton', 'save_button', 1],
    ['Button / Save', 'Button / Cancel', 0.5],
    ['confirm', 'discard', 0],
    ['Frame 12', 'save', undefined],
  ])('by name, of "%s" and "%s", is %s', (name, other, expected) => {
    expect(cue('name', { ...same, name: other }, { ...source, name })).toBe(expected);
  });

  it('has nothing from a name that is but the words of the layer', () => {
    expect(cue('name', { ...same, name: 'Speichern', text: 'Speichern' })).toBeUndefined();
  });

  it('is more for words in common, yet less than for the same words', () => {
    const from = { ...source, text: '3 new messages' };
    const by = (text: string) => cue('text', { ...same, text }, from) ?? 0;
    expect(by('3 new messages')).toBe(1);
    expect(by('12 new messages')).toBeLessThan(1);
    expect(by('12 new messages')).toBeGreaterThan(by('Settings'));
  });
});

describe('the order of layers', () => {
  const rows = (count: number, nested = false) =>
    Array.from({ length: count }, (_, n) =>
      layer(`row ${n}`, { x: 10, y: 40 * n, w: 200, h: 36 }, nested ? { parentId: `wrapper ${n}` } : {}),
    );
  const ranks = (layers: readonly Layer[]) => describeLayers(layers).map(({ rank }) => rank.index);

  it('is from top to bottom, and from left to right in a line', () => {
    const grid = [0, 1, 2, 3].map((n) => layer(`${n}`, { x: 50 * (n % 2), y: 30 * (n >> 1) + (n % 2), w: 40, h: 20 }));
    expect(ranks(grid)).toEqual([0, 1, 2, 3]);
    expect(ranks([...grid].reverse())).toEqual([3, 2, 1, 0]);
  });

  it('is one among layers of the same type and size, however they are nested', () => {
    const other = layer('bar', { x: 0, y: 30, w: 220, h: 8 });
    const text = layer('text', { x: 10, y: 50, w: 200, h: 36 }, { type: 'TEXT' });
    expect(describeLayers([...rows(3, true), other, text]).map(({ rank }) => rank)).toEqual([
      { index: 0, count: 3 },
      { index: 1, count: 3 },
      { index: 2, count: 3 },
      { index: 0, count: 1 },
      { index: 0, count: 1 },
    ]);
  });

  it('tells apart equal rows of which the pixels know no place', () => {
    const [sources, candidates] = [describeLayers(rows(5)), describeLayers(rows(5, true).reverse())];
    const sought = sources.map((traits) => ({ traits, placed: null, correspondences: [] }));
    const scene = describeScene(sought, sources, candidates, 500);
    const best = sought.map((one) => {
      const odds = candidates.map((candidate) => ownOdds(one, candidate, Number.NaN, scene));
      return odds.indexOf(Math.max(...odds));
    });
    expect(best).toEqual([4, 3, 2, 1, 0]);
  });

  it('fits from the top where a list grew at its end, and from the bottom where it grew at its start', () => {
    const order = (index: number, other: number) => rankLikeness({ index, count: 5 }, { index: other, count: 6 });
    expect(order(2, 2)).toBe(1);
    expect(order(2, 3)).toBe(1);
    expect(order(2, 4)).toBeLessThan(1);
    expect(order(2, 1)).toBe(order(2, 4));
  });
});

describe('layers are assigned one to one', () => {
  it('with the greatest sum, even where the first would rather have another', () => {
    // taking the best first would give 0.9 + 0.5
    expect(
      assignLayers([
        [0.9, 0.85],
        [0.9, 0.5],
      ]),
    ).toEqual([1, 0]);
  });

  it('and never two to one', () => {
    const assigned = assignLayers([
      [0.9, 0.1],
      [0.8, 0.1],
      [0.95, 0.1],
    ]);
    expect(assigned.filter((column) => column !== null)).toEqual([0]);
    expect(assigned[2]).toBe(0);
  });

  it('where a pair that is hardly alike is no counterpart', () => {
    expect(assignLayers([[0.49, 0.2]])).toEqual([null]);
    expect(assignLayers([[0.51, 0.2]])).toEqual([0]);
  });

  it.each([
    ['no sources', [], []],
    ['no candidates', [[], []], [null, null]],
    ['more candidates than sources', [[0.1, 0.2, 0.9]], [2]],
  ])('also with %s', (_case, rows, expected) => {
    expect(assignLayers(rows)).toEqual(expected);
  });

  it('each with one where all are alike', () => {
    const assigned = assignLayers(Array.from({ length: 4 }, () => [0.7, 0.7, 0.7]));
    expect(assigned.filter((column) => column !== null).sort()).toEqual([0, 1, 2]);
  });

  it.each([
    [8, 8],
    [8, 5],
    [5, 8],
  ])('as well as can be, of %i sources and %i candidates at random', (sources, candidates) => {
    const random = seededRandom(sources * 10 + candidates);
    for (let round = 0; round < 5; round++) {
      const likeness = Array.from({ length: sources }, () => Array.from({ length: candidates }, random));
      const assigned = assignLayers(likeness);
      const sum = assigned.reduce<number>((all, column, row) => all + gainOf(likeness, row, column), 0);
      expect(sum).toBeCloseTo(greatestGain(likeness), 9);
    }
  });
});

/** What a pair is better than no counterpart. */
function gainOf(likeness: readonly (readonly number[])[], row: number, column: number | null): number {
  return column === null ? 0 : (likeness[row]?.[column] ?? 0) - 0.5;
}

/** The greatest sum of gains over all one-to-one assignments, by dynamic programming over the sets of taken columns. */
function greatestGain(likeness: readonly (readonly number[])[]): number {
  let best = new Map([[0, 0]]);
  for (const row of likeness.keys()) {
    const next = new Map(best);
    for (const [taken, gain] of best) {
      for (const column of likeness[row]?.keys() ?? []) {
        const bit = 1 << column;
        if ((taken & bit) !== 0) continue;
        const total = gain + gainOf(likeness, row, column);
        next.set(taken | bit, Math.max(total, next.get(taken | bit) ?? Number.NEGATIVE_INFINITY));
      }
    }
    best = next;
  }
  return Math.max(...best.values());
}
