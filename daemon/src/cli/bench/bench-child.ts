// Entry of a child process that runs one case several times and reports each run. See measureCase.
import type { Placement, Provider } from '../../graph/runtime/runtime.js';
import { peakMemoryBytes } from '../host-info.js';
import { benchCases } from './bench-cases.js';
import type { FromBench, ToBench } from './measure-case.js';

const RUNS = 3;

process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToBench) => void run(message));

async function run({ index, target, folder }: ToBench): Promise<void> {
  try {
    const nodes = new Map<Provider, number>();
    const onPlacement = (placement: Placement) => {
      for (const [provider, count] of placement) nodes.set(provider, (nodes.get(provider) ?? 0) + count);
    };
    const once = benchCases()[index]?.prepare({ ...target, notify: () => {}, onPlacement }, folder);
    for (let done = 0; done < RUNS; done++) {
      const begin = performance.now();
      await once?.();
      const seconds = (performance.now() - begin) / 1000;
      send({ type: 'run', seconds, peakBytes: peakMemoryBytes(), placement: [...nodes] });
    }
    send({ type: 'done' });
  } catch (thrown) {
    send({ type: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

function send(message: FromBench): void {
  process.send?.(message);
}
