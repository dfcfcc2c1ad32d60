import { describe, expect, it } from 'vitest';
import { candidatesOf, chooseProvider, providersOf } from '../../src/engine/providers/choose-provider.js';
import type { GpuDevice } from '../../src/engine/providers/gpu-devices.js';
import type { ProviderCandidate, ProviderProbe } from '../../src/engine/providers/provider-probe.js';
import type { Provider } from '../../src/graph/runtime/runtime.js';

const GIB = 2 ** 30;
const NVIDIA: GpuDevice = {
  vendor: 'nvidia',
  name: 'RTX 4090',
  driver: '550',
  memoryBytes: 24 * GIB,
  sharesMemory: false,
};
const INTEL: GpuDevice = { vendor: 'intel', name: 'UHD 620', driver: '31', memoryBytes: undefined, sharesMemory: true };

const works = (provider: Provider, speed = 8, parts: { share?: number; deviceId?: number } = {}): ProviderProbe => ({
  provider,
  works: true,
  precision: 'float16',
  relativeError: 1e-3,
  share: 1,
  speed,
  atWorkingSize: true,
  ...parts,
});

/** A probe with the given results; other candidates do not work. */
function fakeProber(...probes: ProviderProbe[]) {
  const tried: ProviderCandidate[] = [];
  return {
    tried,
    closed: false,
    async probe(candidate: ProviderCandidate): Promise<ProviderProbe> {
      tried.push(candidate);
      const { provider, deviceId = 0 } = candidate;
      const found = probes.find((probe) => probe.provider === provider && (probe.deviceId ?? 0) === deviceId);
      return found ? { ...found, ...candidate } : { ...candidate, works: false, why: 'it is not there', lasts: false };
    },
    close() {
      this.closed = true;
    },
  };
}

describe('the candidates', () => {
  it.each([
    ['linux', ['cuda', 'webgpu', 'cpu']],
    ['win32', ['dml', 'webgpu', 'cpu']],
    ['darwin', ['webgpu', 'coreml', 'cpu']],
    ['freebsd', ['cpu']],
  ] as const)('have their own order on %s', (platform, order) => {
    expect(providersOf(platform)).toEqual(order);
  });

  it('include CUDA only with an NVIDIA card', () => {
    expect(candidatesOf('linux', [INTEL])).toEqual([{ provider: 'webgpu' }]);
    expect(candidatesOf('linux', [INTEL, NVIDIA])).toEqual([{ provider: 'cuda', deviceId: 0 }, { provider: 'webgpu' }]);
  });

  it('include DirectML on every adapter, since the first may be integrated graphics', () => {
    expect(candidatesOf('win32', [INTEL, NVIDIA])).toEqual([
      { provider: 'dml', deviceId: 0 },
      { provider: 'dml', deviceId: 1 },
      { provider: 'webgpu' },
    ]);
    expect(candidatesOf('win32', [])).toEqual([{ provider: 'dml' }, { provider: 'webgpu' }]);
    expect(
      candidatesOf(
        'win32',
        Array.from({ length: 9 }, () => NVIDIA),
      ),
    ).toHaveLength(5);
  });

  it('are one requested device with the providers that accept a device id', () => {
    expect(candidatesOf('linux', [NVIDIA, NVIDIA], { device: 1 })).toEqual([{ provider: 'cuda', deviceId: 1 }]);
    expect(candidatesOf('win32', [], { device: 2 })).toEqual([{ provider: 'dml', deviceId: 2 }]);
    expect(candidatesOf('darwin', [], { device: 1 })).toEqual([]);
  });

  it('are the requested provider, even if the system lists no card', () => {
    expect(candidatesOf('linux', [], { provider: 'cuda' })).toEqual([{ provider: 'cuda' }]);
  });
});

describe('the chosen provider', () => {
  it('is the fastest that works, not the first', async () => {
    const prober = fakeProber(works('cuda', 8), works('webgpu', 9));
    const choice = await chooseProvider({ platform: 'linux', devices: [NVIDIA], prober });
    expect(choice).toEqual({
      provider: 'webgpu',
      precision: 'float16',
      memoryBytes: 24 * GIB,
      device: {
        provider: 'webgpu',
        description: '100 % GPU (WebGPU)',
        reason: '9 times the speed of the CPU; half precision; RTX 4090.',
      },
    });
    expect(prober.closed).toBe(true);
  });

  it('is the first of two equally fast ones', async () => {
    const prober = fakeProber(works('cuda'), works('webgpu'));
    expect((await chooseProvider({ platform: 'linux', devices: [NVIDIA], prober })).provider).toBe('cuda');
  });

  it('runs on the fastest of several devices, and names it', async () => {
    const prober = fakeProber(works('dml', 2), works('dml', 30, { deviceId: 1 }));
    const choice = await chooseProvider({ platform: 'win32', devices: [INTEL, NVIDIA], prober });
    expect(choice).toMatchObject({ provider: 'dml', deviceId: 1 });
    expect(choice.device.reason).toBe('30 times the speed of the CPU; half precision; device 1.');
  });

  it('runs on the requested device', async () => {
    const prober = fakeProber(works('cuda', 30), works('cuda', 2, { deviceId: 1 }), works('webgpu', 99));
    const choice = await chooseProvider({
      requested: { device: 1 },
      platform: 'linux',
      devices: [NVIDIA, NVIDIA],
      prober,
    });
    expect(choice).toMatchObject({ provider: 'cuda', deviceId: 1 });
    expect(prober.tried).toEqual([{ provider: 'cuda', deviceId: 1 }]);
  });

  it('is the CPU if no other works, with the reason for each', async () => {
    const prober = fakeProber();
    const { provider, precision, device } = await chooseProvider({
      platform: 'win32',
      devices: [INTEL, NVIDIA],
      prober,
    });
    expect([provider, precision, device.provider]).toEqual(['cpu', 'float32', 'cpu']);
    expect(device.reason).toBe(
      'CPU, because DirectML: it is not there; DirectML 1: it is not there; WebGPU: it is not there.',
    );
  });

  it('does not mention CUDA without an NVIDIA card', async () => {
    const { device } = await chooseProvider({ platform: 'linux', devices: [INTEL], prober: fakeProber() });
    expect(device.reason).toBe('CPU, because WebGPU: it is not there.');
  });

  it('is never slower than the CPU', async () => {
    const prober = fakeProber(works('webgpu', 1 / 30));
    const { provider, device } = await chooseProvider({ platform: 'linux', devices: [], prober });
    expect(provider).toBe('cpu');
    expect(device.reason).toContain('WebGPU: 30 times slower than the CPU (probably a software driver)');
  });

  it('does not leave most of the work to the CPU, however fast it is', async () => {
    const prober = fakeProber(works('coreml', 80, { share: 0.3 }), works('webgpu', 2));
    expect((await chooseProvider({ platform: 'darwin', devices: [], prober })).provider).toBe('webgpu');
    const { device } = await chooseProvider({
      platform: 'darwin',
      devices: [],
      prober: fakeProber(works('coreml', 80, { share: 0.3 })),
    });
    expect(device.reason).toContain('Core ML: it leaves 70 % of the operators to the CPU');
  });

  it('is the requested one, however slow', async () => {
    const prober = fakeProber(works('cuda'), works('webgpu', 1 / 30));
    const { provider, device } = await chooseProvider({ requested: { provider: 'webgpu' }, devices: [], prober });
    expect(provider).toBe('webgpu');
    expect(device.reason).toContain('Requested; 30 times slower');
  });

  it.each([
    [{ provider: 'cuda' }, 'CUDA was requested and cannot be used: it is not there.'],
    [{ device: 3 }, 'Device 3 was requested and cannot be used: no provider on this platform has device numbers.'],
    [{ provider: 'coreml', device: 3 }, 'Core ML was requested and cannot be used: it has no device numbers.'],
  ] as const)('is rejected with a reason when it was requested and fails: %j', async (requested, message) => {
    const prober = fakeProber();
    const choice = chooseProvider({ requested, platform: 'darwin', devices: [], prober });
    await expect(choice).rejects.toMatchObject({ code: 'BAD_REQUEST', message });
    expect(prober.closed).toBe(true);
  });

  it('is the CPU without any probe if the CPU is requested', async () => {
    const prober = fakeProber();
    expect((await chooseProvider({ requested: { provider: 'cpu' }, prober })).provider).toBe('cpu');
    expect(prober.tried).toEqual([]);
  });

  it('reports the part of the work that runs on the CPU', async () => {
    const prober = fakeProber(works('coreml', 3, { share: 0.93 }));
    const { device } = await chooseProvider({ platform: 'darwin', devices: [], prober });
    expect(device.description).toBe('93 % GPU (Core ML), 7 % CPU');
  });
});
