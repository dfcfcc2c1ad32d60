import { describe, expect, it } from 'vitest';
import { NETWORK_CASES, runCase } from '../support/network-cases.js';

// The CPU computes each node in float32 and rounds in between. A GPU computes less precisely, but the casts of the graph and
// its overflows are the same.
describe('in half precision, features equal the original within 1 %:', () => {
  it.each(Object.entries(NETWORK_CASES))('%s', async (_name, open) => {
    const { error } = await runCase(await open(), 'cpu', { provider: 'webgpu', precision: 'float16' });
    expect(error).toBeLessThan(1e-2);
  });
});
