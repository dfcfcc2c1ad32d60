import { availableParallelism, cpus, totalmem } from 'node:os';
import { type Device, SamepointError } from '@samepoint/shared-protocol';
import type { GraphTarget, Precision, Provider } from '../../graph/runtime/runtime.js';
import { supportsDevice } from '../../graph/runtime/runtime.js';
import { deviceFor, type GpuDevice, memoryFor } from './gpu-devices.js';
import { listGpuDevices } from './list-gpu-devices.js';
import { CachedProber, type Prober } from './probe-cache.js';
import { PROVIDER_NAMES, placementLabel } from './provider-labels.js';
import type { ProviderCandidate, ProviderProbe } from './provider-probe.js';

/** What is tried beside the CPU; of two that are as fast, the first is taken. */
const ORDER: Partial<Record<NodeJS.Platform, readonly Provider[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
};

/** Less than this much of the CPU's speed is a driver in software rather than a slow GPU. */
const SOFTWARE_SPEED = 0.2;

/** A provider that leaves more than the rest of the nodes to the CPU waits for copies more than it computes. */
const SMALLEST_SHARE = 0.5;

/** Devices of one provider that are tried: each costs seconds. */
const MAX_DEVICES = 4;

/** Where networks run, and what to tell people of it. */
export interface ProviderChoice extends GraphTarget {
  deviceId?: number | undefined;
  /** Memory of what they run on, in bytes. */
  memoryBytes: number;
  device: Device;
}

/** What people may ask for. */
export interface RequestedProvider {
  /** The only one to try, however slow it is. */
  provider?: Provider | undefined;
  /** Number of the only device to try. */
  device?: number | undefined;
}

export interface ChooseOptions {
  requested?: RequestedProvider;
  platform?: NodeJS.Platform;
  devices?: readonly GpuDevice[];
  prober?: Prober;
}

type Success = ProviderProbe & { works: true };

/** What a platform has, the CPU last. */
export function providersOf(platform: NodeJS.Platform): readonly Provider[] {
  return [...(ORDER[platform] ?? []), 'cpu'];
}

/**
 * What is tried, in the order of preference: CUDA only where there is a card of NVIDIA, DirectML and CUDA on every device,
 * since the first one may be part of the processor.
 */
export function candidatesOf(
  platform: NodeJS.Platform,
  devices: readonly GpuDevice[],
  { provider: forced, device: requested }: RequestedProvider = {},
): ProviderCandidate[] {
  const providers = forced === undefined ? (ORDER[platform] ?? []) : [forced];
  return providers.flatMap((provider): ProviderCandidate[] => {
    if (!supportsDevice(provider)) return requested === undefined ? [{ provider }] : [];
    if (requested !== undefined) return [{ provider, deviceId: requested }];
    const count = provider === 'cuda' ? devices.filter(({ vendor }) => vendor === 'nvidia').length : devices.length;
    if (count === 0) return provider === 'cuda' && forced === undefined ? [] : [{ provider }];
    return Array.from({ length: Math.min(count, MAX_DEVICES) }, (_, deviceId) => ({ provider, deviceId }));
  });
}

/**
 * The fastest provider of the platform that is right and faster than the CPU; the CPU where there is none, and then the
 * reason says why for each.
 * @throws SamepointError `BAD_REQUEST` when a provider or device that was asked for does not work
 */
export async function chooseProvider(options: ChooseOptions = {}): Promise<ProviderChoice> {
  const { requested = {}, platform = process.platform } = options;
  if (requested.provider === 'cpu') return onCpu('it was asked for.');
  const devices = options.devices ?? (await listGpuDevices(platform));
  const prober = options.prober ?? new CachedProber({ devices });
  try {
    const probes: ProviderProbe[] = [];
    for (const candidate of candidatesOf(platform, devices, requested)) probes.push(await prober.probe(candidate));
    return isRequested(requested) ? chooseRequested(probes, requested, devices) : fastest(probes, devices);
  } finally {
    prober.close();
  }
}

function isRequested({ provider, device }: RequestedProvider): boolean {
  return provider !== undefined || device !== undefined;
}

function fastest(probes: readonly ProviderProbe[], devices: readonly GpuDevice[]): ProviderChoice {
  const best = fastestOf(probes.filter((probe) => probe.works && rejectionReason(probe) === undefined));
  if (best !== undefined) return onGpu(best, speedLabel(best), devices);
  const refused = probes.map((probe) => `${nameOf(probe)}: ${probe.works ? rejectionReason(probe) : probe.why}`);
  return onCpu(refused.length === 0 ? 'no graphics card was found that can be used.' : `${refused.join('; ')}.`);
}

function chooseRequested(
  probes: readonly ProviderProbe[],
  { provider, device }: RequestedProvider,
  devices: readonly GpuDevice[],
): ProviderChoice {
  const best = fastestOf(probes);
  if (best !== undefined)
    return onGpu(best, `It was asked for; ${best.speed < 1 ? slownessLabel(best) : speedLabel(best)}`, devices);
  const what = provider === undefined ? `Device ${device}` : PROVIDER_NAMES[provider];
  const noDevice =
    provider === undefined ? 'no provider here takes the number of a device' : 'it takes no number of a device';
  const why = probes.map((probe) => (probe.works ? '' : probe.why)).join('; ') || noDevice;
  throw new SamepointError(
    'BAD_REQUEST',
    `${what} was asked for and cannot be used here: ${why}.`,
    'Leave --provider, --device and their variables out to take the fastest that works, choose cpu, or see samepoint doctor.',
  );
}

function fastestOf(probes: readonly ProviderProbe[]): Success | undefined {
  const working = probes.filter((probe) => probe.works);
  return working.reduce<Success | undefined>(
    (best, probe) => (best === undefined || probe.speed > best.speed ? probe : best),
    undefined,
  );
}

/** What a provider is called where several of its devices are. */
function nameOf({ provider, deviceId }: ProviderCandidate): string {
  return deviceId === undefined || deviceId === 0
    ? PROVIDER_NAMES[provider]
    : `${PROVIDER_NAMES[provider]} ${deviceId}`;
}

function onCpu(why: string): ProviderChoice {
  const model = cpus()[0]?.model.trim() || 'CPU';
  return {
    provider: 'cpu',
    precision: 'float32',
    memoryBytes: totalmem(),
    device: {
      provider: 'cpu',
      description: `${model}, ${availableParallelism()} threads`,
      reason: `CPU, because ${why}`,
    },
  };
}

function onGpu(probe: Success, why: string, devices: readonly GpuDevice[]): ProviderChoice {
  const { provider, deviceId, precision, share } = probe;
  const description = placementLabel(
    new Map<Provider, number>([[provider, share], ...(share < 1 ? [['cpu', 1 - share] as const] : [])]),
  );
  const reason = [why, PRECISION_LABELS[precision], ...deviceLabels(probe, devices)].join('; ');
  return {
    provider,
    ...(deviceId === undefined ? {} : { deviceId }),
    precision,
    memoryBytes: memoryFor(probe, devices, totalmem()),
    device: { provider, description, reason: `${reason}.` },
  };
}

/** Which device was taken: its name where it is known, its number where there are several. */
function deviceLabels(candidate: ProviderCandidate, devices: readonly GpuDevice[]): string[] {
  const name = deviceFor(candidate, devices)?.name;
  const number = candidate.deviceId === undefined || devices.length < 2 ? undefined : `device ${candidate.deviceId}`;
  const words = [name, number].filter((word) => word !== undefined);
  return words.length === 0 ? [] : [words.join(', ')];
}

const PRECISION_LABELS: Record<Precision, string> = {
  float16: 'half precision',
  float32: 'single precision, since half precision does not work on it',
};

/** Why a provider that works is not chosen, if so. */
export function rejectionReason(probe: Success): string | undefined {
  if (probe.share < SMALLEST_SHARE) return `it leaves ${Math.round(100 * (1 - probe.share))} % of the work to the CPU`;
  return probe.speed < 1 ? slownessLabel(probe) : undefined;
}

/** Of a provider that is faster than the CPU. */
export function speedLabel({ speed }: { speed: number }): string {
  return `${times(speed)} times the speed of the CPU`;
}

/** Of a provider that is slower than the CPU. */
function slownessLabel({ speed }: { speed: number }): string {
  const slower = `${times(1 / speed)} times slower than the CPU`;
  return speed < SOFTWARE_SPEED ? `${slower}, as a driver in software is` : slower;
}

/** Two digits are all that such a measurement says. */
function times(ratio: number): string {
  return String(Number(ratio.toPrecision(2)));
}
