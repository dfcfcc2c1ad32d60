import { type Placement, PROVIDERS, type Provider } from '../../graph/runtime/runtime.js';

/** What people call the providers. */
export const PROVIDER_NAMES: Record<Provider, string> = {
  cuda: 'CUDA',
  dml: 'DirectML',
  webgpu: 'WebGPU',
  coreml: 'Core ML',
  cpu: 'CPU',
};

/** What ONNX Runtime says when a provider cannot be had, and what it means. */
const REASONS: readonly { sign: RegExp; why: string }[] = [
  { sign: /backend not found/, why: `ONNX Runtime has none for ${process.platform} ${process.arch}` },
  { sign: /failed to load (shared )?library/i, why: 'its libraries are not installed' },
  { sign: /no supported adapters|failed to get a webgpu adapter/i, why: 'there is no graphics driver for it' },
  {
    sign: /onnxruntime_binding|ERR_DLOPEN_FAILED/,
    why: `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}`,
  },
];

/** Why a provider does not work, as the end of a sentence that begins with its name and a colon. */
export function failureReason(provider: Provider, thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const known = REASONS.find(({ sign }) => sign.test(message));
  const [line = ''] = message.split('\n');
  return known?.why ?? (line.trim().replace(/\.$/, '') || `${PROVIDER_NAMES[provider]} does not say`);
}

/** Share of the nodes that a provider ran, 0 to 1; 0 where nothing ran. */
export function shareOf(placement: Placement, provider: Provider): number {
  const total = [...placement.values()].reduce((sum, nodes) => sum + nodes, 0);
  return total === 0 ? 0 : (placement.get(provider) ?? 0) / total;
}

/** "100 % GPU (WebGPU)", "93 % GPU (WebGPU), 7 % CPU": who runs how much of the networks, counted in nodes. */
export function placementLabel(placement: Placement): string {
  return PROVIDERS.filter((provider) => placement.has(provider))
    .map((provider) => `${percent(shareOf(placement, provider))} % ${deviceName(provider)}`)
    .join(', ');
}

function deviceName(provider: Provider): string {
  return provider === 'cpu' ? 'CPU' : `GPU (${PROVIDER_NAMES[provider]})`;
}

/** Whole, but neither 0 nor 100 for what is not. */
function percent(share: number): number {
  return share === 1 ? 100 : Math.min(99, Math.max(1, Math.round(100 * share)));
}
