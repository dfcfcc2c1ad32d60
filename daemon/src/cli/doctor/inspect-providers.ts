import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { providersOf } from '../../engine/choose-provider.js';
import { ProviderProber } from '../../engine/provider-probe.js';
import { PROVIDERS } from '../../graph/runtime.js';
import type { CudaFacts, ProviderFacts } from './check-providers.js';

/** Where a driver shows that there is a card, on Linux. */
const NVIDIA_SIGNS = ['/proc/driver/nvidia/version', '/dev/nvidia0', '/usr/lib/wsl/lib/libcuda.so.1'];
const GPU_SIGNS = ['/dev/dri', '/dev/dxg', ...NVIDIA_SIGNS];
/** What the libraries for CUDA are called; onnxruntime-node comes without it. */
const CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so';

/** Tries every provider that this platform can have, one after the other, in a process of its own. */
export async function inspectProviders(prober = new ProviderProber()): Promise<ProviderFacts[]> {
  const { platform, arch } = process;
  const tried = providersOf(platform);
  const facts: ProviderFacts[] = [];
  try {
    for (const provider of PROVIDERS) {
      const probe = tried.includes(provider) ? await prober.probe(provider) : undefined;
      const cuda = provider === 'cuda' && probe?.works === false ? inspectCuda() : undefined;
      facts.push({ provider, platform, arch, probe, cuda, hasGpu: platform !== 'linux' || anyExists(GPU_SIGNS) });
    }
  } finally {
    prober.close();
  }
  return facts;
}

function inspectCuda(): CudaFacts {
  const root = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..');
  const library = join(root, 'bin', 'napi-v6', process.platform, process.arch, CUDA_LIBRARY);
  return {
    hasCard: anyExists(NVIDIA_SIGNS),
    installScript: shortest(join(root, 'script', 'install.js')),
    missing: existsSync(library) ? missingLibraries(library) : [CUDA_LIBRARY],
  };
}

/** Names of the libraries that a library needs and the system does not find. */
function missingLibraries(library: string): string[] {
  const { stdout } = spawnSync('ldd', [library], { encoding: 'utf8' });
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found/gm)].map(([, name = '']) => name);
}

function anyExists(paths: readonly string[]): boolean {
  return paths.some((path) => existsSync(path));
}

/** As seen from here, where that is shorter to copy. */
function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}
