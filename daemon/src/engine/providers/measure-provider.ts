import type { Placement, Precision } from '../../graph/runtime/runtime.js';
import { shareOf } from './provider-labels.js';
import type { ProviderCandidate, ProviderProbe } from './provider-probe.js';

/** Largest relative error ‖provider − CPU‖/‖CPU‖ of correct results. */
export const TOLERANCE: Record<Precision, number> = { float32: 1e-3, float16: 2e-2 };

/** Below this fraction of the CPU's speed on small products, working size would take minutes and is skipped. */
const MIN_SPEED_FOR_WORKING_SIZE = 0.1;

type Success = ProviderProbe & { works: true };
/** Provider, device and precision of a trial. */
export type TrialTarget = ProviderCandidate & { precision: Precision };

/** The trials of a provider. Each throws the errors of ONNX Runtime or the driver. */
export interface Trials {
  /** A small graph with every operator. */
  small(target: TrialTarget): Promise<{ features: Float32Array; placement: Placement }>;
  /** Milliseconds of a chain of small matrix products. */
  productMs(target: TrialTarget): Promise<number>;
  /** Networks of working size: their features, and the milliseconds of the first one after compilation. */
  workingSize(target: TrialTarget): Promise<{ features: readonly Float32Array[]; ms: number }>;
}

/** The results differ from the CPU's, or the provider runs nothing. Reproducible, so it is cached. */
export class WrongResults extends Error {}

const CPU: TrialTarget = { provider: 'cpu', precision: 'float32' };

/**
 * Runs the trials of a provider and compares it with the CPU, in half precision first. A driver may crash the process.
 * @throws the error of single precision, if neither precision works
 */
export async function measureProvider(candidate: ProviderCandidate, trials: Trials): Promise<Success> {
  if (candidate.provider === 'cpu') {
    return { ...CPU, works: true, relativeError: 0, share: 1, speed: 1, atWorkingSize: true };
  }
  return measureAt({ ...candidate, precision: 'float16' }, trials).catch(() =>
    measureAt({ ...candidate, precision: 'float32' }, trials),
  );
}

async function measureAt(target: TrialTarget, trials: Trials): Promise<Success> {
  const { features, placement } = await trials.small(target);
  const smallError = compare(features, (await trials.small(CPU)).features, target.precision, 'its results are wrong');
  const share = shareOf(placement, target.provider);
  if (share === 0) throw new WrongResults('ONNX Runtime assigns all its operators to the CPU');
  const speed = (await trials.productMs(CPU)) / (await trials.productMs(target));
  const found = { ...target, works: true, share } as const;
  if (speed < MIN_SPEED_FOR_WORKING_SIZE) return { ...found, relativeError: smallError, speed, atWorkingSize: false };
  const ours = await trials.workingSize(target);
  const theirs = await trials.workingSize(CPU);
  const errors = theirs.features.map((expected, i) =>
    compare(
      ours.features[i] ?? new Float32Array(),
      expected,
      target.precision,
      'its results at working size are wrong',
    ),
  );
  return { ...found, relativeError: Math.max(smallError, ...errors), speed: theirs.ms / ours.ms, atWorkingSize: true };
}

/** The relative error of `ours`. @throws WrongResults if it is too large */
function compare(ours: Float32Array, theirs: Float32Array, precision: Precision, wrong: string): number {
  const error = relativeDifference(ours, theirs);
  // also true for NaN
  if (!(error < TOLERANCE[precision])) throw new WrongResults(`${wrong} (relative error ${error.toPrecision(2)})`);
  return error;
}

/** ‖ours − theirs‖/‖theirs‖; infinite if the sizes differ. */
export function relativeDifference(ours: Float32Array, theirs: Float32Array): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(ours.map((value, i) => value - (theirs[i] ?? 0))) / norm(theirs);
}
