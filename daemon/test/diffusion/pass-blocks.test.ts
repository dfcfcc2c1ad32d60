import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FeatureStore } from '../../src/diffusion/cache/feature-store.js';
import { FeatureSource } from '../../src/diffusion/feature-source.js';
import { NetworkPool } from '../../src/diffusion/networks/network-pool.js';
import { type FeatureChoice, planFeatures, shareBlocks } from '../../src/diffusion/plan/feature-plan.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { draw } from '../support/draw.js';
import { relativeError } from '../support/run-network.js';
import { useTempFolder } from '../support/temp-folder.js';

const ADM = fileURLToPath(new URL('../fixtures/adm/official', import.meta.url));
const BLOCKS = [1, 3, 5];
const MEMBERS = 2;
const IMAGE = draw(60, 40, [{ x: 8, y: 6, w: 20, h: 12, colour: [200, 40, 40] }]);

const folder = useTempFolder();
afterEach(() => vi.restoreAllMocks());

const choice = (upFtIndex: number): FeatureChoice => {
  return { checkpoint: ADM, network: 'adm', t: 101, upFtIndex, ensembleSize: MEMBERS, size: 32 };
};
const plan = (block: number) => planFeatures(choice(block));
const inPass = (block: number) => shareBlocks(plan(block), BLOCKS);
const decoder = () => vi.fn(async () => IMAGE);

describe('blocks of one pass', () => {
  it('need one run per member, in any order of requests', async () => {
    const runs = vi.spyOn(NetworkPool.prototype, 'run');
    const source = new FeatureSource();
    const decode = decoder();
    for (const block of [3, 1, 5]) await source.pyramid('image', decode, inPass(block));
    expect(runs).toHaveBeenCalledTimes(MEMBERS);
    expect(decode).toHaveBeenCalledTimes(1);
    await source.pyramid('another image', decode, inPass(1));
    expect(runs).toHaveBeenCalledTimes(2 * MEMBERS);
  });

  it('work after a request for a single block', async () => {
    const source = new FeatureSource();
    await source.pyramid('image', decoder(), plan(1));
    await source.pyramid('another image', decoder(), inPass(1));
    const decode = decoder();
    await source.pyramid('another image', decode, plan(5));
    expect(decode).not.toHaveBeenCalled();
  });

  it('equal the features of single blocks', async () => {
    const source = new FeatureSource();
    for (const block of BLOCKS) {
      const [together] = (await source.pyramid('image', decoder(), inPass(block))).levels;
      const [alone] = (await new FeatureSource().pyramid('image', decoder(), plan(block))).levels;
      expect(together).toMatchObject({ rows: alone?.rows, columns: alone?.columns, channels: alone?.channels });
      expect(relativeError(together?.chw ?? new Float32Array(), alone?.chw ?? new Float32Array())).toBeLessThan(1e-6);
    }
  });

  it('are cached on disk under the keys of single blocks', async () => {
    const store = () => new FeatureStore(folder.path('features'));
    await new FeatureSource(CPU_RUNTIME, store()).pyramid('image', decoder(), inPass(5));
    const decode = decoder();
    for (const block of BLOCKS) await new FeatureSource(CPU_RUNTIME, store()).pyramid('image', decode, plan(block));
    expect(decode).not.toHaveBeenCalled();
    await new FeatureSource(CPU_RUNTIME, store()).pyramid('image', decode, plan(2));
    expect(decode).toHaveBeenCalledTimes(1);
  });

  it('also apply to windows of the image', async () => {
    const source = new FeatureSource();
    const window = async (block: number) =>
      (await source.pyramid('image', decoder(), inPass(block))).fine?.window({ x: 0, y: 0, w: 24, h: 24 });
    const runs = vi.spyOn(NetworkPool.prototype, 'run');
    const maps = [];
    for (const block of BLOCKS) maps.push(await window(block));
    // of the image, and of its window
    expect(runs).toHaveBeenCalledTimes(2 * MEMBERS);
    expect(new Set(maps.map((map) => map?.chw.join())).size).toBe(BLOCKS.length);
  });

  it('do not affect the other networks of a fusion', () => {
    const { parts } = shareBlocks(planFeatures({ backend: 'ui' }), BLOCKS);
    expect(parts.map(({ sharedBlocks }) => sharedBlocks)).toEqual([undefined]);
  });
});
