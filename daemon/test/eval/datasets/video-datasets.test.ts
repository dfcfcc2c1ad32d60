import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/correspond/match-settings.js';
import { Matcher } from '../../../src/correspond/matcher.js';
import type { FeaturePyramid } from '../../../src/diffusion/feature-pyramid.js';
import type { Dataset, EvalTools } from '../../../src/eval/datasets/dataset.js';
import { readDatasetImage } from '../../../src/eval/datasets/dataset-files.js';
import { openDavis, propagationOf } from '../../../src/eval/datasets/davis.js';
import { openJhmdb } from '../../../src/eval/datasets/jhmdb.js';
import { encodeLabelMask } from '../../../src/images/label-mask.js';
import { draw, encoder, type Rect } from '../../support/draw.js';
import { writeMatArray } from '../../support/mat-file.js';
import { useTempFolder } from '../../support/temp-folder.js';

const SIZE = { width: 96, height: 64 };
const CELL_PX = 4;
const FRAMES = 5;
const STEP_PX = 4;
const folder = useTempFolder();

/** Two objects aligned to cells; the second does not move. */
const things = (frame: number): Rect[] => [
  { x: 8 + frame * STEP_PX, y: 8, w: 24, h: 16, colour: [200, 40, 40] },
  { x: 56, y: 40, w: 16, h: 12, colour: [40, 40, 200] },
];

function indicesOf(rects: readonly Rect[], first = 1): Uint8Array {
  const indices = new Uint8Array(SIZE.width * SIZE.height);
  for (const [n, { x, y, w, h }] of rects.entries()) {
    for (let row = y; row < y + h; row++) indices.fill(first + n, row * SIZE.width + x, row * SIZE.width + x + w);
  }
  return indices;
}

/** Features that depend on colour only, so that the propagation is exact. */
async function colourFeatures(path: string): Promise<FeaturePyramid> {
  const { width, height, rgb } = await readDatasetImage(path);
  const [rows, columns] = [height / CELL_PX, width / CELL_PX];
  const chw = new Float32Array(3 * rows * columns);
  for (let cell = 0; cell < rows * columns; cell++) {
    const x = (cell % columns) * CELL_PX + CELL_PX / 2;
    const y = Math.floor(cell / columns) * CELL_PX + CELL_PX / 2;
    const [red = 0, , blue = 0] = rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3);
    const channel = red > 150 && blue < 100 ? 0 : blue > 150 && red < 100 ? 1 : 2;
    chw[channel * rows * columns + cell] = 1;
  }
  const map = { channels: 3, rows, columns, chw, cellWidthPx: CELL_PX, cellHeightPx: CELL_PX };
  return { width, height, levels: [map], baseLevel: 0, blank: false };
}

const tools: EvalTools = {
  matcher: new Matcher(),
  matching: DEFAULT_SETTINGS,
  homography: { keypoints: 1, metric: 'cosine', estimator: 'lmeds', thresholdPx: 3 },
  propagation: { temperature: 0.02, topK: 5, radiusCells: 6, queueFrames: 2 },
  features: colourFeatures,
};

async function evaluateAll<Outcome>(dataset: Dataset<Outcome>) {
  const outcomes = [];
  for (const item of dataset.items) outcomes.push({ group: item.group, outcome: await item.evaluate(tools) });
  for (const { outcome } of outcomes)
    expect(dataset.outcomeSchema.parse(JSON.parse(JSON.stringify(outcome)))).toEqual(outcome);
  return {
    scores: outcomes.map(({ outcome }) => dataset.score(outcome)),
    outcomes,
    tables: dataset.summarise(outcomes),
  };
}

async function writeFrames(images: string, name: (frame: number) => string, jpeg: boolean): Promise<void> {
  mkdirSync(images, { recursive: true });
  // as macOS leaves it on other file systems
  writeFileSync(join(images, `._${name(0)}`), '\0\x05\x16\x07');
  for (let frame = 0; frame < FRAMES; frame++) {
    const image = encoder(draw(SIZE.width, SIZE.height, things(frame)));
    await (jpeg ? image.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }) : image.png()).toFile(
      join(images, name(frame)),
    );
  }
}

describe('DAVIS-2017 in its official layout', () => {
  const root = () => folder.path('DAVIS');
  const palette = Array.from({ length: 256 }, (_, n) => [n, (n * 7) % 256, 0] as const);
  const writeMask = (frame: number, indices: Uint8Array) =>
    writeFileSync(
      join(root(), 'Annotations/480p/car', `0000${frame}.png`),
      encodeLabelMask({ ...SIZE, indices, palette, background: 0 }),
    );

  beforeAll(async () => {
    mkdirSync(join(root(), 'ImageSets/2017'), { recursive: true });
    mkdirSync(join(root(), 'Annotations/480p/car'), { recursive: true });
    writeFileSync(join(root(), 'ImageSets/2017/val.txt'), 'car\n');
    await writeFrames(join(root(), 'JPEGImages/480p/car'), (frame) => `0000${frame}.jpg`, true);
  });

  it('scores each object in every frame except the first and the last', async () => {
    for (let frame = 0; frame < FRAMES; frame++) writeMask(frame, indicesOf(things(frame)));
    const { scores, outcomes, tables } = await evaluateAll(await openDavis(root()));
    expect(outcomes[0]?.outcome.objects.map(({ j, f }) => [j.length, f.length])).toEqual([
      [FRAMES - 2, FRAMES - 2],
      [FRAMES - 2, FRAMES - 2],
    ]);
    const [table] = tables;
    expect(table?.columns.slice(0, 2)).toEqual(['J&F', 'J mean']);
    expect(table?.rows.map(({ name, items }) => [name, items])).toEqual([
      ['car', 2],
      ['all', 2],
    ]);
    // labels are exact to the cell; interpolation rounds corners
    expect(table?.rows[1]?.values[1]).toBeGreaterThan(90);
    expect(table?.rows[1]?.values[2]).toBe(100);
    expect(scores).toEqual([expect.closeTo(table?.rows[1]?.values[0] ?? 0, 9)]);
  });

  it('limits the queue of "shooting" to ten frames, like the published run', () => {
    const settings = { ...tools.propagation, queueFrames: 28 };
    expect(propagationOf('shooting', settings).queueFrames).toBe(10);
    expect(propagationOf('shooting', { ...settings, queueFrames: 7 }).queueFrames).toBe(7);
    expect(propagationOf('car', settings)).toEqual(settings);
  });

  it('renders masks at the input size of the network if the protocol requires it', async () => {
    for (let frame = 0; frame < FRAMES; frame++) writeMask(frame, indicesOf(things(frame)));
    const [fine] = (await evaluateAll(await openDavis(root()))).scores;
    const coarse = { ...tools, propagation: { ...tools.propagation, drawnCellPx: 1 } };
    const [item] = (await openDavis(root())).items;
    const dataset = await openDavis(root());
    const outcome = await item?.evaluate(coarse);
    if (outcome === undefined || fine === undefined) throw new Error('the data set has a sequence');
    // drawn at one pixel per cell, whole cells keep their corners
    expect(dataset.score(outcome)).toBe(100);
    expect(fine).toBeLessThan(100);
  });

  it('counts ambiguous pixels (255) as background', async () => {
    const unknown = indicesOf(things(0));
    for (let pixel = 0; pixel < 200; pixel++) unknown[pixel] = 255;
    writeMask(0, unknown);
    const { outcomes } = await evaluateAll(await openDavis(root()));
    expect(outcomes[0]?.outcome.objects).toHaveLength(2);
  });

  it('names the first mask if it contains no objects', async () => {
    writeMask(0, indicesOf([]));
    await expect(evaluateAll(await openDavis(root()))).rejects.toThrow(
      '00000.png cannot be used: it contains no objects',
    );
  });

  it.each([
    ['no list of sequences', 'ImageSets', 'val.txt cannot be used: it does not exist'],
    ['no frames', 'JPEGImages', 'it has fewer than 3 frames'],
  ])('is refused with a message for %s', async (_what, part, sentence) => {
    const broken = folder.path(`broken ${part}`);
    for (const kept of ['ImageSets/2017', 'JPEGImages/480p'].filter((path) => !path.startsWith(part))) {
      mkdirSync(join(broken, kept), { recursive: true });
    }
    if (part !== 'ImageSets') writeFileSync(join(broken, 'ImageSets/2017/val.txt'), 'car');
    await expect(openDavis(broken)).rejects.toThrow(sentence);
  });
});

describe('JHMDB in its official layout', () => {
  const root = () => folder.path('JHMDB');
  const video = 'wave/one_u_nm';

  /** Two joints at the centres of the objects, and one outside the image. */
  const joints = (frame: number) => [...things(frame).map(({ x, y, w, h }) => [x + w / 2, y + h / 2]), [-5, 30]];

  beforeAll(async () => {
    mkdirSync(join(root(), 'splits'), { recursive: true });
    mkdirSync(join(root(), 'joint_positions', video), { recursive: true });
    writeFileSync(join(root(), 'splits/wave_test_split1.txt'), 'one_u_nm.avi 2 \nanother.avi 1 \n');
    await writeFrames(join(root(), 'Rename_Images', video), (frame) => `0000${frame + 1}.png`, false);
    // whole pixels are counted from 1
    const positions = Array.from({ length: FRAMES }, (_, frame) =>
      joints(frame)
        .flat()
        .map((value) => value + 0.5),
    ).flat();
    writeMatArray(join(root(), 'joint_positions', video, 'joint_positions.mat'), 'pos_img', [2, 3, FRAMES], positions);
  });

  it('scores the joints of later frames, except those outside the first frame', async () => {
    const { scores, outcomes, tables } = await evaluateAll(await openJhmdb(root()));
    expect(outcomes.map(({ group }) => group)).toEqual(['wave']);
    const errors = outcomes[0]?.outcome.errors ?? [];
    expect(errors).toHaveLength(FRAMES - 1);
    for (const frame of errors) {
      expect(frame[2]).toBeNull();
      // the second object does not move; the base is over 30 px
      expect(frame[1]).toBeLessThan(0.2);
    }
    expect(tables[0]?.rows.map(({ name }) => name)).toEqual(['wave']);
    expect(tables[0]?.columns).toEqual(['@0.1', '@0.2', '@0.3', '@0.4', '@0.5']);
    expect(scores).toEqual([tables[0]?.rows[0]?.values[0]]);
  });

  it('is refused without splits', async () => {
    rmSync(folder.path('empty'), { recursive: true, force: true });
    await expect(openJhmdb(folder.path('empty'))).rejects.toThrow('it has no *_test_split1.txt');
  });
});
