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

describe('a session', () => {
  beforeEach(() => {
    create.mockReset();
    create.mockResolvedValue({ release: async () => {}, endProfiling: () => {} });
  });

  it.each([
    ['dml', 1, { name: 'dml', deviceId: 1 }],
    ['cuda', 2, { name: 'cuda', deviceId: 2 }],
    ['cuda', undefined, { name: 'cuda' }],
    ['webgpu', undefined, { name: 'webgpu', storageBufferCacheMode: 'simple' }],
    ['coreml', undefined, { name: 'coreml', coreMlFlags: 0x10 }],
  ] as const)('is made on %s with device %s', async (provider, deviceId, options) => {
    const network = await load({ ...CPU_RUNTIME, provider, deviceId }, compileAt);
    await network.release();
    expect(create).toHaveBeenCalledTimes(1);
    expect(create.mock.calls[0]?.[1]).toMatchObject({
      executionProviders: [options],
      enableMemPattern: provider !== 'dml',
    });
  });

  it('has the devices of CUDA counted as nvidia-smi does', () => {
    expect(process.env.CUDA_DEVICE_ORDER).toBe('PCI_BUS_ID');
  });
});
