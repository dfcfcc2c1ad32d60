import { type Placement, PROVIDERS, type Provider } from '../../graph/runtime/runtime.js';
import { PROVIDER_NAMES } from './provider-words.js';

/** Share of the nodes that a provider ran, 0 to 1; 0 where nothing ran. */
export function shareOf(placement: Placement, provider: Provider): number {
  const total = [...placement.values()].reduce((sum, nodes) => sum + nodes, 0);
  return total === 0 ? 0 : (placement.get(provider) ?? 0) / total;
}

/** "100 % GPU (WebGPU)", "93 % GPU (WebGPU), 7 % CPU": who runs how much of the networks, counted in nodes. */
export function placementWords(placement: Placement): string {
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
