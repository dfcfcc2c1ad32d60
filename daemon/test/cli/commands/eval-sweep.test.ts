import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { writeHpatches, writeSpair } from '../../eval/datasets/dataset-folders.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const ADM = fileURLToPath(new URL('../../fixtures/adm/official', import.meta.url));
const NETWORK = ['--checkpoint', ADM, '--network', 'adm', '--size', '64x32', '--ensemble', '2'];
const SWEEP = ['--sweep', 'up-ft-index=1,3', '--sweep', 't=41,501'];
const LABELS = ['t=41 up-ft-index=1', 't=41 up-ft-index=3', 't=501 up-ft-index=1', 't=501 up-ft-index=3'];

const rowSchema = z.strictObject({ name: z.string(), items: z.number(), values: z.array(z.number().nullable()) });
const tableSchema = z.object({ columns: z.array(z.string()), rows: z.array(rowSchema) });
const reportSchema = z.object({
  available: z.number(),
  evaluated: z.number(),
  checkpoint: z.string(),
  rows: z.array(z.strictObject({ settings: z.record(z.string(), z.unknown()), tables: z.array(tableSchema) })),
});

const folder = useTempFolder();
const spair = () => folder.path('spair');
const keptFiles = () => readdirSync(folder.path('state/eval'));

beforeAll(async () => {
  vi.stubEnv('SAMEPOINT_STATE_DIR', folder.path('state'));
  vi.stubEnv('SAMEPOINT_NO_CACHE', '1');
  vi.stubEnv('SAMEPOINT_PROVIDER', 'cpu');
  await writeSpair(spair());
  await writeHpatches(folder.path('hpatches'), folder.path('keypoints'), [
    { name: 'i_dusk', truth: [1, 0, 0, 0, 1, 0, 0, 0, 1], light: (value) => Math.round(0.7 * value) },
  ]);
});
afterAll(() => vi.unstubAllEnvs());

async function evalRun(...args: string[]) {
  const { code, stdout, stderr } = await runCli('eval', ...args);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return { stdout, stderr };
}

// each run loads ONNX Runtime
describe('samepoint eval --sweep', () => {
  it('prints a row for each combination, with the figures of single runs', async () => {
    const { stdout, stderr } = await evalRun('spair', spair(), ...NETWORK, ...SWEEP);
    const [title, header, ...lines] = stdout.split('\n');
    expect(title).toBe('SPair-71k test, PCK in percent');
    expect(header).toMatch(/^ {2}settings +items +@0\.01\/image/);
    expect(lines.slice(0, LABELS.length).map((line) => line.trim().split(/ {2,}/)[0])).toEqual(LABELS);
    expect(lines[LABELS.length]).toMatch(/^ {2}\(thresholds/);
    expect(stderr).toMatch(/t=41 up-ft-index=1 0\/8 items/);
    const kept = keptFiles();
    expect(kept).toHaveLength(LABELS.length);

    const { stdout: json, stderr: again } = await evalRun('spair', spair(), ...NETWORK, ...SWEEP, '--json');
    expect(again).toBe('8 of 8 items are cached; use --fresh to evaluate them again.\n');
    const report = reportSchema.parse(JSON.parse(json));
    expect(report).toMatchObject({ available: 2, evaluated: 2, checkpoint: ADM });
    expect(report.rows.map(({ settings }) => settings)).toEqual(
      [41, 501].flatMap((t) => [1, 3].map((upFtIndex) => ({ t, upFtIndex }))),
    );

    // without the cache of the sweep
    rmSync(folder.path('state'), { recursive: true });
    for (const { settings, tables } of report.rows) {
      const own = ['--t', String(settings.t), '--up-ft-index', String(settings.upFtIndex)];
      const { stdout: alone } = await evalRun('spair', spair(), ...NETWORK, ...own, '--json');
      const { tables: figures } = z.object({ tables: z.array(tableSchema) }).parse(JSON.parse(alone));
      expect(tables).toEqual(figures);
    }
    // a single run shares the cache of the sweep
    expect(keptFiles().sort()).toEqual(kept.sort());
  });

  it('resumes with the combinations that are not cached', async () => {
    const blocks = ['--t', '41', '--sweep', 'up-ft-index=2,4'];
    await evalRun('spair', spair(), ...NETWORK, '--t', '41', '--up-ft-index', '2', '--limit', '1');
    const { stderr } = await evalRun('spair', spair(), ...NETWORK, ...blocks);
    expect(stderr).toContain('1 of 4 items are cached');
  });

  it('prints every table of the data set with the same rows', async () => {
    const args = ['--keypoints', folder.path('keypoints'), '--limit', '1', '--sweep', 'size=320,384'];
    const { stdout } = await evalRun('hpatches', folder.path('hpatches'), ...args);
    const [limited, ...rest] = stdout.split('\n');
    expect(limited).toBe('1 of 5 items, evenly subsampled.');
    expect(rest.filter((line) => /^ {2}size=/.test(line)).map((line) => line.trim().split(' ')[0])).toEqual([
      ...['size=320', 'size=384', 'size=320', 'size=384'],
    ]);
  });

  it('writes a page with tables and settings, without cases', async () => {
    const path = folder.path('report.html');
    const sweep = ['--t', '41', '--sweep', 'up-ft-index=2', '--report', path];
    await evalRun('spair', spair(), ...NETWORK, ...sweep);
    const page = readFileSync(path, 'utf8');
    expect(page).toContain('<th scope="row">up-ft-index=2</th>');
    expect(page).toContain('official (t=41, ensemble=2, size=64x32)');
    expect(page).not.toContain('<figure>');
    expect(page).not.toContain('Distribution of scores');
  });

  it.each([
    ['a value that the network does not take', [...SWEEP, '--sweep', 'size=64,30'], 'not 30. Try --size 28 or 32'],
    ['a value out of range', ['--t', '1', '--sweep', 'up-ft-index=0,6'], 'has output blocks 0 to 5; there is no 6.'],
    ['an unknown name', ['--sweep', 'upFtIndex=1'], '--sweep cannot vary "upFtIndex". Choose one of: t, ensemble,'],
    ['an option that is given', ['--t', '1', ...SWEEP], '--t conflicts with --sweep t.'],
  ])('refuses %s before anything is computed', async (_, args, sentence) => {
    const checkpoint = NETWORK.filter((arg) => arg !== '--size' && arg !== '64x32');
    const size = args.some((arg) => arg.startsWith('size=')) ? [] : ['--size', '64x32'];
    const { code, stdout, stderr } = await runCli('eval', 'spair', spair(), ...checkpoint, ...size, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('items');
  });
});
