import { probeInput, probeNetwork, productNetwork } from '../graph/probe-graph.js';
import { load } from '../graph/run.js';
import {
  CPU_RUNTIME,
  type GraphTarget,
  type Placement,
  type Precision,
  type Provider,
  type Runtime,
} from '../graph/runtime.js';
import { shareOf } from './placement-words.js';
import type { ProviderProbe } from './provider-probe.js';

/** Largest relative error against the CPU at which a provider counts as right. */
const TOLERANCE: Record<Precision, number> = { float32: 1e-3, float16: 2e-2 };

/** Chains of matrix products that are timed; the large one only where the small one leaves a doubt. */
const TIMED = {
  small: { n: 256, products: 8 },
  large: { n: 1024, products: 8 },
  runs: 3,
  /** So much slower on the small one, a provider is not tried on the large one. */
  hopelessSpeed: 0.1,
};

type Success = ProviderProbe & { works: true };

/**
 * Runs a small graph on one provider in this process and compares it with the CPU, in half precision first. A driver may
 * take the process down with it.
 * @throws whatever says why the provider does not work in single precision either
 */
export async function measureProvider(provider: Provider): Promise<Success> {
  const expected = await features({ provider: 'cpu', precision: 'float32' });
  const compared = (target: GraphTarget) => compare(target, expected.data);
  const found =
    provider === 'cpu'
      ? await compared({ provider, precision: 'float32' })
      : await compared({ provider, precision: 'float16' }).catch(() => compared({ provider, precision: 'float32' }));
  return { ...found, speed: provider === 'cpu' ? 1 : await speedAgainstCpu(found) };
}

async function compare(target: GraphTarget, expected: Float32Array): Promise<Omit<Success, 'speed'>> {
  const { data, placement } = await features(target);
  const relativeError = relativeDifference(data, expected);
  // not a number is not smaller either
  if (!(relativeError < TOLERANCE[target.precision])) throw new Error('its results are wrong');
  const share = shareOf(placement, target.provider);
  if (share === 0) throw new Error('ONNX Runtime gives all its work to the CPU');
  return { ...target, works: true, relativeError, share };
}

/** The provider's speed over the CPU's. */
async function speedAgainstCpu(target: GraphTarget): Promise<number> {
  const small = (await productMs(CPU_RUNTIME, TIMED.small)) / (await productMs(target, TIMED.small));
  if (small < TIMED.hopelessSpeed) return small;
  return (await productMs(CPU_RUNTIME, TIMED.large)) / (await productMs(target, TIMED.large));
}

/** The fastest of some runs, after one that warms up. */
async function productMs(target: GraphTarget, size: { n: number; products: number }): Promise<number> {
  const network = await load({ ...CPU_RUNTIME, ...target }, (at) => productNetwork(at, size));
  try {
    const times: number[] = [];
    for (let run = 0; run <= TIMED.runs; run++) {
      const begin = performance.now();
      await network.run({ x: { dims: [1, 1], data: Float32Array.of(0) } }, 'sum');
      times.push(performance.now() - begin);
    }
    return Math.min(...times.slice(1));
  } finally {
    await network.release();
  }
}

async function features(target: GraphTarget): Promise<{ data: Float32Array; placement: Placement }> {
  let placement: Placement = new Map([[target.provider, 1]]);
  const runtime: Runtime = {
    ...target,
    onPlacement: (seen) => {
      placement = seen;
    },
    // what a real network survives is a failure here
    notify: (sentence) => {
      throw new Error(sentence);
    },
  };
  const network = await load(runtime, probeNetwork);
  try {
    const { data } = await network.run({ x: probeInput() }, 'features');
    return { data, placement };
  } finally {
    await network.release();
  }
}

function relativeDifference(ours: Float32Array, theirs: Float32Array): number {
  const norm = (values: Float32Array) => Math.hypot(...values);
  return norm(ours.map((value, i) => value - (theirs[i] ?? 0))) / norm(theirs);
}
