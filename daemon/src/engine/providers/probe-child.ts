// Entry of the process that probes providers, one per message. Its argument is a folder to write to. See ProviderProber.
import { measureProvider, type Trials, WrongResults } from './measure-provider.js';
import { failureReason } from './provider-labels.js';
import type { FromProbe, ProviderCandidate, ProviderProbe, ToProbe } from './provider-probe.js';

const [folder = '.'] = process.argv.slice(2);
let trials: Trials | undefined;

process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', ({ candidate }: ToProbe) => {
  void probe(candidate).then((found) => process.send?.({ probe: found } satisfies FromProbe));
});

async function probe(candidate: ProviderCandidate): Promise<ProviderProbe> {
  try {
    // imported here, since ONNX Runtime may fail to load
    trials ??= (await import('./provider-trials.js')).providerTrials(folder);
    return await measureProvider(candidate, trials);
  } catch (thrown) {
    return {
      ...candidate,
      works: false,
      why: failureReason(candidate.provider, thrown),
      lasts: thrown instanceof WrongResults,
    };
  }
}
