import { join } from 'node:path';
import { filesOf } from '../../diffusion/networks/model-files.js';
import { compileUiNetwork } from '../../diffusion/networks/ui-network.js';
import { PROBE_BLOCK_INPUTS, probeBlocks, probeBlockWeights } from '../../graph/probe/probe-block.js';
import { probeInput, probeNetwork, productNetwork } from '../../graph/probe/probe-graph.js';
import { writeSharedWeights } from '../../graph/probe/random-weights.js';
import { type CompileAt, load, type NdArray } from '../../graph/runtime/run.js';
import type { Placement, Runtime } from '../../graph/runtime/runtime.js';
import { EMBEDDED_MODEL_FOLDER } from '../../models/catalogue.js';
import type { Trials, TrialTarget } from './measure-provider.js';
import { PIXEL_DEVIATION, randomInput } from './random-input.js';

type Feeds = Record<string, NdArray>;

const PRODUCTS = { n: 256, products: 8, runs: 3 };
/** Side of the input of the embedded network, in pixels. */
const EMBEDDED_SIDE = 512;
/** Timed runs of a network of working size; one more run before them compiles the programs. */
const WORKING_RUNS = 2;
const WEIGHTS_FILE = 'probe-weights.bin';

/**
 * The trials of {@link measureProvider} on ONNX Runtime. The CPU's results are cached for the next provider.
 * @param folder receives the random weights of the blocks, from which ONNX Runtime loads them
 */
export function providerTrials(folder: string): Trials {
  return {
    small: onceOnCpu(smallNetwork),
    productMs: onceOnCpu(productMs),
    workingSize: onceOnCpu((target) => workingSize(target, folder)),
  };
}

function onceOnCpu<T>(run: (target: TrialTarget) => Promise<T>): (target: TrialTarget) => Promise<T> {
  let kept: Promise<T> | undefined;
  return (target) => {
    if (target.provider !== 'cpu') return run(target);
    kept ??= run(target);
    return kept;
  };
}

async function smallNetwork(target: TrialTarget): Promise<{ features: Float32Array; placement: Placement }> {
  let placement: Placement = new Map([[target.provider, 1]]);
  const onPlacement = (seen: Placement) => {
    placement = seen;
  };
  const { features } = await timed({ ...runtimeOf(target), onPlacement }, probeNetwork, { x: probeInput() }, 1);
  return { features, placement };
}

async function productMs(target: TrialTarget): Promise<number> {
  const x = { dims: [1, 1], data: Float32Array.of(0) };
  const { ms } = await timed(runtimeOf(target), (at) => productNetwork(at, PRODUCTS), { x }, 1 + PRODUCTS.runs);
  return ms;
}

async function workingSize(target: TrialTarget, folder: string): Promise<{ features: Float32Array[]; ms: number }> {
  const checkpoint = writeSharedWeights(join(folder, WEIGHTS_FILE), probeBlockWeights());
  const runtime = runtimeOf(target);
  const runs = target.provider === 'cpu' ? 1 : 1 + WORKING_RUNS;
  const blocks = await timed(runtime, (at) => probeBlocks(checkpoint, at), blockFeeds(), runs);
  const side = { width: EMBEDDED_SIDE, height: EMBEDDED_SIDE };
  const image = randomInput([1, 3, EMBEDDED_SIDE, EMBEDDED_SIDE], PIXEL_DEVIATION);
  const embedded = await timed(
    runtime,
    (at) => compileUiNetwork(filesOf(EMBEDDED_MODEL_FOLDER), side, at),
    { image },
    1,
  );
  return { features: [blocks.features, embedded.features], ms: blocks.ms };
}

function blockFeeds(): Feeds {
  return { latent: randomInput(PROBE_BLOCK_INPUTS.latent.dims), text: randomInput(PROBE_BLOCK_INPUTS.text.dims) };
}

function runtimeOf(target: TrialTarget): Runtime {
  return {
    ...target,
    // a fallback that a real job tolerates is a failure here
    notify: (sentence) => {
      throw new Error(sentence);
    },
  };
}

/** Runs a network with one output. `ms` is the fastest run except the first, which compiles, unless it is the only one. */
async function timed(
  runtime: Runtime,
  compileAt: CompileAt,
  feeds: Feeds,
  runs: number,
): Promise<{ features: Float32Array; ms: number }> {
  const network = await load(runtime, compileAt);
  try {
    const times: number[] = [];
    let features = new Float32Array();
    for (let run = 0; run < runs; run++) {
      const begin = performance.now();
      const [output] = Object.values(await network.runAll(feeds));
      times.push(performance.now() - begin);
      features = new Float32Array(output?.data ?? []);
    }
    return { features, ms: Math.min(...(runs === 1 ? times : times.slice(1))) };
  } finally {
    await network.release();
  }
}
