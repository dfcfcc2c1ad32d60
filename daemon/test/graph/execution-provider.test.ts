import { describe, expect, it } from 'vitest';
import { executionProvider } from '../../src/graph/runtime/execution-provider.js';

describe('what ONNX Runtime is told of a provider', () => {
  it.each([
    ['coreml', undefined, { name: 'coreml', coreMlFlags: 0x10 }],
    ['coreml', 1, { name: 'coreml', coreMlFlags: 0x10 }],
    ['webgpu', undefined, { name: 'webgpu', storageBufferCacheMode: 'simple' }],
    // the binding refuses options that it does not know
    ['webgpu', 1, { name: 'webgpu', storageBufferCacheMode: 'simple' }],
    ['cuda', undefined, { name: 'cuda' }],
    ['cuda', 0, { name: 'cuda', deviceId: 0 }],
    ['dml', 2, { name: 'dml', deviceId: 2 }],
    ['cpu', 2, { name: 'cpu' }],
  ] as const)('%s, device %s: %j', (provider, deviceId, options) => {
    expect(executionProvider(provider, deviceId)).toEqual(options);
  });
});
