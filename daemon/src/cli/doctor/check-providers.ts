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
  /** Undefined where the platform has no such provider. */
  probe: ProviderProbe | undefined;
  /** What CUDA needs; undefined for the others. */
  cuda: CudaFacts | undefined;
  /** Whether there is a graphics card, as far as the system tells. */
  hasGpu: boolean;
  /** When it was tried before, in milliseconds since 1970, if that counts still. */
  lastTrial?: number | undefined;
}

/** Everything runs on the CPU as well: no provider but that one has to work. */
export function checkProvider(facts: ProviderFacts): Finding {
  const { provider, probe } = facts;
  const check = probe?.deviceId ? `provider ${provider} ${probe.deviceId}` : `provider ${provider}`;
  if (probe === undefined) return { check, state: 'none', ...absence(facts) };
  if (!probe.works) return { check, ...failure(facts, probe.why) };
  if (provider === 'cpu') return { check, state: 'ok', says: 'works' };
  const objection = rejectionReason(probe);
  if (objection !== undefined) {
    return { check, state: 'none', says: `works, but ${objection}; not used unless --provider asks for it` };
  }
  const share = `${Math.round(100 * probe.share)} % of the network on it`;
  const error = `relative error ${probe.relativeError.toExponential(1)} in ${probe.precision}`;
  return { check, state: 'ok', says: [`works at ${speedLabel(probe)}`, share, error, ...trialWords(facts)].join(', ') };
}

function trialWords({ lastTrial }: ProviderFacts): string[] {
  return lastTrial === undefined ? [] : [`tried before on ${new Date(lastTrial).toISOString().slice(0, 10)}`];
}

/** Why a platform has no such provider, and what uses a card of NVIDIA instead. */
function absence({ platform, arch, cuda }: ProviderFacts): Pick<Finding, 'says' | 'fix'> {
  if (!cuda?.hasCard) return { says: `not for ${platform} ${arch}` };
  const says = cudaProblem(cuda, '');
  if (platform !== 'win32') return { says };
  const sentence = 'DirectML needs the driver of the card and nothing else. This asks for it, however fast it is:';
  return { says, fix: { sentence, command: 'npx samepoint start --provider dml' } };
}

function failure({ provider, platform, arch, cuda, hasGpu }: ProviderFacts, why: string): Omit<Finding, 'check'> {
  if (provider === 'cpu') return { state: 'failed', says: why, fix: REINSTALL };
  if (why.startsWith(UNSUPPORTED)) return { state: 'none', says: why };
  if (cuda !== undefined) return cudaFailure(cuda, why);
  if (!hasGpu) return { state: 'none', says: `${why}; no graphics card was found` };
  return { state: 'warning', says: why, fix: driverFix(platform, arch) };
}

function cudaFailure(cuda: CudaFacts, why: string): Omit<Finding, 'check'> {
  const says = cudaProblem(cuda, why);
  if (!cuda.hasCard) return { state: 'none', says };
  return { state: 'warning', says, fix: cudaFix(cuda) ?? { sentence: 'Update the driver of the graphics card.' } };
}

/** What to do where a graphics card has no driver that works. */
export function driverFix(platform: string, arch: string): Fix {
  if (platform === 'linux' && arch === 'x64') {
    return {
      sentence:
        'Install the Vulkan driver of the graphics card. That of NVIDIA has its own; for AMD and Intel on Debian and Ubuntu:',
      command: 'sudo apt-get install libvulkan1 mesa-vulkan-drivers',
    };
  }
  return { sentence: 'Update the driver of the graphics card, or the system.' };
}

/** Where Linux shows graphics devices, also to a container that sees no bus. */
const GPU_SIGNS = ['/dev/dri', '/dev/dxg', '/dev/nvidia0'];

/**
 * Tries every provider that this platform can have anew, on every device, one after the other in a process of its own. What
 * is found replaces what `start` would use, if there is a folder of the state.
 */
export async function inspectProviders(devices: readonly GpuDevice[]): Promise<ProviderFacts[]> {
  const { platform, arch } = process;
  const tried = providersOf(platform);
  const folder = stateDir();
  const kept = new ProbeCache(folder);
  const store = existsSync(folder) ? kept : { get: () => undefined, put: () => {} };
  const prober = new CachedProber({ devices, anew: true, store });
  const hasGpu = platform !== 'linux' || devices.length > 0 || GPU_SIGNS.some((path) => existsSync(path));
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
  /** What the networks run on. */
  chosen: string;
  cuda: CudaFacts;
  devices: readonly GpuDevice[];
  /** Whether Vulkan, which WebGPU uses on Linux, has any driver. */
  hasVulkanDriver: boolean;
}

/** One line on a faster provider that is a command away, if there is one; never of CUDA without a card of NVIDIA. */
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
  return `${provider} would use the graphics card: ${command} (samepoint doctor says more)`;
}

/** {@link fasterProvider} on this computer. */
export async function fasterProviderHere(chosen: string): Promise<string | undefined> {
  const devices = await listGpuDevices();
  return fasterProvider({ chosen, devices, cuda: inspectCuda(devices), hasVulkanDriver: vulkanDrivers().length > 0 });
}
