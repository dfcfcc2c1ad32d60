import { existsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import {
  CUDA_LIBRARIES,
  type CudaFacts,
  cachedLibraries,
  missingCudaLibraries,
  ORT_CUDA_LIBRARY,
} from '../../../src/cli/doctor/check-cuda.js';
import { checkProvider, fasterProvider, type ProviderFacts } from '../../../src/cli/doctor/check-providers.js';
import { checkDevices } from '../../../src/cli/doctor/check-system.js';
import type { GpuDevice } from '../../../src/engine/providers/gpu-devices.js';

const CUDA: CudaFacts = {
  platform: 'linux',
  arch: 'x64',
  hasCard: true,
  hasDriver: true,
  installScript: 'ort/script/install.js',
  missing: [],
};
const INTEL: GpuDevice = {
  vendor: 'intel',
  name: 'UHD',
  driver: undefined,
  memoryBytes: undefined,
  sharesMemory: true,
};

describe('a provider', () => {
  const facts: ProviderFacts = {
    provider: 'webgpu',
    platform: 'linux',
    arch: 'x64',
    probe: undefined,
    cuda: undefined,
    hasGpu: true,
  };
  const works = { works: true, precision: 'float16', relativeError: 1e-3, share: 1, atWorkingSize: true } as const;
  const gpu = (parts: Partial<ProviderFacts>, why = 'no graphics driver supports it') =>
    checkProvider({ ...facts, probe: { provider: 'webgpu', works: false, why, lasts: false }, ...parts });
  const cuda = (parts: Partial<CudaFacts>) =>
    checkProvider({
      ...facts,
      provider: 'cuda',
      probe: { provider: 'cuda', works: false, why: 'its libraries are not installed', lasts: false },
      cuda: { ...CUDA, ...parts },
    });

  it('that works has its speed', () => {
    const finding = checkProvider({ ...facts, probe: { provider: 'webgpu', ...works, speed: 14 } });
    expect(finding).toMatchObject({
      check: 'provider webgpu',
      state: 'ok',
      message: expect.stringContaining('14 times'),
    });
    expect(finding.message).toContain('relative error 1.0e-3 in float16');
  });

  it('is named with a device other than the first, and with the date of its last trial', () => {
    const probe = { provider: 'dml', deviceId: 1, ...works, speed: 14 } as const;
    const finding = checkProvider({ ...facts, provider: 'dml', probe, lastTrial: Date.UTC(2026, 10, 25) });
    expect(finding).toMatchObject({
      check: 'provider dml 1',
      message: expect.stringMatching(/first tested on 2026-11-25$/),
    });
    expect(checkProvider({ ...facts, provider: 'dml', probe: { ...probe, deviceId: 0 } }).check).toBe('provider dml');
  });

  it('in software is unused, but not a failure', () => {
    const finding = checkProvider({ ...facts, probe: { provider: 'webgpu', ...works, speed: 0.01 } });
    expect(finding).toMatchObject({ state: 'none', message: expect.stringMatching(/slower.*software/) });
  });

  it('that leaves most of the work to the CPU is not used', () => {
    const finding = checkProvider({ ...facts, probe: { provider: 'webgpu', ...works, share: 0.2, speed: 14 } });
    expect(finding).toMatchObject({
      state: 'none',
      message: expect.stringContaining('80 % of the operators to the CPU'),
    });
  });

  it('that the platform does not have is not a failure', () => {
    expect(checkProvider({ ...facts, provider: 'dml' })).toMatchObject({
      state: 'none',
      message: 'not available on linux x64',
    });
    expect(gpu({ arch: 'arm64' }, 'ONNX Runtime does not support it on linux arm64').state).toBe('none');
  });

  it('without a driver has a command that installs one, if there is a card', () => {
    expect(gpu({})).toMatchObject({
      state: 'warning',
      fix: { command: expect.stringContaining('mesa-vulkan-drivers') },
    });
    expect(gpu({ hasGpu: false })).toMatchObject({
      state: 'none',
      message: expect.stringContaining('no graphics card'),
    });
    expect(gpu({ platform: 'win32' })).toMatchObject({ state: 'warning', fix: { sentence: expect.any(String) } });
  });

  it('whose driver crashes suggests an update', () => {
    const finding = gpu({ platform: 'darwin', arch: 'arm64' }, 'the probing process ended unexpectedly');
    expect(finding).toMatchObject({
      state: 'warning',
      fix: { sentence: expect.stringContaining('Update the graphics driver') },
    });
  });

  it.each([
    [
      'CUDA libraries of ONNX Runtime',
      { missing: [ORT_CUDA_LIBRARY] },
      `missing ${ORT_CUDA_LIBRARY}`,
      'node ort/script/install.js --onnxruntime-node-install=cuda12',
    ],
    ['cuDNN', { missing: ['libcudnn.so.9'] }, 'missing libcudnn.so.9', 'sudo apt-get install libcudnn9-cuda-12'],
    [
      'everything',
      { missing: [ORT_CUDA_LIBRARY, 'libcudart.so.12', 'libcublas.so.12', 'libcudnn.so.9'] },
      `missing ${ORT_CUDA_LIBRARY}, libcudart.so.12, libcublas.so.12, libcudnn.so.9`,
      'sudo apt-get install cuda-libraries-12-9 libcudnn9-cuda-12 && node ort/script/install.js --onnxruntime-node-install=cuda12',
    ],
    [
      'a driver',
      { hasDriver: false, missing: [ORT_CUDA_LIBRARY] },
      'no working NVIDIA driver',
      'sudo ubuntu-drivers install',
    ],
  ] as const)('CUDA names what is missing and the command that installs it: %s', (_what, parts, message, command) => {
    const finding = cuda(parts);
    expect(finding).toMatchObject({ state: 'warning', message: expect.stringContaining(message), fix: { command } });
  });

  it('CUDA with all libraries that does not work has a reason', () => {
    expect(cuda({})).toMatchObject({
      state: 'warning',
      message: 'its libraries are not installed',
      fix: { sentence: expect.stringContaining('Update the graphics driver') },
    });
  });

  it.each([
    ['win32', 'x64', 'onnxruntime-node does not support CUDA on Windows; use DirectML'],
    ['linux', 'arm64', 'onnxruntime-node does not support CUDA on linux arm64'],
  ])('CUDA is not supported on %s %s', (platform, arch, message) => {
    const there = { ...CUDA, platform, arch };
    const finding = checkProvider({ ...facts, platform, arch, provider: 'cuda', probe: undefined, cuda: there });
    expect(finding).toMatchObject({ check: 'provider cuda', state: 'none', message });
    const command = platform === 'win32' ? 'npx samepoint start --provider dml' : undefined;
    expect(finding.fix?.command).toBe(command);
  });

  it('CUDA is not applicable without an NVIDIA card', () => {
    expect(cuda({ hasCard: false, missing: [ORT_CUDA_LIBRARY] })).toMatchObject({ state: 'none' });
    const nowhere = { ...facts, provider: 'cuda', probe: undefined, cuda: { ...CUDA, hasCard: false } } as const;
    expect(checkProvider(nowhere).message).toBe('not available on linux x64');
  });

  it('CUDA finds libraries in the cache of the loader and in LD_LIBRARY_PATH', () => {
    const ldconfig = [
      "1234 libs found in cache `/etc/ld.so.cache'",
      '\tlibcublas.so.12 (libc6,x86-64) => /usr/local/cuda/lib64/libcublas.so.12',
      '\tlibcudart.so.11.0 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcudart.so.11.0',
    ].join('\n');
    const rest = Object.keys(CUDA_LIBRARIES).filter((name) => !['libcublas.so.12', 'libcudart.so.12'].includes(name));
    expect(missingCudaLibraries({ hasOrtLibrary: true, ldconfig, libraryPathFiles: rest })).toEqual([
      'libcudart.so.12',
    ]);
    expect(missingCudaLibraries({ hasOrtLibrary: false, ldconfig: '', libraryPathFiles: [] })).toEqual([
      ORT_CUDA_LIBRARY,
      ...Object.keys(CUDA_LIBRARIES),
    ]);
  });

  it.skipIf(!existsSync('/sbin/ldconfig'))('are found even without ldconfig in the PATH', () => {
    vi.stubEnv('PATH', '/nonexistent');
    expect(cachedLibraries()).toContain('libc.so.6');
    vi.unstubAllEnvs();
  });

  it('cpu that does not work is a failure', () => {
    const why = 'ONNX Runtime cannot be loaded on darwin x64';
    const probe = { provider: 'cpu', works: false, why, lasts: false } as const;
    expect(checkProvider({ ...facts, provider: 'cpu', probe })).toMatchObject({ state: 'failed', message: probe.why });
  });
});

describe('graphics devices', () => {
  const card = (vendor: GpuDevice['vendor'], name: string): GpuDevice => ({
    vendor,
    name,
    driver: '550.54',
    memoryBytes: 24e9,
    sharesMemory: false,
  });

  it('are listed with driver and memory', () => {
    expect(checkDevices([{ ...card('nvidia', 'RTX'), freeBytes: 20e9 }], 'linux')).toEqual([
      { check: 'device 0', state: 'ok', message: 'RTX, driver 550.54, 24.0 GB, 20.0 GB free' },
    ]);
    expect(checkDevices([INTEL], 'linux')).toMatchObject([{ message: 'UHD, shared system memory' }]);
    expect(checkDevices([{ ...card('nvidia', 'RTX'), memoryBytes: undefined }], 'linux')).toMatchObject([
      { message: expect.stringContaining('unknown memory') },
    ]);
    expect(checkDevices([], 'linux')).toMatchObject([{ state: 'none', message: 'no graphics card found' }]);
  });

  it('have the numbers of --device if they are known', () => {
    const two = [INTEL, card('nvidia', 'a'), card('nvidia', 'b')];
    expect(checkDevices(two, 'linux').map(({ check }) => check)).toEqual(['device', 'device 0', 'device 1']);
    expect(checkDevices(two, 'win32').map(({ check }) => check)).toEqual(['device', 'device', 'device']);
    expect(checkDevices([INTEL], 'win32').map(({ check }) => check)).toEqual(['device 0']);
  });
});

describe('a faster provider', () => {
  const cuda = { ...CUDA, missing: ['libcudnn.so.9'] };
  const facts = { chosen: 'cpu', cuda, devices: [INTEL], hasVulkanDriver: true };
  const none = { ...cuda, hasCard: false };

  it.each([
    ['CUDA, with a card of NVIDIA', facts, 'CUDA would use the graphics card: sudo apt-get install libcudnn9-cuda-12'],
    ['CUDA if WebGPU is chosen', { ...facts, chosen: 'webgpu' }, 'CUDA would use'],
    ['nothing if CUDA is chosen', { ...facts, chosen: 'cuda' }, undefined],
    ['nothing if CUDA is complete', { ...facts, cuda: { ...cuda, missing: [] } }, undefined],
    ['nothing of CUDA, without a card for it', { ...facts, cuda: none }, undefined],
    ['nothing of CUDA on Windows', { ...facts, cuda: { ...cuda, platform: 'win32' } }, undefined],
    ['WebGPU without a Vulkan driver', { ...facts, cuda: none, hasVulkanDriver: false }, 'WebGPU would use'],
    ['nothing, without a graphics card', { ...facts, cuda: none, devices: [], hasVulkanDriver: false }, undefined],
  ])('is one line: %s', (_what, given, line) => {
    const hint = fasterProvider(given);
    if (line === undefined) expect(hint).toBeUndefined();
    else expect(hint).toMatch(line);
    expect(hint ?? '').not.toContain('\n');
  });
});
