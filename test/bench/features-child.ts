// Measures Samepoint in a child process: argument FeaturesRequest, output Measurement.

import { readNpy, writeNpy } from '../../daemon/src/cli/files/npy.js';
import { peakMemoryBytes } from '../../daemon/src/cli/host-info.js';
import { dift } from '../../daemon/src/diffusion/dift.js';
import { filesOf } from '../../daemon/src/diffusion/networks/model-files.js';
import { NetworkPool } from '../../daemon/src/diffusion/networks/network-pool.js';
import { type NetworkCut, openNetwork } from '../../daemon/src/diffusion/networks/open-network.js';
import { CPU_RUNTIME } from '../../daemon/src/graph/runtime/runtime.js';
import type { FeaturesRequest, Measurement } from './run-child.js';

const SEED = 0;

const request: FeaturesRequest = JSON.parse(process.argv[2] ?? '{}');
const { t, ensembleSize, latentMode } = request;
const image = await readNpy(request.image);
const text = request.text === undefined ? {} : { textStates: await readNpy(request.text) };
const noise = request.noise === undefined ? {} : { noise: await readNpy(request.noise) };
const condition = { prompt: '', latentMode, preferLearnedT: false, promptFolder: '', ...text };
const pool = new NetworkPool(CPU_RUNTIME);
const network = openNetwork(cutOf(request), filesOf(request.checkpoint), condition, pool);
const runS: number[] = [];
let features = image;
for (let run = 0; run < request.runs; run++) {
  const begin = performance.now();
  [features = image] = await dift(network, image, { t, ensembleSize, seed: SEED, ...noise });
  runS.push((performance.now() - begin) / 1000);
}
if (request.out !== undefined) await writeNpy(request.out, features);
const measurement: Measurement = {
  loadS: 0,
  runS,
  peakGb: peakMemoryBytes() / 1e9,
  dims: [...features.dims],
  finite: features.data.every(Number.isFinite),
};
process.stdout.write(JSON.stringify(measurement));

function cutOf({ network, t, block }: FeaturesRequest): NetworkCut {
  return network === 'vit' ? { network, feature: { layer: block } } : { network, t, upFtIndex: block };
}
