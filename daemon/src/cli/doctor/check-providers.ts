import { rejectionReason, speedLabel } from '../../engine/providers/choose-provider.js';
import type { ProviderProbe } from '../../engine/providers/provider-probe.js';
import type { Provider } from '../../graph/runtime/runtime.js';
import { type CudaFacts, cudaFix, cudaProblem } from './check-cuda.js';
import { type Finding, type Fix, REINSTALL } from './finding.js';

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
  if (why.startsWith('ONNX Runtime has none')) return { state: 'none', says: why };
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
