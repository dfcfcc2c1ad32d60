import { availableParallelism, cpus, totalmem } from 'node:os';
import { type Device, SamepointError } from '@samepoint/shared-protocol';
import type { GraphTarget, Precision, Provider } from '../../graph/runtime/runtime.js';
import { supportsDevice } from '../../graph/runtime/runtime.js';
import { deviceFor, type GpuDevice, memoryFor } from './gpu-devices.js';
import { listGpuDevices } from './list-gpu-devices.js';
import { CachedProber, type Prober } from './probe-cache.js';
import { PROVIDER_NAMES, placementLabel } from './provider-labels.js';
import type { ProviderCandidate, ProviderProbe } from './provider-probe.js';

/** Providers to try besides the CPU; the first of equally fast ones is chosen. */
const ORDER: Partial<Record<NodeJS.Platform, readonly Provider[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
};

/** Below this fraction of the CPU's speed, the provider is probably a software driver rather than a slow GPU. */
const SOFTWARE_SPEED = 0.2;

/** A provider that runs a smaller share of the nodes spends more time on copies than on computation. */
const MIN_SHARE = 0.5;

/** Devices to try per provider; each takes seconds. */
const MAX_DEVICES = 4;

/** Where networks run, and its description for users. */
export interface ProviderChoice extends GraphTarget {
  deviceId?: number | undefined;
  /** Memory of the device, in bytes. */
  memoryBytes: number;
  device: Device;
}

/** What the user may request. */
export interface RequestedProvider {
  /** The only provider to try, even if it is slow. */
  provider?: Provider | undefined;
  /** The number of the only device to try. */
  device?: number | undefined;
}

export interface ChooseOptions {
  requested?: RequestedProvider;
  platform?: NodeJS.Platform;
  devices?: readonly GpuDevice[];
  prober?: Prober;
}

type Success = ProviderProbe & { works: true };

/** The providers of a platform, the CPU last. */
export function providersOf(platform: NodeJS.Platform): readonly Provider[] {
  return [...(ORDER[platform] ?? []), 'cpu'];
}

/**
 * Providers and devices to try, in order of preference. CUDA needs an NVIDIA card. DirectML and CUDA are tried on every
 * device, since the first may be integrated graphics.
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
 * The fastest provider of the platform that gives correct results and is faster than the CPU. If there is none, the CPU,
 * with the reason why each provider was rejected.
 * @throws SamepointError `BAD_REQUEST` if the requested provider or device does not work
 */
export async function chooseProvider(options: ChooseOptions = {}): Promise<ProviderChoice> {
  const { requested = {}, platform = process.platform } = options;
  if (requested.provider === 'cpu') return onCpu('it was requested.');
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
  return onCpu(refused.length === 0 ? 'no usable graphics card was found.' : `${refused.join('; ')}.`);
}

function chooseRequested(
  probes: readonly ProviderProbe[],
  { provider, device }: RequestedProvider,
  devices: readonly GpuDevice[],
): ProviderChoice {
  const best = fastestOf(probes);
  if (best !== undefined)
    return onGpu(best, `Requested; ${best.speed < 1 ? slownessLabel(best) : speedLabel(best)}`, devices);
  const what = provider === undefined ? `Device ${device}` : PROVIDER_NAMES[provider];
  const noDevice =
    provider === undefined ? 'no provider on this platform has device numbers' : 'it has no device numbers';
  const why = probes.map((probe) => (probe.works ? '' : probe.why)).join('; ') || noDevice;
  throw new SamepointError(
    'BAD_REQUEST',
    `${what} was requested and cannot be used: ${why}.`,
    'Omit --provider, --device and their variables to use the fastest available, choose cpu, or run samepoint doctor.',
  );
}

function fastestOf(probes: readonly ProviderProbe[]): Success | undefined {
  const working = probes.filter((probe) => probe.works);
  return working.reduce<Success | undefined>(
    (best, probe) => (best === undefined || probe.speed > best.speed ? probe : best),
    undefined,
  );
}

/** The name of a provider with its device number, if it is not the first. */
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

/** Labels of the chosen device: its name if known, its number if there are several. */
function deviceLabels(candidate: ProviderCandidate, devices: readonly GpuDevice[]): string[] {
  const name = deviceFor(candidate, devices)?.name;
  const number = candidate.deviceId === undefined || devices.length < 2 ? undefined : `device ${candidate.deviceId}`;
  const words = [name, number].filter((word) => word !== undefined);
  return words.length === 0 ? [] : [words.join(', ')];
}

const PRECISION_LABELS: Record<Precision, string> = {
  float16: 'half precision',
  float32: 'single precision (half precision does not work)',
};

/** Why a working provider is not chosen; undefined if it may be. */
export function rejectionReason(probe: Success): string | undefined {
  if (probe.share < MIN_SHARE) return `it leaves ${Math.round(100 * (1 - probe.share))} % of the operators to the CPU`;
  return probe.speed < 1 ? slownessLabel(probe) : undefined;
}

/** The speed of a provider that is faster than the CPU. */
export function speedLabel({ speed }: { speed: number }): string {
  return `${times(speed)} times the speed of the CPU`;
}

/** The speed of a provider that is slower than the CPU. */
function slownessLabel({ speed }: { speed: number }): string {
  const slower = `${times(1 / speed)} times slower than the CPU`;
  return speed < SOFTWARE_SPEED ? `${slower} (probably a software driver)` : slower;
}

/** Two significant digits; the measurement is no more accurate. */
function times(ratio: number): string {
  return String(Number(ratio.toPrecision(2)));
}
