import { describe, expect, it } from 'vitest';
import { NETWORK_CASES, runCase } from '../support/network-cases.js';

// The CPU computes every node of such a graph in float32 and rounds in between: the arithmetic of a GPU is coarser, but
// where the graph casts, and what it would overflow, is the same.
describe('in half precision, features equal the original within 1 %:', () => {
  it.each(Object.entries(NETWORK_CASES))('%s', async (_name, open) => {
    const { error } = await runCase(await open(), 'cpu', { provider: 'webgpu', precision: 'float16' });
    expect(error).toBeLessThan(1e-2);
  });
});
