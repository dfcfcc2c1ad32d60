import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { dift } from '../../src/diffusion/dift.js';
import { toFeatureMap } from '../../src/diffusion/level-features.js';
import { NetworkPool } from '../../src/diffusion/networks/network-pool.js';
import { openNetwork } from '../../src/diffusion/networks/open-network.js';
import type { NdArray } from '../../src/graph/runtime/run.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { columnAt, dot } from '../support/random.js';
import { readTensor } from '../support/run-network.js';

interface SameCell {
  squares: number;
  squarePx: number;
  members: number;
  t: number;
  upFtIndex: number;
  /** Colours of the squares of each image, (3, squares, squares). */
  grids: number[][];
  /** Of the nearest neighbours that lie in the same place of an unrelated image, as PyTorch computes them. */
  sharePercent: Record<'sd1' | 'sd2', { independent: number; shared: number }>;
}

const SD = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
const WEIGHTS = 'diffusion_pytorch_model.safetensors';
const FILES = ['config.json', WEIGHTS];
const reference: SameCell = JSON.parse(readFileSync(`${SD}/dift/same-cell.json`, 'utf8'));
const { squares, squarePx, members, t, upFtIndex } = reference;
const size = { width: squares * squarePx, height: squares * squarePx };

const pool = new NetworkPool(CPU_RUNTIME);
afterAll(() => pool.release());

it.each(['sd1', 'sd2'] as const)(
  'unrelated images match in the same place as often as with independent noise in PyTorch (%s)',
  async (family) => {
    const files = new Map([
      ...FILES.map((name) => [`unet/${name}`, `${SD}/${family}/unet/${name}`] as const),
      ...FILES.map((name) => [`vae/${name}`, `${SD}/vae/${name}`] as const),
    ]);
    const condition = {
      prompt: '',
      textStates: readTensor(`${SD}/${family}/parity.safetensors`, 'text'),
      latentMode: 'mean' as const,
      seed: 0,
      preferLearnedT: false,
      promptFolder: '',
    };
    const network = openNetwork({ network: 'sd-unet', t, upFtIndex }, files, condition, pool);
    const maps: number[][][] = [];
    for (const grid of reference.grids) {
      const [features] = await dift(network, imageOf(grid), { t, ensembleSize: members, seed: 0 });
      if (features === undefined) throw new Error('a network gives features');
      const { rows, columns, ...map } = toFeatureMap(features, { scaled: size, padded: size }, size);
      maps.push(Array.from({ length: rows * columns }, (_, cell) => columnAt({ rows, columns, ...map }, cell)));
    }
    const pairs = maps.flatMap((a) => maps.filter((b) => b !== a).map((b) => shareInSameCell(a, b)));
    const percent = (100 * pairs.reduce((sum, share) => sum + share, 0)) / pairs.length;

    const { independent, shared } = reference.sharePercent[family];
    expect(Math.abs(percent - independent)).toBeLessThan(3);
    expect(shared - independent).toBeGreaterThan(50);
  },
);

/** The grid's squares as an image (1,3,H,W) in [−1,1]. */
function imageOf(grid: readonly number[]): NdArray {
  const { width, height } = size;
  const data = Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, channel] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    const square = Math.floor(y / squarePx) * squares + Math.floor(x / squarePx);
    return grid[channel * squares * squares + square] ?? 0;
  });
  return { dims: [1, 3, height, width], data };
}

/** Share of the columns of `a` whose nearest neighbour by cosine in `b` is in the same place. */
function shareInSameCell(a: readonly number[][], b: readonly number[][]): number {
  const nearest = (column: number[]) => {
    const similarities = b.map((other) => dot(column, other));
    return similarities.indexOf(Math.max(...similarities));
  };
  return a.filter((column, cell) => nearest(column) === cell).length / a.length;
}
