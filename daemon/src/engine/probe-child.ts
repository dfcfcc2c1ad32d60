// Entry of the process that tries providers, one for each message. See ProviderProber.
import type { Provider } from '../graph/runtime.js';
import type { FromProbe, ProviderProbe } from './provider-probe.js';
import { whyItFailed } from './provider-words.js';

process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (provider: Provider) => {
  void probe(provider).then((found) => process.send?.({ probe: found } satisfies FromProbe));
});

async function probe(provider: Provider): Promise<ProviderProbe> {
  try {
    // here, since ONNX Runtime itself may not load
    const { measureProvider } = await import('./measure-provider.js');
    return await measureProvider(provider);
  } catch (thrown) {
    return { provider, works: false, why: whyItFailed(provider, thrown) };
  }
}
