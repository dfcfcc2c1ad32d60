import { describe, expect, it } from 'vitest';
import { attention } from '../../src/graph/layers/attention.js';
import { type FloatTensor, relativeError, runNetwork } from '../support/run-network.js';

const EMPTY = { path: 'none', folder: '.', tensors: new Map() };

function rows(count: number, channels: number, phase: number): FloatTensor {
  const data = Float32Array.from({ length: count * channels }, (_, i) => 2 * Math.sin(i * 12.9898 + phase));
  return { dims: [count, channels], data };
}

/** softmax(q·kᵀ/√d)·v, by definition. */
function reference(q: FloatTensor, k: FloatTensor, v: FloatTensor, heads: number): Float32Array {
  const [n = 0, c = 0] = q.dims;
  const [m = 0] = k.dims;
  const d = c / heads;
  const out = new Float32Array(n * c);
  const at = (tensor: FloatTensor, row: number, column: number) => tensor.data[row * c + column] ?? 0;
  for (let row = 0; row < n; row++) {
    for (let first = 0; first < c; first += d) {
      const columns = Array.from({ length: d }, (_, i) => first + i);
      const scores = Array.from({ length: m }, (_, key) =>
        Math.exp(columns.reduce((sum, column) => sum + at(q, row, column) * at(k, key, column), 0) / Math.sqrt(d)),
      );
      const total = scores.reduce((sum, score) => sum + score, 0);
      for (const column of columns) {
        out[row * c + column] = scores.reduce((sum, score, key) => sum + (score / total) * at(v, key, column), 0);
      }
    }
  }
  return out;
}

describe('attention', () => {
  it.each([
    { what: 'narrow heads, as in the U-Nets', heads: 4, headChannels: 16, queries: 60, keys: 77 },
    {
      what: 'one wide head, as in the VAE, and queries for several tiles',
      heads: 1,
      headChannels: 320,
      queries: 1100,
      keys: 5,
    },
    { what: 'several wide heads', heads: 2, headChannels: 260, queries: 9, keys: 7 },
  ])('is the softmax-weighted mean of the values: $what', async ({ heads, headChannels, queries, keys }) => {
    const c = heads * headChannels;
    const inputs = { q: rows(queries, c, 0), k: rows(keys, c, 1), v: rows(keys, c, 2) };
    const { out } = await runNetwork(EMPTY, inputs, (b, input) => ({
      out: attention(b, { queries: input('q'), keys: input('k'), values: input('v') }, { heads }),
    }));

    expect(out.dims).toEqual([queries, c]);
    expect(relativeError(out.data, reference(inputs.q, inputs.k, inputs.v, heads))).toBeLessThan(1e-5);
  });
});
