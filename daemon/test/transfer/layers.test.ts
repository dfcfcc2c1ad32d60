import { describe, expect, it } from 'vitest';
import { assignLayers } from '../../src/transfer/assign-layers.js';
import { gridPoints } from '../../src/transfer/boxes.js';
import type { Correspondence } from '../../src/transfer/fit-similarity.js';
import { compareLayers, type Likeness } from '../../src/transfer/layer-cues.js';
import { placeRegion } from '../../src/transfer/place-region.js';
import { layer } from '../support/layers.js';

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

const source = layer('save', SOURCE_BOX, { type: 'TEXT', text: 'Save' });
const compare = (candidate: ReturnType<typeof layer>, from = source) => compareLayers(from, candidate, PLACED, MATCHES);

describe('the likeness of two layers', () => {
  const same = layer('save', TARGET_BOX, { type: 'TEXT', text: 'Save' });

  it('is the highest where pixels, structure and text agree', () => {
    const { score, evidence } = compare(same);
    expect(evidence).toMatchObject({ structure: 1, text: 'equal' });
    expect(evidence.image).toBeCloseTo(0.9, 5);
    expect(score).toBeGreaterThan(0.9);
    expect(score).toBeLessThanOrEqual(1);
  });

  it.each([
    ['elsewhere', layer('save', SOURCE_BOX, { type: 'TEXT', text: 'Save' })],
    ['of another type', { ...same, type: 'RECTANGLE' }],
    ['of another name', { ...same, name: 'cancel' }],
    ['of another size', { ...same, box: { ...TARGET_BOX, w: 50 } }],
    ['with other words', { ...same, text: 'Cancel' }],
  ])('is less for one %s', (_how, other) => {
    expect(compare(other).score).toBeLessThan(compare(same).score);
  });

  it('says nothing of words where one of the layers has none', () => {
    const { text: _none, ...wordless } = same;
    expect(compare(wordless).evidence).not.toHaveProperty('text');
    expect(compare(wordless).score).toBeCloseTo((0.55 * 0.9 + 0.2) / 0.75, 3);
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
    expect(compareLayers(source, same, null, MATCHES).evidence.image).toBe(0);
    expect(compareLayers(source, same, null, []).evidence.image).toBe(0);
  });
});

describe('layers are assigned one to one', () => {
  const scores = (rows: number[][]): Likeness[][] =>
    rows.map((row) => row.map((score) => ({ score, evidence: { image: score } })));

  it('with the greatest sum, even where the first would rather have another', () => {
    // taking the best first would give 0.9 + 0.5
    expect(
      assignLayers(
        scores([
          [0.9, 0.85],
          [0.9, 0.5],
        ]),
      ),
    ).toEqual([1, 0]);
  });

  it('and never two to one', () => {
    const assigned = assignLayers(
      scores([
        [0.9, 0.1],
        [0.8, 0.1],
        [0.95, 0.1],
      ]),
    );
    expect(assigned.filter((column) => column !== null)).toEqual([0]);
    expect(assigned[2]).toBe(0);
  });

  it('where a pair that is hardly alike is no counterpart', () => {
    expect(assignLayers(scores([[0.39, 0.2]]))).toEqual([null]);
    expect(assignLayers(scores([[0.41, 0.2]]))).toEqual([0]);
  });

  it.each([
    ['no sources', [], []],
    ['no candidates', [[], []], [null, null]],
    ['more candidates than sources', [[0.1, 0.2, 0.9]], [2]],
  ])('also with %s', (_case, rows, expected) => {
    expect(assignLayers(scores(rows))).toEqual(expected);
  });
});
