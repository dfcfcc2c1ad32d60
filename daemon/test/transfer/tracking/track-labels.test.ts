import { describe, expect, it } from 'vitest';
import { WindowMatcher } from '../../../src/correspond/window-matcher.js';
import type { FeatureMap } from '../../../src/diffusion/feature-map.js';
import type { SoftLabels } from '../../../src/transfer/tracking/soft-labels.js';
import { trackLabels, trackSettings } from '../../../src/transfer/tracking/track-labels.js';
import { columnAt, randomMap } from '../../support/random.js';

const ROWS = 12;
const COLUMNS = 20;
const CHANNELS = 24;
const SETTINGS = { temperature: 0.02, topK: 1, radiusCells: 4, queueFrames: 2 };
const matcher = new WindowMatcher();

/** Column and row of an object's first cell. */
type Place = readonly [left: number, top: number];

/** A non-repeating background texture, and objects with their own textures. */
const ground = randomMap(CHANNELS, ROWS, COLUMNS, 1);
const objects = [2, 3].map((seed) => randomMap(CHANNELS, 4, 4, seed));

/** The background with objects of 4 × 4 cells at these columns and rows, later ones on top. */
function scene(...at: readonly Place[]): FeatureMap {
  const chw = ground.chw.slice();
  for (const [n, [left, top]] of at.entries()) {
    const object = objects[n];
    if (object === undefined) throw new Error('there are two objects');
    for (let cell = 0; cell < 16; cell++) {
      const to = (top + Math.floor(cell / 4)) * COLUMNS + left + (cell % 4);
      for (const [c, value] of columnAt(object, cell).entries()) chw[c * ROWS * COLUMNS + to] = value;
    }
  }
  return { ...ground, chw };
}

/** One-hot labels as a label image: the index of each cell's label. */
function softLabels(labels: number, cells: readonly number[]): SoftLabels {
  const probabilities = new Float32Array(cells.length * labels);
  for (const [cell, label] of cells.entries()) probabilities[cell * labels + label] = 1;
  return { rows: ROWS, columns: COLUMNS, cellWidthPx: 4, cellHeightPx: 4, labels, probabilities };
}

function cellsOf(...at: readonly Place[]): number[] {
  const cells = new Array<number>(ROWS * COLUMNS).fill(0);
  for (const [n, [left, top]] of at.entries()) {
    for (let cell = 0; cell < 16; cell++) cells[(top + Math.floor(cell / 4)) * COLUMNS + left + (cell % 4)] = n + 1;
  }
  return cells;
}

/**
 * Whether a frame has the labels of the objects at `at`. Background hidden in the annotated frame has no counterpart
 * there, so it is not compared.
 */
function expectLabels(cells: readonly number[] | undefined, at: readonly Place[], annotated: readonly Place[]): void {
  const hidden = cellsOf(...annotated);
  const expected = cellsOf(...at);
  const asked = expected.map((label, cell) => label > 0 || hidden[cell] === 0);
  expect(cells?.filter((_, cell) => asked[cell])).toEqual(expected.filter((_, cell) => asked[cell]));
}

function strongest({ labels, probabilities }: SoftLabels): number[] {
  return Array.from({ length: probabilities.length / labels }, (_, cell) => {
    const own = [...probabilities.subarray(cell * labels, (cell + 1) * labels)];
    return own.indexOf(Math.max(...own));
  });
}

async function track(maps: readonly FeatureMap[], annotated: number, first: SoftLabels, settings = SETTINGS) {
  const asked: number[] = [];
  const features = async (frame: number) => {
    asked.push(frame);
    const map = maps[frame];
    if (map === undefined) throw new Error(`there is no frame ${frame}`);
    return map;
  };
  const found = [];
  const frames = { count: maps.length, annotated, features };
  for await (const { frame, labels } of trackLabels(matcher, frames, () => first, settings)) {
    found.push({ frame, cells: strongest(labels), asked: [...asked] });
  }
  return found;
}

describe('labels follow their content', () => {
  const path = [0, 2, 4, 6, 8, 10, 12, 14].map((left) => [left, 4] as const);

  it.each([0, 3, 7])('forward and backward from frame %i', async (annotated) => {
    const start = path[annotated] ?? [0, 0];
    const found = await track(
      path.map((at) => scene(at)),
      annotated,
      softLabels(2, cellsOf(start)),
    );
    expect(found.map(({ frame }) => frame).sort()).toEqual([...path.keys()]);
    for (const { frame, cells } of found) expectLabels(cells, [path[frame] ?? [0, 0]], [start]);
  });

  it('two crossing objects keep their labels, even the hidden one', async () => {
    const crossing = [0, 2, 4, 6, 8, 10, 12].map(
      (n) =>
        [
          [2 + n, 3],
          [14 - n, 5],
        ] as const,
    );
    const [start = []] = crossing;
    const found = await track(
      crossing.map((at) => scene(...at)),
      0,
      softLabels(3, cellsOf(...start)),
    );
    for (const { frame, cells } of found) expectLabels(cells, crossing[frame] ?? [], start);
  });

  it('soft labels keep their probabilities', async () => {
    const first = softLabels(2, cellsOf());
    first.probabilities[2 * (5 * COLUMNS + 5)] = 0.3;
    first.probabilities[2 * (5 * COLUMNS + 5) + 1] = 0.7;
    const frames = { count: 3, annotated: 0, features: async () => scene() };
    for await (const { labels } of trackLabels(matcher, frames, () => first, { ...SETTINGS, temperature: 1e-3 })) {
      expect(labels.probabilities[2 * (5 * COLUMNS + 5) + 1]).toBeCloseTo(0.7, 5);
    }
  });

  it('an object that moves farther than the radius between two frames loses its label', async () => {
    const jump = [scene([0, 4]), scene([12, 4])];
    const [, after] = await track(jump, 0, softLabels(2, cellsOf([0, 4])));
    expectLabels(after?.cells, [], [[0, 4]]);
  });
});

describe('the context frames', () => {
  it('include the annotated frame, so an object gets its label back after it was hidden for longer than the queue', async () => {
    const maps = [scene([4, 4]), scene(), scene(), scene(), scene([5, 4])];
    const found = await track(maps, 0, softLabels(2, cellsOf([4, 4])));
    expectLabels(found.at(-1)?.cells, [[5, 4]], [[4, 4]]);
  });

  it('include the latest frames, so an object beyond the radius of the annotated frame is followed', async () => {
    const path = [0, 3, 6, 9].map((left) => scene([left, 4]));
    const last = async (queueFrames: number) =>
      (await track(path, 0, softLabels(2, cellsOf([0, 4])), { ...SETTINGS, queueFrames })).at(-1)?.cells;
    expectLabels(await last(1), [[9, 4]], [[0, 4]]);
    expectLabels(await last(0), [], [[0, 4]]);
  });

  it('load their features once a frame, one frame at a time', async () => {
    const maps = [0, 1, 2, 3, 4].map((left) => scene([left, 4]));
    const found = await track(maps, 2, softLabels(2, cellsOf([2, 4])));
    expect(found.map(({ frame }) => frame)).toEqual([2, 3, 4, 1, 0]);
    expect(found.map(({ asked }) => asked)).toEqual([[2], [2, 3], [2, 3, 4], [2, 3, 4, 1], [2, 3, 4, 1, 0]]);
  });

  it('are at most the annotated frame and the queue', async () => {
    const compared: number[] = [];
    class CountingMatcher extends WindowMatcher {
      override neighbours(...args: Parameters<WindowMatcher['neighbours']>) {
        compared.push(args[1].length);
        return super.neighbours(...args);
      }
    }
    const frames = { count: 9, annotated: 3, features: async () => scene([2, 4]) };
    const run = trackLabels(new CountingMatcher(), frames, () => softLabels(2, cellsOf([2, 4])), SETTINGS);
    for await (const _ of run);
    expect(compared).toEqual([1, 2, 3, 3, 3, 1, 2, 3]);
  });
});

it.each([
  ['fewer cells', { ...randomMap(CHANNELS, ROWS, 10, 1) }],
  ['the same cells of a larger image', { ...ground, cellWidthPx: 8, cellHeightPx: 8 }],
])('a frame of another size is rejected: %s', async (_what, other) => {
  await expect(track([ground, ground, other], 0, softLabels(2, cellsOf()))).rejects.toThrow(
    'Frame 3 differs in size from the annotated frame 1.',
  );
});

describe('the settings', () => {
  const published = { temperature: 0.2, topK: 15, radiusCells: 12, queueFrames: 20, drawnCellPx: 8 };

  it('are the published ones of the features', () => {
    expect(trackSettings({ matching: { kind: 'label-propagation', ...published } })).toEqual(published);
  });

  it('have defaults', () => {
    expect(trackSettings({})).toEqual({ temperature: 0.1, topK: 10, radiusCells: 15, queueFrames: 8 });
  });
});
