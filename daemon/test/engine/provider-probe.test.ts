import { afterAll, describe, expect, it } from 'vitest';
// the built prober, which forks the built process beside it
import { ProviderProber } from '../../dist/engine/providers/provider-probe.js';
import { failureReason } from '../../src/engine/providers/provider-labels.js';
import { PROVIDERS } from '../../src/graph/runtime/runtime.js';

const prober = new ProviderProber();
afterAll(() => prober.close());

describe('probing a provider', () => {
  it('finds the CPU correct, relative to itself', async () => {
    expect(await prober.probe({ provider: 'cpu' })).toEqual({
      provider: 'cpu',
      works: true,
      precision: 'float32',
      relativeError: 0,
      share: 1,
      speed: 1,
      atWorkingSize: true,
    });
  });

  it('reports why one is unavailable, and continues with the next', async () => {
    // no platform has both in ONNX Runtime
    const probes = [await prober.probe({ provider: 'dml' }), await prober.probe({ provider: 'coreml' })];
    expect(probes).toContainEqual(
      expect.objectContaining({
        works: false,
        why: `ONNX Runtime does not support it on ${process.platform} ${process.arch}`,
      }),
    );
    expect(await prober.probe({ provider: 'cpu' })).toMatchObject({ works: true });
  });

  it('times out', async () => {
    const impatient = new ProviderProber(0);
    expect(await impatient.probe({ provider: 'cpu' })).toEqual({
      provider: 'cpu',
      works: false,
      why: 'no answer within 0 s',
      lasts: true,
    });
  });
});

describe('the reason why a provider does not work is a short sentence:', () => {
  it.each([
    ['OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library', 'its libraries are not installed'],
    ['webgpu_context.cc:136 … Failed to get a WebGPU adapter: No supported adapters', 'no graphics driver supports it'],
    [
      "Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'",
      `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}`,
    ],
    ['Something else.\n   at a place', 'Something else'],
    ['', 'WebGPU gave no reason'],
  ])('%j', (message, why) => {
    expect(failureReason('webgpu', new Error(message))).toBe(why);
  });

  it('of one line', () => {
    for (const provider of PROVIDERS) expect(failureReason(provider, 'a\nb')).toBe('a');
  });
});
