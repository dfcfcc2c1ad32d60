import { beforeEach, describe, expect, it, vi } from 'vitest';

const create = vi.hoisted(() => vi.fn());
vi.mock('onnxruntime-node', () => ({ InferenceSession: { create } }));

const { compile } = await import('../../src/graph/compile.js');
const { load } = await import('../../src/graph/runtime/run.js');
const { CPU_RUNTIME } = await import('../../src/graph/runtime/runtime.js');

const x = { dims: [1] };
const compileAt = () =>
  compile({ path: 'none', folder: '.', tensors: new Map() }, { x }, (b, inputs) => ({
    y: b.node('Neg', [inputs.x], [1]),
  }));

describe('session options', () => {
  beforeEach(() => {
    create.mockReset();
    create.mockResolvedValue({ release: async () => {}, endProfiling: () => {} });
  });

  it.each([
    ['coreml', undefined, { name: 'coreml', coreMlFlags: 0x10 }],
    // the binding rejects unknown options
    ['coreml', 1, { name: 'coreml', coreMlFlags: 0x10 }],
    ['webgpu', undefined, { name: 'webgpu', storageBufferCacheMode: 'simple' }],
    ['webgpu', 1, { name: 'webgpu', storageBufferCacheMode: 'simple' }],
    ['cuda', undefined, { name: 'cuda' }],
    ['cuda', 0, { name: 'cuda', deviceId: 0 }],
    ['dml', 2, { name: 'dml', deviceId: 2 }],
    ['cpu', 2, { name: 'cpu' }],
  ] as const)('of %s, device %s: %j', async (provider, deviceId, options) => {
    const network = await load({ ...CPU_RUNTIME, provider, deviceId }, compileAt);
    await network.release();
    expect(create).toHaveBeenCalledTimes(1);
    expect(create.mock.calls[0]?.[1]).toMatchObject({ enableMemPattern: provider !== 'dml' });
    expect(create.mock.calls[0]?.[1].executionProviders).toEqual([options]);
  });

  it('number CUDA devices as nvidia-smi does', () => {
    expect(process.env.CUDA_DEVICE_ORDER).toBe('PCI_BUS_ID');
  });
});
