import { describe, expect, it } from 'vitest';
import { measureProvider, TOLERANCE } from '../../src/engine/providers/measure-provider.js';
import { providerTrials } from '../../src/engine/providers/provider-trials.js';
import { useTempFolder } from '../support/temp-folder.js';

const TIMEOUT_MS = 300_000;
const folder = useTempFolder();

describe('networks of working size', () => {
  it(
    'are well within the tolerance if every node is rounded to half precision',
    async () => {
      const real = providerTrials(folder.path('.'));
      const onCpu = { provider: 'cpu', precision: 'float16' } as const;
      // the CPU in place of a GPU computes each node of a float16 graph in float32, with rounding in between
      const found = await measureProvider(
        { provider: 'webgpu' },
        {
          small: async (target) => {
            if (target.provider === 'cpu') return real.small(target);
            const placement = new Map([['webgpu', 1]] as const);
            return { features: (await providerTrials(folder.path('.')).small(onCpu)).features, placement };
          },
          productMs: real.productMs.bind(undefined, { provider: 'cpu', precision: 'float32' }),
          workingSize: (target) =>
            target.provider === 'cpu' ? real.workingSize(target) : providerTrials(folder.path('.')).workingSize(onCpu),
        },
      );
      expect(found).toMatchObject({ precision: 'float16', atWorkingSize: true });
      expect(found.relativeError).toBeGreaterThan(0);
      expect(found.relativeError).toBeLessThan(TOLERANCE.float16 / 2);
    },
    TIMEOUT_MS,
  );
});
