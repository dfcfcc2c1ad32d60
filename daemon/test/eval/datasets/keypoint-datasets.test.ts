import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KeypointPair } from '../../../src/eval/datasets/keypoint-pairs.js';
import { openPairs } from '../../../src/eval/datasets/pairs.js';
import { openPfWillow } from '../../../src/eval/datasets/pf-willow.js';
import { openSpair } from '../../../src/eval/datasets/spair.js';
import { LANDMARKS } from '../../support/screens.js';
import { useTempFolder } from '../../support/temp-folder.js';
import { MOVED_LANDMARKS, spairAnnotation, writeJson, writePfWillow, writeSpair } from './dataset-folders.js';

const SPAIR = { split: 'test', pckBase: 'box' } as const;
const MAT = fileURLToPath(new URL('../../fixtures/mat/plain.mat', import.meta.url));
const folder = useTempFolder();

beforeAll(async () => {
  await writeSpair(folder.path('spair'));
  // copied from a Mac
  writeFileSync(folder.path('spair/PairAnnotation/test/._000001-still-moved:cat.json'), '\0\x05\x16\x07');
  await writePfWillow(folder.path('willow'));
});

async function truths(opened: Promise<{ items: readonly { truth: unknown }[] }>): Promise<unknown[]> {
  return (await opened).items.map(({ truth }) => truth);
}

describe('SPair-71k in its official layout', () => {
  it('has categories, keypoints and the longer side of the target box as base', async () => {
    const dataset = await openSpair(folder.path('spair'), SPAIR);
    expect(dataset.items.map(({ id, group }) => [id, group])).toEqual([
      ['000001-still-moved:aeroplane', 'aeroplane'],
      ['000001-still-moved:cat', 'cat'],
    ]);
    expect(dataset.items[1]?.truth).toEqual({
      id: '000001-still-moved:cat',
      group: 'cat',
      category: 'cat',
      source: folder.path('spair/JPEGImages/cat/still.jpg'),
      target: folder.path('spair/JPEGImages/cat/moved.jpg'),
      sourceKeypoints: LANDMARKS,
      targetKeypoints: MOVED_LANDMARKS,
      base: 250,
    } satisfies KeypointPair);
  });

  it('can use the longer side of the image as base', async () => {
    const [pair] = await truths(openSpair(folder.path('spair'), { ...SPAIR, pckBase: 'image' }));
    expect(pair).toMatchObject({ base: 288 });
  });

  it.each([
    ['keypoints that do not pair up', { trg_kps: [[1, 2]] }, 'src_kps and trg_kps differ in number'],
    ['a box of three numbers', { trg_bndbox: [1, 2, 3] }, 'trg_bndbox: '],
    ['no category', { category: undefined }, 'category: '],
  ])('refuses a pair with %s and names its file', async (_, change, reason) => {
    const path = folder.path('broken/PairAnnotation/val/7:cat.json');
    writeJson(path, { ...spairAnnotation('cat', 'still', 'moved'), ...change });
    const opened = openSpair(folder.path('broken'), { ...SPAIR, split: 'val' });
    await expect(opened).rejects.toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining(reason) });
    await expect(opened).rejects.toThrow(path);
  });

  it('names what is missing from another folder', async () => {
    await expect(openSpair(folder.path('willow'), SPAIR)).rejects.toThrow('it has no *.json with a pair');
  });
});

describe('PF-WILLOW in its official layout', () => {
  it('is read from the list of pairs, with the bounding box of the keypoints as base', async () => {
    const [pair, ...others] = await truths(openPfWillow(folder.path('willow')));
    expect(others).toEqual([]);
    // the landmarks reach from 14 to 266
    expect(pair).toMatchObject({ group: 'car(S)', category: 'car', base: 252 });
    expect(pair).toMatchObject({
      source: folder.path('willow/PF-dataset/car(S)/still.png'),
      sourceKeypoints: [...LANDMARKS, ...LANDMARKS].slice(0, 10),
      targetKeypoints: [...MOVED_LANDMARKS, ...MOVED_LANDMARKS].slice(0, 10),
    });
  });

  it('reads keypoints from annotations if the list has none', async () => {
    const root = folder.path('annotated');
    mkdirSync(`${root}/PF-dataset/duck(S)`, { recursive: true });
    for (const name of ['a', 'b']) copyFileSync(MAT, `${root}/PF-dataset/duck(S)/${name}.mat`);
    writeFileSync(`${root}/test_pairs_pf.csv`, 'imageA,imageB\nduck(S)/a.png,duck(S)/b.png\n');
    const [pair] = await truths(openPfWillow(root));
    const keypoints = [
      { x: 10.5, y: 1 },
      { x: 20, y: 2.25 },
      { x: 30, y: 300 },
    ];
    expect(pair).toMatchObject({ group: 'duck(S)', sourceKeypoints: keypoints, targetKeypoints: keypoints, base: 299 });
  });

  it.each([
    ['a line that names one image', 'PF-dataset/car(S)/still.png', 'line 2 does not name two images'],
    ['an invalid coordinate', `a/b.png,a/c.png,${'x,'.repeat(40)}`, 'line 2 has an invalid coordinate'],
    ['no lines', '', 'it lists no pairs'],
  ])('refuses a list with %s', async (_, line, reason) => {
    const root = folder.path('broken-list');
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root);
    writeFileSync(`${root}/test_pairs.csv`, `imageA,imageB\n${line}\n`);
    await expect(openPfWillow(root)).rejects.toThrow(reason);
  });
});

describe('own pairs', () => {
  const entry = { source: 'a.png', target: 'b.png', sourcePoints: [[1, 2]], targetPoints: [[3, 4]] };

  it.each([
    ['different numbers of points', [entry, { ...entry, targetPoints: [] }], 'entry 2, targetPoints: '],
    ['a point of text', [{ ...entry, sourcePoints: [['1', 2]] }], 'entry 1, sourcePoints, entry 1, entry 1: '],
    [
      'points that do not pair up',
      [
        {
          ...entry,
          targetPoints: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      'entry 1: sourcePoints and targetPoints differ in number',
    ],
    ['an entry without target', [entry, entry, { ...entry, target: undefined }], 'entry 3, target: '],
    ['no entries', [], 'expected array to have >=1 items'],
  ])('are refused for %s with a message that names the entry', async (_, pairs, reason) => {
    writeJson(folder.path('own/pairs.json'), pairs);
    await expect(openPairs(folder.path('own'))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    ['that is not there', null, 'pairs.json cannot be used: it does not exist'],
    ['that is not JSON', '[{', 'pairs.json cannot be used: it is not JSON'],
  ])('require a valid pairs.json: one %s', async (_, text, reason) => {
    const root = folder.path('no-json');
    mkdirSync(root, { recursive: true });
    if (text !== null) writeFileSync(`${root}/pairs.json`, text);
    await expect(openPairs(root)).rejects.toThrow(reason);
  });
});
