// Measures the embedded model on screens of one size in a child process: argument Size, output EmbeddedTimes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeatureStore } from '../../daemon/src/diffusion/cache/feature-store.js';
import { FeatureSource } from '../../daemon/src/diffusion/feature-source.js';
import { baseLevel, levelSize } from '../../daemon/src/diffusion/input-size.js';
import { levelFeatures } from '../../daemon/src/diffusion/level-features.js';
import { NetworkPool } from '../../daemon/src/diffusion/networks/network-pool.js';
import { openNetwork } from '../../daemon/src/diffusion/networks/open-network.js';
import { planFeatures } from '../../daemon/src/diffusion/plan/feature-plan.js';
import { CPU_RUNTIME } from '../../daemon/src/graph/runtime/runtime.js';
import type { Size } from '../../daemon/src/images/resize.js';
import { draw } from '../../daemon/test/support/draw.js';
import { median } from './bench.js';
import type { EmbeddedTimes } from './benches/embedded.js';

const RUNS = 5;
const SETTINGS = { t: 0, ensembleSize: 1, seed: 0, resampling: 'lanczos' } as const;
const CONDITION = { prompt: '', latentMode: 'mean', preferLearnedT: true, promptFolder: '' } as const;

const size: Size = JSON.parse(process.argv[2] ?? '{}');
const folder = mkdtempSync(join(tmpdir(), 'samepoint-bench-'));
try {
  process.stdout.write(JSON.stringify(await times()));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function times(): Promise<EmbeddedTimes> {
  const plan = planFeatures({ backend: 'ui' });
  const features = new FeatureSource(CPU_RUNTIME, new FeatureStore(folder));
  const screen = (n: number) => features.pyramid(`screen ${n}`, async () => drawn(n), plan);
  const nothingS = await seconds(() => screen(0));
  const loadedS = await medianSeconds((run) => screen(1 + run));
  const memoryS = await medianSeconds(() => screen(0));
  const diskS = await medianSeconds(() =>
    new FeatureSource(CPU_RUNTIME, new FeatureStore(folder)).pyramid('screen 0', notKept, plan),
  );
  return { nothingS, loadedS, memoryS, diskS, networkS: await networkSeconds(plan) };
}

/** The network alone, at the base level. */
async function networkSeconds({ parts: [part] }: ReturnType<typeof planFeatures>): Promise<number> {
  if (part === undefined) throw new Error('a plan has at least one part');
  const network = openNetwork(part.preset, part.files, CONDITION, new NetworkPool(CPU_RUNTIME));
  const inputSize = levelSize(part.preset.size, baseLevel(part.preset.size), size);
  const image = drawn(0);
  const once = () => levelFeatures(network, image, inputSize, SETTINGS, () => {});
  await once();
  return medianSeconds(once);
}

function drawn(shift: number) {
  const { width, height } = size;
  return draw(width, height, [{ x: 20 + shift, y: 30, w: width / 2, h: height / 3, colour: [40, 90, 200] }]);
}

function notKept(): never {
  throw new Error('the features were to be on disk');
}

async function medianSeconds(work: (run: number) => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let run = 0; run < RUNS; run++) all.push(await seconds(() => work(run)));
  return median(all);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}
