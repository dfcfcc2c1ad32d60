import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peakMemoryBytes } from '../../../daemon/src/cli/host-info.js';
import { relativeDifference } from '../../../daemon/src/engine/providers/measure-provider.js';
import { providerTrials } from '../../../daemon/src/engine/providers/provider-trials.js';
import type { Precision } from '../../../daemon/src/graph/runtime/runtime.js';
import type { Bench, BenchResult } from '../bench.js';

/** Cost of testing a provider on the CPU, and the error of half precision alone. */
export const trialsBench: Bench = { name: 'trials', title: 'Tests of a provider', doc: 'gpu', run: runTrials };

const MICROSECONDS = 1e6;
const NETWORKS = ['blocks of Stable Diffusion 2.1, 64×64 latent', 'embedded network, 512×512 pixels'];

async function runTrials(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'samepoint-bench-'));
  try {
    const single = await measure(folder, 'float32');
    const half = await measure(folder, 'float16');
    return {
      columns: ['network', 'relative error of half precision on the CPU'],
      rows: NETWORKS.map((name, i) => {
        const [ours, theirs] = [half.features[i], single.features[i]];
        return [name, ours && theirs ? relativeDifference(ours, theirs).toExponential(1) : '–'];
      }),
      notes: [
        `Both networks in single precision, once, including creating and loading the weights: ${single.processorS.toFixed(1)} s of processor time on all cores, at most ${single.peakGb.toFixed(1)} GB. The first start on a computer with a GPU waits for this.`,
        'The CPU computes each node of a half-precision graph in single precision and rounds between nodes.',
      ],
      measurements: { single: { ...single, features: undefined }, half: { ...half, features: undefined } },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, precision: Precision) {
  const before = process.cpuUsage();
  const { features } = await providerTrials(folder).workingSize({ provider: 'cpu', precision });
  const { user, system } = process.cpuUsage(before);
  return {
    features,
    processorS: (user + system) / MICROSECONDS,
    peakGb: peakMemoryBytes() / 1e9,
  };
}
