import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
// the built command, which forks the built process beside it
import { type CaseRuns, measureCase } from '../../../dist/cli/bench/measure-case.js';
import { benchCases } from '../../../src/cli/bench/bench-cases.js';
import {
  type BenchMachine,
  type BenchResult,
  benchJson,
  benchTable,
  estimateS,
  skipReason,
} from '../../../src/cli/bench/bench-report.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const BIN = fileURLToPath(new URL('../../../bin/samepoint.js', import.meta.url));
const folder = useTempFolder();

const MACHINE: BenchMachine = {
  samepoint: '0.1.0',
  onnxRuntime: '1.30.0',
  system: 'linux x64',
  node: '20.19.0',
  cpu: 'A processor, 8 cores',
  memoryGb: 32,
  device: '100 % GPU (CUDA) (9 times the speed of the CPU; half precision)',
  precision: 'float16',
  gpus: ['A card, driver 550, 24.0 GB'],
};

const runs = (...runS: number[]): CaseRuns => ({ runS, peakBytes: 1.5e9, placement: [['cuda', 300]] });
const result = (outcome: BenchResult['outcome'], macs = 4e9): BenchResult => ({
  title: 'a network',
  sizePx: 512,
  macs,
  outcome,
});

describe('the cases', () => {
  it('are the embedded network and Stable Diffusion 2.1 at two sizes', () => {
    expect(benchCases().map(({ title, sizePx, macs }) => [title, sizePx, Math.round(macs / 1e9)])).toEqual([
      ['embedded network', 512, expect.any(Number)],
      ['Stable Diffusion 2.1, random weights', 512, 778],
      ['Stable Diffusion 2.1, random weights', 768, 1867],
    ]);
  });
});

describe('a case that does not fit in the time', () => {
  it('is estimated from the previous case', () => {
    expect(estimateS(8e9, [result(runs(9, 2))])).toBe(4);
    expect(estimateS(8e9, [result(runs(9, 2)), result({ skipped: 'no' })])).toBe(4);
    expect(estimateS(8e9, [result(runs())])).toBeUndefined();
  });

  it('is skipped with the estimate', () => {
    expect(skipReason({ macs: 8e9 }, 5, [result(runs(9, 2))])).toBeUndefined();
    expect(skipReason({ macs: 8e9 }, 3, [result(runs(9, 2))])).toBe('skipped: estimated 4.0 s, 3.0 s left');
    expect(skipReason({ macs: 8e9 }, 3, [])).toBeUndefined();
    expect(skipReason({ macs: 8e9 }, 0, [])).toBe('skipped: out of time');
  });
});

describe('the report', () => {
  it('has the machine and a row for each network', () => {
    const table = benchTable(MACHINE, [result({ ...runs(9, 2, 1), deviceBytes: 2e9 })]);
    expect(table).toContain('samepoint 0.1.0, ONNX Runtime 1.30.0, linux x64, Node 20.19.0\n');
    expect(table).toContain('A card, driver 550, 24.0 GB\n');
    expect(table).toMatch(/a network, 512 px +9\.0 s +1\.0 s +8 +1\.5 GB +2\.0 GB +100 % GPU \(CUDA\)\n/);
  });

  it('names the reason for skipped cases', () => {
    const table = benchTable(MACHINE, [
      result({ skipped: 'skipped: out of time' }),
      result({ ...runs(9), stopped: 'out of time' }),
    ]);
    expect(table).toContain('a network, 512 px: skipped: out of time.\n');
    expect(table).toContain('a network, 512 px: stopped after 1 run (out of time).\n');
    expect(table).toMatch(/a network, 512 px +9\.0 s +– +– /);
  });

  it('is one line as JSON', () => {
    const json = benchJson(MACHINE, [result(runs(1))]);
    expect(json).not.toContain('\n');
    expect(JSON.parse(json)).toEqual({ ...MACHINE, results: [result(runs(1))] });
  });
});

describe('samepoint bench', () => {
  it('skips what does not fit in the time', async () => {
    const { code, stdout } = await runCli('bench', '--provider', 'cpu', '--seconds', '0', '--json');
    expect(code).toBe(0);
    const { results, precision }: { results: BenchResult[]; precision: string } = JSON.parse(stdout);
    expect(precision).toBe('float32');
    expect(results.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 3 }, () => ({ skipped: 'skipped: out of time' })),
    );
  });

  // Windows has no signals that a process can handle
  it.skipIf(process.platform === 'win32')(
    'tells what it has when it is interrupted, and leaves nothing behind',
    async () => {
      mkdirSync(folder.path('temporary'));
      const env = { ...process.env, TMPDIR: folder.path('temporary') };
      const child = spawn(process.execPath, [BIN, 'bench', '--provider', 'cpu', '--seconds', '300'], { env });
      const ended = once(child, 'exit');
      const stdout = text(child.stdout);
      await vi.waitFor(() => expect(readdirSync(folder.path('temporary'))).toHaveLength(1), { timeout: 300_000 });
      child.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
      expect(await stdout).toContain('768 px: skipped: interrupted.');
      expect(readdirSync(folder.path('temporary'))).toEqual([]);
    },
  );

  it('refuses an invalid time', async () => {
    expect((await runCli('bench', '--seconds', 'long')).code).toBe(2);
  });
});

describe('a case', () => {
  const request = {
    index: 0,
    target: { provider: 'cpu', precision: 'float32' },
    folder: '.',
    freeBytes: async () => undefined,
  } as const;

  it('runs several times in a child process, and reports its memory', async () => {
    let free = 10e9;
    const freeBytes = async () => {
      free -= 1e9;
      return free;
    };
    const found = await measureCase({ ...request, limitS: 300, freeBytes });
    expect(found).toMatchObject({
      runS: [expect.any(Number), expect.any(Number), expect.any(Number)],
      deviceBytes: 1e9,
    });
    expect(found.peakBytes).toBeGreaterThan(50e6);
    expect(found.stopped).toBeUndefined();
  });

  it('stops when the time is up, and keeps its measurements', async () => {
    expect(await measureCase({ ...request, limitS: 0 })).toEqual({
      runS: [],
      peakBytes: 0,
      placement: [],
      stopped: 'out of time',
    });
  });

  it('stops when interrupted', async () => {
    const signal = AbortSignal.abort();
    expect(await measureCase({ ...request, limitS: 300, signal })).toMatchObject({ stopped: 'interrupted' });
  });

  it('reports the reason of a failure', async () => {
    const found = await measureCase({ ...request, target: { provider: 'cuda', precision: 'float16' }, limitS: 300 });
    expect(found).toMatchObject({ runS: [], stopped: expect.any(String) });
    expect(found.stopped).not.toBe('out of time');
  });
});
