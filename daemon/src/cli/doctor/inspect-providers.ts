import { existsSync } from 'node:fs';
import { stateDir } from '../../app-folders.js';
import { candidatesOf, providersOf } from '../../engine/providers/choose-provider.js';
import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import { CachedProber, localProbeKey, ProbeCache } from '../../engine/providers/probe-cache.js';
import { PROVIDERS } from '../../graph/runtime/runtime.js';
import type { ProviderFacts } from './check-providers.js';
import { inspectCuda } from './inspect-cuda.js';

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
