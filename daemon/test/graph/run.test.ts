import { describe, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { asOutOfMemory, load } from '../../src/graph/runtime/run.js';
import type { GraphTarget } from '../../src/graph/runtime/runtime.js';

const X = { dims: [2], data: Float32Array.of(3, -4) };
const NO_WEIGHTS = { path: '', folder: '.', tensors: new Map() };

/** x·factor, through half precision if requested. */
function scaled(factor: number) {
  const precisions: string[] = [];
  const compileAt = (target: GraphTarget) => {
    precisions.push(target.precision);
    return compile(
      NO_WEIGHTS,
      { x: X },
      (b, { x }) => ({
        y: b.inFloat32([x], (wide) => b.node('Mul', [wide, b.constant([1], Float32Array.of(factor))], [2])),
      }),
      target,
    );
  };
  return { precisions, compileAt };
}

/** On the CPU, where half precision has the same results, but is not faster. */
function runtimeAt(precision: 'float16' | 'float32') {
  const notices: string[] = [];
  return { provider: 'cpu' as const, precision, notices, notify: (sentence: string) => void notices.push(sentence) };
}

describe('a network in half precision', () => {
  it('takes and gives float32', async () => {
    const { precisions, compileAt } = scaled(0.1);
    const network = await load(runtimeAt('float16'), compileAt);
    const { data } = await network.run({ x: X }, 'y');
    await network.release();
    expect(data).toBeInstanceOf(Float32Array);
    // rounded to 11 bits, which proves half precision
    expect(data[0]).not.toBe(Math.fround(3 * Math.fround(0.1)));
    expect(data[0]).toBeCloseTo(0.3, 3);
    expect(precisions).toEqual(['float16']);
  });

  it('is reloaded even if only a later image overflows', async () => {
    const runtime = runtimeAt('float16');
    const { precisions, compileAt } = scaled(1e4);
    const network = await load(runtime, compileAt);
    const small = { dims: [2], data: Float32Array.of(1, -2) };
    const large = { dims: [2], data: Float32Array.of(30, -40) };
    const results = [await network.run({ x: small }, 'y'), await network.run({ x: large }, 'y')];
    await network.release();
    expect(results.map(({ data }) => [...data])).toEqual([
      [1e4, -2e4],
      [3e5, -4e5],
    ]);
    expect(precisions).toEqual(['float16', 'float32']);
  });

  it('retries a failed reload in single precision', async () => {
    const { compileAt } = scaled(1e5);
    let refusals = 0;
    const network = await load(runtimeAt('float16'), (target) => {
      if (target.precision === 'float32' && refusals++ === 0) throw new Error('no memory');
      return compileAt(target);
    });
    await expect(network.run({ x: X }, 'y')).rejects.toThrow('no memory');
    expect([...(await network.run({ x: X }, 'y')).data]).toEqual([3e5, -4e5]);
    await network.release();
  });

  it('is reloaded once in single precision after an overflow, with a notice', async () => {
    const runtime = runtimeAt('float16');
    const { precisions, compileAt } = scaled(1e5);
    const network = await load(runtime, compileAt);
    const results = [await network.run({ x: X }, 'y'), await network.run({ x: X }, 'y')];
    await network.release();
    for (const { data } of results) expect([...data]).toEqual([3e5, -4e5]);
    expect(precisions).toEqual(['float16', 'float32']);
    expect(runtime.notices).toEqual([expect.stringContaining('using float32')]);
  });
});

describe('a network in single precision', () => {
  it('is not reloaded after a result that is not finite', async () => {
    const runtime = runtimeAt('float32');
    const { precisions, compileAt } = scaled(Number.POSITIVE_INFINITY);
    const network = await load(runtime, compileAt);
    await network.run({ x: X }, 'y');
    await network.release();
    expect([precisions, runtime.notices]).toEqual([['float32'], []]);
  });
});

describe('asOutOfMemory', () => {
  it.each([
    ['CUDA', 'CUDA failure 2: out of memory ; GPU=0 ; hostname=h ; file=cuda_allocator.cc'],
    ['cuBLAS', 'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0'],
    ['an arena', 'Failed to allocate memory for requested buffer of size 1703936000'],
    [
      'DirectML',
      'DmlCommandRecorder.cpp(371) Exception(2) 8007000E Not enough memory resources are available to complete this operation.',
    ],
    ['Vulkan', 'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY'],
    ['the limits of WebGPU', 'Buffer size (3355443200) exceeds the max buffer size limit (2147483648).'],
    ['the C++ library', 'std::bad_alloc'],
  ])('recognises the message of %s', (_who, message) => {
    expect(asOutOfMemory(new Error(message))).toMatchObject({ code: 'GPU_OUT_OF_MEMORY' });
  });

  it('returns other errors unchanged', () => {
    const other = new Error('Non-zero status code returned while running Conv node.');
    expect(asOutOfMemory(other)).toBe(other);
  });
});
