import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { measure } from '../../../src/cli/commands/eval.js';
import { evalSettings } from '../../../src/cli/options/eval-settings.js';
import type { FeatureOptions } from '../../../src/cli/options/feature-options.js';
import { type SweepAxis, sweepOption, sweepPasses } from '../../../src/cli/options/sweep-options.js';
import { NetworkPool } from '../../../src/diffusion/networks/network-pool.js';
import type { Dataset } from '../../../src/eval/datasets/dataset.js';
import { CPU_RUNTIME } from '../../../src/graph/runtime/runtime.js';
import { draw, encoder } from '../../support/draw.js';
import { useTempFolder } from '../../support/temp-folder.js';

const ADM = fileURLToPath(new URL('../../fixtures/adm/official', import.meta.url));
const MEMBERS = 3;
const OPTIONS: FeatureOptions = { checkpoint: ADM, network: 'adm', size: 32, ensemble: MEMBERS, cache: false };
const IMAGES = ['a.png', 'b.png'];

const folder = useTempFolder();

beforeAll(async () => {
  vi.stubEnv('SAMEPOINT_STATE_DIR', folder.path('state'));
  vi.stubEnv('SAMEPOINT_NO_CACHE', '1');
  for (const [n, name] of IMAGES.entries()) {
    const mark = { x: 10 + 20 * n, y: 8, w: 16, h: 12, colour: [200, 40, 40] as const };
    await encoder(draw(60, 40, [mark]))
      .png()
      .toFile(folder.path(name));
  }
});
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockReturnValue(true));
afterEach(() => vi.restoreAllMocks());
afterAll(() => vi.unstubAllEnvs());

/** An item per image, whose outcome is the length of its first descriptor. */
function lengths(): Dataset<number> {
  return {
    outcomeSchema: z.number(),
    score: () => 0,
    scoreMeaning: 'nothing',
    summarise: (outcomes) => [
      {
        title: 'Lengths',
        note: '',
        rowTitle: 'image',
        columns: ['length'],
        rows: outcomes.map(({ group, outcome }) => ({ name: group, items: 1, values: [outcome] })),
      },
    ],
    items: IMAGES.map((name) => ({
      id: name,
      group: name,
      files: [folder.path(name)],
      truth: null,
      evaluate: async ({ features }) => (await features(folder.path(name))).levels[0]?.lengths?.[0] ?? 0,
    })),
  };
}

const sweep = async (...lists: string[]) => {
  const { parseArg } = sweepOption();
  const axes = lists.reduce<SweepAxis[]>((before, list) => parseArg?.(list, before) as SweepAxis[], []);
  const passes = sweepPasses(axes, OPTIONS).map((combinations) =>
    combinations.map(({ label, options }) => {
      const asked = { split: 'test', pckBase: 'box', ...OPTIONS, ...options } as const;
      return { label, settings: evalSettings('pairs', folder.path('.'), asked) };
    }),
  );
  const evaluations = await measure(lengths(), passes, CPU_RUNTIME, {});
  return passes.flat().map(({ label }, n) => [label, evaluations[n]?.tables[0]?.rows.map(({ values }) => values[0])]);
};

describe('a sweep', () => {
  it('runs the network once for an image, timestep and member, whatever the number of blocks', async () => {
    const runs = vi.spyOn(NetworkPool.prototype, 'run');
    const figures = await sweep('t=41,501', 'up-ft-index=0,3,5');
    expect(runs).toHaveBeenCalledTimes(IMAGES.length * 2 * MEMBERS);
    expect(figures.map(([label]) => label)).toEqual(
      [41, 501].flatMap((t) => [0, 3, 5].map((block) => `t=${t} up-ft-index=${block}`)),
    );
    // each combination has its own features
    expect(new Set(figures.map(([, values]) => JSON.stringify(values))).size).toBe(figures.length);
  });

  it('runs no network for cached results', async () => {
    await sweep('t=300', 'up-ft-index=1,2');
    const runs = vi.spyOn(NetworkPool.prototype, 'run');
    await sweep('t=300', 'up-ft-index=2,1');
    expect(runs).not.toHaveBeenCalled();
    await sweep('t=300', 'up-ft-index=1,2,4');
    expect(runs).toHaveBeenCalledTimes(IMAGES.length * MEMBERS);
  });
});
