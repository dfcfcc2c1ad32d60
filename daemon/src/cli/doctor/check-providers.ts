import { existsSync } from 'node:fs';
import { stateDir } from '../../app-folders.js';
import { candidatesOf, providersOf, rejectionReason, speedLabel } from '../../engine/providers/choose-provider.js';
import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import { listGpuDevices, vulkanDrivers } from '../../engine/providers/list-gpu-devices.js';
import { CachedProber, localProbeKey, ProbeCache } from '../../engine/providers/probe-cache.js';
import { UNSUPPORTED } from '../../engine/providers/provider-labels.js';
import type { ProviderProbe } from '../../engine/providers/provider-probe.js';
import { PROVIDERS, type Provider } from '../../graph/runtime/runtime.js';
import { type CudaFacts, cudaFix, cudaProblem, inspectCuda } from './check-cuda.js';
import { type Finding, type Fix, REINSTALL } from './findings.js';

export interface ProviderFacts {
  provider: Provider;
  platform: string;
  arch: string;
  /** Undefined if the platform does not have the provider. */
  probe: ProviderProbe | undefined;
  /** Requirements of CUDA; undefined for other providers. */
  cuda: CudaFacts | undefined;
  /** Whether a graphics card was found. */
  hasGpu: boolean;
  /** Time of an earlier, still valid trial, in milliseconds since 1970. */
  lastTrial?: number | undefined;
}

/** Only the CPU provider has to work; every other one is optional. */
export function checkProvider(facts: ProviderFacts): Finding {
  const { provider, probe } = facts;
  const check = probe?.deviceId ? `provider ${provider} ${probe.deviceId}` : `provider ${provider}`;
  if (probe === undefined) return { check, state: 'none', ...absence(facts) };
  if (!probe.works) return { check, ...failure(facts, probe.why) };
  if (provider === 'cpu') return { check, state: 'ok', message: 'works' };
  const objection = rejectionReason(probe);
  if (objection !== undefined) {
    return { check, state: 'none', message: `works, but ${objection}; only used with --provider` };
  }
  const share = `${Math.round(100 * probe.share)} % of the network`;
  const error = `relative error ${probe.relativeError.toExponential(1)} in ${probe.precision}`;
  return {
    check,
    state: 'ok',
    message: [`works at ${speedLabel(probe)}`, share, error, ...trialWords(facts)].join(', '),
  };
}

function trialWords({ lastTrial }: ProviderFacts): string[] {
  return lastTrial === undefined ? [] : [`first tested on ${new Date(lastTrial).toISOString().slice(0, 10)}`];
}

/** Why the platform does not have the provider, and the alternative for NVIDIA cards. */
function absence({ platform, arch, cuda }: ProviderFacts): Pick<Finding, 'message' | 'fix'> {
  if (!cuda?.hasCard) return { message: `not available on ${platform} ${arch}` };
  const message = cudaProblem(cuda, '');
  if (platform !== 'win32') return { message };
  const sentence = 'DirectML only needs the driver of the card. To use it regardless of its speed:';
  return { message, fix: { sentence, command: 'npx samepoint start --provider dml' } };
}

function failure({ provider, platform, arch, cuda, hasGpu }: ProviderFacts, why: string): Omit<Finding, 'check'> {
  if (provider === 'cpu') return { state: 'failed', message: why, fix: REINSTALL };
  if (why.startsWith(UNSUPPORTED)) return { state: 'none', message: why };
  if (cuda !== undefined) return cudaFailure(cuda, why);
  if (!hasGpu) return { state: 'none', message: `${why}; no graphics card found` };
  return { state: 'warning', message: why, fix: driverFix(platform, arch) };
}

function cudaFailure(cuda: CudaFacts, why: string): Omit<Finding, 'check'> {
  const message = cudaProblem(cuda, why);
  if (!cuda.hasCard) return { state: 'none', message };
  return { state: 'warning', message, fix: cudaFix(cuda) ?? { sentence: 'Update the graphics driver.' } };
}

/** Fix for a graphics card without a working driver. */
export function driverFix(platform: string, arch: string): Fix {
  if (platform === 'linux' && arch === 'x64') {
    return {
      sentence: 'Install a Vulkan driver. The NVIDIA driver includes one; for AMD and Intel on Debian and Ubuntu:',
      command: 'sudo apt-get install libvulkan1 mesa-vulkan-drivers',
    };
  }
  return { sentence: 'Update the graphics driver or the operating system.' };
}

/** Device files of graphics cards on Linux, which containers see even without a PCI bus. */
const GPU_DEVICE_FILES = ['/dev/dri', '/dev/dxg', '/dev/nvidia0'];

/**
 * Tests every provider of this platform on every device, one at a time, in a child process. Updates the results that
 * `start` uses, if the state folder exists.
 */
export async function inspectProviders(devices: readonly GpuDevice[]): Promise<ProviderFacts[]> {
  const { platform, arch } = process;
  const tried = providersOf(platform);
  const folder = stateDir();
  const cache = new ProbeCache(folder);
  const store = existsSync(folder) ? cache : { get: () => undefined, put: () => {} };
  const prober = new CachedProber({ devices, anew: true, store });
  const hasGpu = platform !== 'linux' || devices.length > 0 || GPU_DEVICE_FILES.some((path) => existsSync(path));
  const facts: ProviderFacts[] = [];
  try {
    for (const provider of PROVIDERS) {
      const candidates = tried.includes(provider) ? candidatesOf(platform, devices, { provider }) : [];
      const cuda = provider === 'cuda' ? inspectCuda(devices) : undefined;
      const common = { provider, platform, arch, cuda, hasGpu };
      if (candidates.length === 0) facts.push({ ...common, probe: undefined });
      for (const candidate of candidates) {
        const lastTrial = store.get(localProbeKey(candidate, devices))?.at;
        facts.push({ ...common, probe: await prober.probe(candidate), lastTrial });
      }
    }
  } finally {
    prober.close();
  }
  return facts;
}

export interface FasterFacts {
  /** Current provider. */
  chosen: string;
  cuda: CudaFacts;
  devices: readonly GpuDevice[];
  /** Whether there is a Vulkan driver, which WebGPU requires on Linux. */
  hasVulkanDriver: boolean;
}

/** One line about a faster provider that one command installs, if there is one. */
export function fasterProvider({ chosen, cuda, devices, hasVulkanDriver }: FasterFacts): string | undefined {
  if (chosen === 'cuda') return undefined;
  const forCuda = cudaFix(cuda);
  if (forCuda?.command !== undefined) return advice('CUDA', forCuda.command);
  const { platform, arch } = cuda;
  const lacksVulkan = chosen === 'cpu' && platform === 'linux' && devices.length > 0 && !hasVulkanDriver;
  const command = lacksVulkan ? driverFix(platform, arch).command : undefined;
  return command === undefined ? undefined : advice('WebGPU', command);
}

function advice(provider: string, command: string): string {
  return `${provider} would use the graphics card: ${command} (details: samepoint doctor)`;
}

/** {@link fasterProvider} for this computer. */
export async function fasterProviderHere(chosen: string): Promise<string | undefined> {
  const devices = await listGpuDevices();
  return fasterProvider({ chosen, devices, cuda: inspectCuda(devices), hasVulkanDriver: vulkanDrivers().length > 0 });
}
