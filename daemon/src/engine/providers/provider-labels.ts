import { type Placement, PROVIDERS, type Provider } from '../../graph/runtime/runtime.js';

/** Display names of the providers. */
export const PROVIDER_NAMES: Record<Provider, string> = {
  cuda: 'CUDA',
  dml: 'DirectML',
  webgpu: 'WebGPU',
  coreml: 'Core ML',
  cpu: 'CPU',
};

/** How the reason begins if ONNX Runtime has no such provider on this platform. */
export const UNSUPPORTED = 'ONNX Runtime does not support it on';

/** Error messages of ONNX Runtime and what they mean. */
const REASONS: readonly { pattern: RegExp; why: string }[] = [
  { pattern: /backend not found/, why: `${UNSUPPORTED} ${process.platform} ${process.arch}` },
  { pattern: /failed to load (shared )?library/i, why: 'its libraries are not installed' },
  { pattern: /no supported adapters|failed to get a webgpu adapter/i, why: 'no graphics driver supports it' },
  {
    pattern: /onnxruntime_binding|ERR_DLOPEN_FAILED/,
    why: `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}`,
  },
];

/** Why a provider does not work, to follow its name and a colon. */
export function failureReason(provider: Provider, thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const known = REASONS.find(({ pattern }) => pattern.test(message));
  const [line = ''] = message.split('\n');
  return known?.why ?? (line.trim().replace(/\.$/, '') || `${PROVIDER_NAMES[provider]} gave no reason`);
}

/** Fraction of the nodes that a provider ran, 0 to 1; 0 if nothing ran. */
export function shareOf(placement: Placement, provider: Provider): number {
  const total = [...placement.values()].reduce((sum, nodes) => sum + nodes, 0);
  return total === 0 ? 0 : (placement.get(provider) ?? 0) / total;
}

/** "100 % GPU (WebGPU)", "93 % GPU (WebGPU), 7 % CPU": each provider's share of the nodes. */
export function placementLabel(placement: Placement): string {
  return PROVIDERS.filter((provider) => placement.has(provider))
    .map((provider) => `${percent(shareOf(placement, provider))} % ${deviceName(provider)}`)
    .join(', ');
}

function deviceName(provider: Provider): string {
  return provider === 'cpu' ? 'CPU' : `GPU (${PROVIDER_NAMES[provider]})`;
}

/** A whole percentage; 0 and 100 are reserved for exact values. */
function percent(share: number): number {
  return share === 1 ? 100 : Math.min(99, Math.max(1, Math.round(100 * share)));
}
