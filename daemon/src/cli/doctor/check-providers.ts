import { objectionTo, speedWords } from '../../engine/choose-provider.js';
import type { ProviderProbe } from '../../engine/provider-probe.js';
import type { Provider } from '../../graph/runtime.js';
import { type Finding, type Fix, REINSTALL } from './finding.js';

export interface CudaFacts {
  /** Whether there is a card of NVIDIA with its driver. */
  hasCard: boolean;
  /** Path of onnxruntime-node's script that gets its libraries for CUDA. */
  installScript: string;
  /** File names of libraries that are not found. */
  missing: readonly string[];
}

export interface ProviderFacts {
  provider: Provider;
  platform: string;
  arch: string;
  /** Undefined where the platform has no such provider. */
  probe: ProviderProbe | undefined;
  /** Why CUDA does not work; undefined where it does, and for the others. */
  cuda: CudaFacts | undefined;
  /** Whether there is a graphics card, as far as the system tells. */
  hasGpu: boolean;
}

/** Everything runs on the CPU as well: no provider but that one has to work. */
export function checkProvider(facts: ProviderFacts): Finding {
  const { provider, platform, arch, probe } = facts;
  const check = `provider ${provider}`;
  if (probe === undefined) return { check, state: 'none', says: `not for ${platform} ${arch}` };
  if (!probe.works) return { check, ...failure(facts, probe.why) };
  if (provider === 'cpu') return { check, state: 'ok', says: 'works' };
  const objection = objectionTo(probe);
  if (objection !== undefined) {
    return { check, state: 'none', says: `works, but ${objection}; not used unless --provider asks for it` };
  }
  const share = `${Math.round(100 * probe.share)} % of the network on it`;
  return { check, state: 'ok', says: `works at ${speedWords(probe)}, ${share}` };
}

function failure({ provider, platform, arch, cuda, hasGpu }: ProviderFacts, why: string): Omit<Finding, 'check'> {
  if (provider === 'cpu') return { state: 'failed', says: why, fix: REINSTALL };
  if (why.startsWith('ONNX Runtime has none')) return { state: 'none', says: why };
  if (cuda !== undefined) return cudaFailure(cuda, why);
  if (!hasGpu) return { state: 'none', says: `${why}; no graphics card was found` };
  return { state: 'warning', says: why, fix: driverFix(platform, arch) };
}

function cudaFailure({ hasCard, installScript, missing }: CudaFacts, why: string): Omit<Finding, 'check'> {
  if (!hasCard) return { state: 'none', says: 'no graphics card of NVIDIA was found' };
  if (missing.length === 0) {
    return { state: 'warning', says: why, fix: { sentence: 'Update the driver of the graphics card.' } };
  }
  const says = `${why}: missing ${missing.join(', ')}`;
  const isOnnxRuntime = missing.some((name) => name.includes('onnxruntime'));
  return {
    state: 'warning',
    says,
    fix: isOnnxRuntime
      ? {
          sentence: 'It also needs CUDA 12 and cuDNN 9. This downloads the libraries of ONNX Runtime for it:',
          command: `node ${installScript} --onnxruntime-node-install`,
        }
      : { sentence: 'Install CUDA 12 and cuDNN 9: https://developer.nvidia.com/cudnn.' },
  };
}

function driverFix(platform: string, arch: string): Fix {
  if (platform === 'linux' && arch === 'x64') {
    return {
      sentence:
        'Install the Vulkan driver of the graphics card. That of NVIDIA has its own; for AMD and Intel on Debian and Ubuntu:',
      command: 'sudo apt-get install libvulkan1 mesa-vulkan-drivers',
    };
  }
  return { sentence: 'Update the driver of the graphics card, or the system.' };
}
