import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeSchema } from '@samepoint/shared-protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { writeHpatches, writePairs, writePfWillow, writeSpair } from '../../eval/datasets/dataset-folders.js';
import { draw, encoder } from '../../support/draw.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const tableSchema = z.strictObject({
  title: z.string(),
  note: z.string(),
  rowTitle: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.strictObject({ name: z.string(), items: z.number(), values: z.array(z.number().nullable()) })),
});

/** The documented JSON, without other fields. */
const reportSchema = z.strictObject({
  dataset: z.string(),
  folder: z.string(),
  backend: z.string(),
  preset: z.string(),
  matching: z.enum(['published', 'samepoint']),
  with: z.array(z.string()),
  without: z.array(z.string()),
  options: z.strictObject({ split: z.string(), pckBase: z.string(), keypoints: z.string().optional() }),
  machine: z.strictObject({
    device: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memoryGb: z.number(),
    platform: z.string(),
    node: z.string(),
  }),
  available: z.number(),
  evaluated: z.number(),
  tables: z.array(tableSchema),
  items: z.array(z.strictObject({ id: z.string(), group: z.string(), score: z.number() })),
  failed: z.array(
    z.strictObject({
      id: z.string(),
      group: z.string(),
      error: z.strictObject({ code: errorCodeSchema, message: z.string(), hint: z.string() }),
    }),
  ),
});

const folder = useTempFolder();

beforeAll(async () => {
  vi.stubEnv('SAMEPOINT_STATE_DIR', folder.path('state'));
  vi.stubEnv('SAMEPOINT_NO_CACHE', '1');
  vi.stubEnv('SAMEPOINT_PROVIDER', 'cpu');
  await writePairs(folder.path('pairs'));
  await writeSpair(folder.path('spair'));
  await writePfWillow(folder.path('willow'));
  await writeHpatches(folder.path('hpatches'), folder.path('keypoints'), [
    { name: 'i_dusk', truth: [1, 0, 0, 0, 1, 0, 0, 0, 1], light: (value) => Math.round(0.7 * value) },
    { name: 'v_tilt', truth: [0.95, 0.02, 6, -0.01, 0.97, 3, 0.00012, 0, 1], light: (value) => value },
  ]);
});
afterAll(() => vi.unstubAllEnvs());

async function evalJson(...args: string[]) {
  const { code, stdout, stderr } = await runCli('eval', ...args, '--json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return { ...reportSchema.parse(JSON.parse(stdout)), stderr };
}

function figures(report: { tables: z.infer<typeof tableSchema>[] }, column: string): Record<string, number | null> {
  const [table] = report.tables;
  const at = table?.columns.indexOf(column) ?? -1;
  return Object.fromEntries((table?.rows ?? []).map(({ name, values }) => [name, values[at] ?? null]));
}

// each run loads ONNX Runtime, and some load OpenCV
describe('samepoint eval', () => {
  it('finds every keypoint of a moved drawing in the layout of SPair-71k, by the published protocol', async () => {
    const report = await evalJson('spair', folder.path('spair'));
    expect(report).toMatchObject({ matching: 'published', available: 2, evaluated: 2 });
    expect(figures(report, '@0.1/point')).toEqual({ aeroplane: 100, cat: 100, 'mean of 2': 100, all: 100 });
    expect(figures(report, '@0.05/image').all).toBe(100);
  });

  it('and in the layout of PF-WILLOW', async () => {
    const report = await evalJson('pf-willow', folder.path('willow'));
    expect(figures(report, '@0.05/image')).toEqual({ all: 100 });
  });

  it.each(['samepoint', 'published'])(
    "and in own pairs, by %s matching, within 2 %% of the target's side",
    async (kind) => {
      const report = await evalJson('pairs', folder.path('pairs'), '--matching', kind);
      expect(report.matching).toBe(kind);
      expect(figures(report, '@0.02/point')).toEqual({ moved: 100, same: 100, 'mean of 2': 100, all: 100 });
    },
  );

  it('refuses own points outside their image, and names the pair', async () => {
    const entry = { source: 'a.png', target: 'a.png', sourcePoints: [[50, 10]], targetPoints: [[5000, 10]] };
    mkdirSync(folder.path('outside'));
    await encoder(draw(300, 24)).png().toFile(folder.path('outside/a.png'));
    writeFileSync(folder.path('outside/pairs.json'), JSON.stringify([entry]));
    const { code, stdout, stderr } = await runCli('eval', 'pairs', folder.path('outside'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /\nsamepoint: \(5000, 10\) of pair 1 a\.png → a\.png lies outside a\.png, which has 300×24 pixels\. /,
    );
  });

  it('finds the homographies of drawn sequences in the layout of HPatches, from given keypoints', async () => {
    const report = await evalJson('hpatches', folder.path('hpatches'), '--keypoints', folder.path('keypoints'));
    expect(report.available).toBe(10);
    expect(figures(report, '@1 px')).toEqual({ illumination: 100, viewpoint: 100, all: 100 });
    const matching = { tables: report.tables.slice(1) };
    expect(figures(matching, '@1 px')).toEqual({ illumination: 100, viewpoint: 100, all: 100 });
  });

  it('and from corners that it detects, to three pixels', async () => {
    const report = await evalJson('hpatches', folder.path('hpatches'));
    expect(figures(report, '@3 px')).toEqual({ illumination: 100, viewpoint: 100, all: 100 });
  });

  it('reuses cached results unless --fresh is given', async () => {
    const { stderr: again } = await evalJson('spair', folder.path('spair'));
    expect(again).toBe('2 of 2 items are cached; use --fresh to evaluate them again.\n');
    const { stderr: fresh } = await evalJson('spair', folder.path('spair'), '--fresh');
    expect(fresh).not.toContain('done before');
    expect(readdirSync(folder.path('state/eval')).filter((name) => name.startsWith('spair-'))).toHaveLength(1);
  });

  it('prints a table, and notes a subsample of the data set', async () => {
    const { code, stdout } = await runCli('eval', 'spair', folder.path('spair'), '--limit', '1');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^1 of 2 items, evenly subsampled\.\nSPair-71k test, PCK in percent\n {2}category +items +@0\.01\/image/,
    );
    expect(stdout).toMatch(/\n {2}all +1 .*100\.0\n/);
  });

  it('writes a self-contained page with figures and drawings', async () => {
    const path = folder.path('report.html');
    const { code } = await runCli('eval', 'spair', folder.path('spair'), '--report', path);
    expect(code).toBe(0);
    const page = readFileSync(path, 'utf8');
    expect(page).toContain('SPair-71k test, PCK in percent');
    expect(page.match(/<figure>/g)).toHaveLength(2);
    expect(page).toContain('000001-still-moved:cat');
    expect(page).toMatch(/The score of an item is the percentage of its keypoints within 0\.1 of the length/);
    expect(page).toContain('Sorted by the percentage of right matches at @0.01, then at the next thresholds: parts of');
    for (const entry of ['source point', 'true position', 'right at @0.01', 'right at @0.1 only', 'found, wrong'])
      expect(page).toMatch(new RegExp(`<li><svg [^\n]*${entry}</li>`));
    expect([...page.matchAll(/(?:src|href)="([^"]{5})/g)].map(([, start]) => start)).toEqual(Array(4).fill('data:'));
  });

  it('leaves out pairs with an unreadable image, names them everywhere, and exits with 2', async () => {
    const [damaged, path] = [folder.path('damaged'), folder.path('damaged.html')];
    await writeSpair(damaged);
    const image = join(damaged, 'JPEGImages', 'cat', 'moved.jpg');
    writeFileSync(image, readFileSync(image).subarray(0, 600));
    const { code, stdout, stderr } = await runCli('eval', 'spair', damaged, '--report', path, '--json');
    expect(code).toBe(2);
    const { available, evaluated, items, failed } = reportSchema.parse(JSON.parse(stdout));
    expect([available, evaluated, items.map(({ group }) => group)]).toEqual([2, 1, ['aeroplane']]);
    expect(failed).toMatchObject([{ id: '000001-still-moved:cat', group: 'cat', error: { code: 'IMAGE_UNREADABLE' } }]);
    const { message = '', hint = '' } = failed[0]?.error ?? {};
    expect(message).toContain(image);
    expect(stderr).toContain(`samepoint: ${message} ${hint}\n`);
    expect(readFileSync(path, 'utf8')).toMatch(/Not evaluated: 1<\/h2>[\s\S]*000001-still-moved:cat/);
    const table = await runCli('eval', 'spair', damaged);
    expect(table.stdout).toContain(`Not evaluated: 000001-still-moved:cat. ${message}\n`);
  });

  it.each([
    ['an unknown data set', ['imagenet', '.'], 'Unknown data set "imagenet".'],
    ['a folder that is not there', ['pairs', '/none'], '/none does not exist.'],
    ['a file', ['pairs', process.execPath], `${process.execPath} is not a folder.`],
    ['a folder of something else', ['spair', '.'], 'PairAnnotation/test cannot be used: it has no *.json with a pair'],
    [
      'parts of a matching that is not used',
      ['spair', '.', '--without', 'consensus'],
      "--with and --without apply to Samepoint's own matching",
    ],
    [
      'a part that is to be in and out',
      ['pairs', '.', '--with', 'coarse-to-fine', '--without', 'coarse-to-fine'],
      'coarse-to-fine is in both --with and --without.',
    ],
    [
      'a report in a folder that is not there',
      ['pairs', '.', '--report', '/none/report.html'],
      'Cannot write /none/report.html: the folder /none does not exist. Choose another path for --report.',
    ],
    ['a report that is a folder', ['pairs', '.', '--report', '/'], 'Cannot write /: it is a folder.'],
    ['a limit of nothing', ['spair', '.', '--limit', '0'], 'Expected a whole number from 1.'],
  ])('exits with 2 and a message for %s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await runCli('eval', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    // no network is loaded without work to do
    expect(stderr).not.toContain('Device');
  });

  it('suggests the data set that the folder contains', async () => {
    const { code, stderr } = await runCli('eval', 'spair', folder.path('hpatches'));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /PairAnnotation\/test cannot be used: .* Did you mean: samepoint eval hpatches \S+hpatches\n$/,
    );
  });
});
