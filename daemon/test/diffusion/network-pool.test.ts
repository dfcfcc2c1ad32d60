import { totalmem } from 'node:os';
import { SamepointError } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { budgetOf, NetworkPool } from '../../src/diffusion/networks/network-pool.js';
import { compile } from '../../src/graph/compile.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';

const BYTES = 100;
const x = { dims: [1], data: Float32Array.of(3) };

/** A network of 25 weights that counts how often it was loaded. */
function network(name: string, weights = name) {
  const key = { weights, graph: name };
  let loads = 0;
  const compileAt = () => {
    loads++;
    const checkpoint = { path: name, folder: '.', tensors: new Map() };
    return compile(checkpoint, { x }, (b, inputs) => ({ y: b.node('Neg', [inputs.x], [1]) }));
  };
  return { entry: { key, weights: BYTES / 4, compileAt }, loads: () => loads };
}

describe('loaded networks', () => {
  it('stay while they fit; the least recently used is released first', async () => {
    const pool = new NetworkPool(CPU_RUNTIME, 2 * BYTES);
    const [a, b, c] = [network('a'), network('b'), network('c')];
    for (const { entry } of [a, b, a, c, a, b])
      expect((await pool.run(entry, { x })).y?.data).toEqual(Float32Array.of(-3));
    expect([a.loads(), b.loads(), c.loads()]).toEqual([1, 2, 1]);
  });

  it('are at most twelve, however small', async () => {
    const pool = new NetworkPool(CPU_RUNTIME, 100 * BYTES);
    const networks = Array.from({ length: 13 }, (_, n) => network(`network ${n}`));
    const [first] = networks;
    if (first === undefined) throw new Error('there are thirteen networks');
    for (const { entry } of networks.slice(0, 12)) await pool.run(entry, { x });
    await pool.run(first.entry, { x });
    expect(first.loads()).toBe(1);
    for (const { entry } of [...networks.slice(1), first]) await pool.run(entry, { x });
    expect(networks.map(({ loads }) => loads())).toEqual(networks.map((_, n) => (n === 0 ? 2 : 1)));
    await pool.release();
  });

  it('may exceed the budget if alone', async () => {
    const pool = new NetworkPool(CPU_RUNTIME, BYTES / 2);
    const [a, b] = [network('a'), network('b')];
    for (const { entry } of [a, a, b, a]) await pool.run(entry, { x });
    expect([a.loads(), b.loads()]).toEqual([2, 1]);
  });

  it('of the same weights at another size are released first', async () => {
    const pool = new NetworkPool(CPU_RUNTIME, 2 * BYTES);
    const [vae, large, small] = [network('vae'), network('unet 768', 'unet'), network('unet 512', 'unet')];
    for (const { entry } of [vae, large, small, vae, large]) await pool.run(entry, { x });
    expect([vae.loads(), large.loads(), small.loads()]).toEqual([1, 2, 1]);
  });

  it('may fill a share of device memory, or of system memory if unknown', () => {
    const GIB = 2 ** 30;
    expect(budgetOf({ memoryBytes: 10 * GIB })).toBe(4 * GIB);
    expect(budgetOf({})).toBe(0.4 * totalmem());
  });

  it('need half the memory in half precision', async () => {
    const pool = new NetworkPool({ ...CPU_RUNTIME, precision: 'float16', memoryBytes: (2 * BYTES) / 2 / 0.4 });
    const [a, b] = [network('a'), network('b')];
    for (const { entry } of [a, b, a, b]) await pool.run(entry, { x });
    expect([a.loads(), b.loads()]).toEqual([1, 1]);
  });

  it('run one at a time, and reload after release', async () => {
    const pool = new NetworkPool(CPU_RUNTIME);
    const a = network('a');
    await Promise.all([pool.run(a.entry, { x }), pool.run(a.entry, { x }), pool.release(), pool.run(a.entry, { x })]);
    expect(a.loads()).toBe(2);
  });

  it('are all released when the device runs out of memory, before one retry', async () => {
    const pool = new NetworkPool(CPU_RUNTIME);
    const [a, b] = [network('a'), network('b')];
    let refusals = 0;
    const full = (times: number) => () => {
      if (refusals++ < times) throw new SamepointError('GPU_OUT_OF_MEMORY', 'Too little memory.', 'Take less.');
      return b.entry.compileAt();
    };
    await pool.run(a.entry, { x });
    expect((await pool.run({ ...b.entry, compileAt: full(1) }, { x })).y?.data).toEqual(Float32Array.of(-3));
    await pool.run(a.entry, { x });
    expect([a.loads(), refusals]).toEqual([2, 2]);
    // alone there is nothing that could go
    await pool.release();
    refusals = 0;
    const alone = pool.run({ ...b.entry, compileAt: full(9) }, { x });
    await expect(alone).rejects.toMatchObject({ code: 'GPU_OUT_OF_MEMORY' });
    expect(refusals).toBe(1);
  });

  it('retry after a failed load', async () => {
    const pool = new NetworkPool(CPU_RUNTIME);
    const a = network('a');
    const failing = () => {
      throw new Error('no');
    };
    await expect(pool.run({ ...a.entry, compileAt: failing }, { x })).rejects.toThrow('no');
    expect((await pool.run(a.entry, { x })).y?.data).toEqual(Float32Array.of(-3));
  });
});
