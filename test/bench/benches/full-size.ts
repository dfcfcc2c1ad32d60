import type { Bench, BenchOptions, BenchResult } from '../bench.js';
import { median } from '../bench.js';
import { FULL_SIZE_CASES } from '../full-size-cases.js';
import { gflops, matrixProductGflops } from '../matrix-product.js';
import { measureSamepoint } from '../run-child.js';

/** Speed of networks of published size, relative to the machine's peak. */
export const fullSizeBench: Bench = {
  name: 'full-size',
  title: 'Networks of published size',
  run: runFullSize,
};

async function runFullSize({ rounds, log }: BenchOptions): Promise<BenchResult> {
  const rows: string[][] = [];
  const measurements: unknown[] = [];
  for (const { title, sizePx, macs, prepare } of FULL_SIZE_CASES) {
    const request = await prepare();
    const peak = await matrixProductGflops();
    const { runS, peakGb } = await measureSamepoint({ ...request, runs: 1 + rounds });
    const [firstS = Number.NaN, ...laterS] = runS;
    const seconds = median(laterS);
    const reached = gflops(macs, seconds);
    measurements.push({ title, sizePx, macs, runS, peakGb, matrixProductGflops: peak });
    rows.push([
      `${title}, ${sizePx} px`,
      (macs / 1e9).toFixed(0),
      `${firstS.toFixed(1)} s`,
      `${seconds.toFixed(1)} s`,
      `${peakGb.toFixed(1)} GB`,
      reached.toFixed(0),
      `${((100 * reached) / peak).toFixed(0)} %`,
    ]);
    log(rows.at(-1)?.join('  ') ?? '');
  }
  return {
    columns: ['network', 'GMAC', 'cold start', 'warm', 'peak memory', 'GFLOPS', 'of a matrix product'],
    rows,
    notes: [
      'One image through `openNetwork` and `dift` with random weights in half precision, in its own process. "Warm" is the median of the runs after the first.',
      'The last column compares with a 4096×4096 matrix product by the same ONNX Runtime, measured just before.',
    ],
    measurements,
  };
}
