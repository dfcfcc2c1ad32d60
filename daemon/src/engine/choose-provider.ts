import { availableParallelism, cpus } from 'node:os';
import { type Device, SamepointError } from '@samepoint/shared-protocol';
import type { GraphTarget, Precision, Provider } from '../graph/runtime.js';
import { placementWords } from './placement-words.js';
import { type ProviderProbe, ProviderProber } from './provider-probe.js';
import { PROVIDER_NAMES } from './provider-words.js';

/** What is tried before the CPU, in this order. */
const ORDER: Partial<Record<NodeJS.Platform, readonly Provider[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
};

/** Less than this much of the CPU's speed is a driver in software rather than a slow GPU. */
const SOFTWARE_SPEED = 0.2;

/** A provider that leaves more than the rest of the nodes to the CPU waits for copies more than it computes. */
const SMALLEST_SHARE = 0.5;

/** Where networks run, and what to tell people of it. */
export interface ProviderChoice extends GraphTarget {
  device: Device;
}

export interface ChooseOptions {
  /** The only one to try, however slow it is. */
  forced?: Provider | undefined;
  platform?: NodeJS.Platform;
  prober?: Pick<ProviderProber, 'probe' | 'close'>;
}

/** What is tried on a platform, the CPU last. */
export function providersOf(platform: NodeJS.Platform): readonly Provider[] {
  return [...(ORDER[platform] ?? []), 'cpu'];
}

/**
 * The first provider of the platform that works and is faster than the CPU; the CPU where there is none, and then the
 * reason says why for each.
 * @throws SamepointError `BAD_REQUEST` when a forced provider does not work
 */
export async function chooseProvider(options: ChooseOptions = {}): Promise<ProviderChoice> {
  const { forced, platform = process.platform, prober = new ProviderProber() } = options;
  try {
    if (forced !== undefined) return await force(forced, prober);
    const refused: string[] = [];
    for (const provider of ORDER[platform] ?? []) {
      const probe = await prober.probe(provider);
      const objection = probe.works ? objectionTo(probe) : probe.why;
      if (probe.works && objection === undefined) return onGpu(probe, speedWords(probe));
      refused.push(`${PROVIDER_NAMES[provider]}: ${objection}`);
    }
    return onCpu(refused.length === 0 ? 'nothing else is supported on this platform.' : `${refused.join('; ')}.`);
  } finally {
    prober.close();
  }
}

async function force(provider: Provider, prober: Pick<ProviderProber, 'probe'>): Promise<ProviderChoice> {
  if (provider === 'cpu') return onCpu('it was asked for.');
  const probe = await prober.probe(provider);
  if (probe.works)
    return onGpu(probe, `It was asked for; ${probe.speed < 1 ? slownessWords(probe) : speedWords(probe)}`);
  throw new SamepointError(
    'BAD_REQUEST',
    `${PROVIDER_NAMES[provider]} was asked for and cannot be used here: ${probe.why}.`,
    'Leave --provider and SAMEPOINT_PROVIDER out to take the best one that works, or choose cpu.',
  );
}

function onCpu(why: string): ProviderChoice {
  const model = cpus()[0]?.model.trim() || 'CPU';
  return {
    provider: 'cpu',
    precision: 'float32',
    device: {
      provider: 'cpu',
      description: `${model}, ${availableParallelism()} threads`,
      reason: `CPU, because ${why}`,
    },
  };
}

function onGpu(probe: ProviderProbe & { works: true }, why: string): ProviderChoice {
  const { provider, precision, share } = probe;
  const description = placementWords(
    new Map<Provider, number>([[provider, share], ...(share < 1 ? [['cpu', 1 - share] as const] : [])]),
  );
  return { provider, precision, device: { provider, description, reason: `${why}; ${PRECISION_WORDS[precision]}.` } };
}

const PRECISION_WORDS: Record<Precision, string> = {
  float16: 'half precision',
  float32: 'single precision, since half precision does not work on it',
};

/** Why a provider that works is not chosen, if so. */
export function objectionTo(probe: ProviderProbe & { works: true }): string | undefined {
  if (probe.share < SMALLEST_SHARE) return `it leaves ${Math.round(100 * (1 - probe.share))} % of the work to the CPU`;
  return probe.speed < 1 ? slownessWords(probe) : undefined;
}

/** Of a provider that is faster than the CPU. */
export function speedWords({ speed }: { speed: number }): string {
  return `${times(speed)} times the speed of the CPU`;
}

/** Of a provider that is slower than the CPU. */
function slownessWords({ speed }: { speed: number }): string {
  const slower = `${times(1 / speed)} times slower than the CPU`;
  return speed < SOFTWARE_SPEED ? `${slower}, as a driver in software is` : slower;
}

/** Two digits are all that such a measurement says. */
function times(ratio: number): string {
  return String(Number(ratio.toPrecision(2)));
}
