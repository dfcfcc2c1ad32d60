import { describe, expect, it } from 'vitest';
import { chooseProvider, providersOf } from '../../src/engine/choose-provider.js';
import type { ProviderProbe } from '../../src/engine/provider-probe.js';
import type { Provider } from '../../src/graph/runtime.js';

const works = (provider: Provider, speed = 8, share = 1): ProviderProbe => ({
  provider,
  works: true,
  precision: 'float16',
  relativeError: 1e-3,
  share,
  speed,
});

/** Answers as given; what is not given does not work. */
function fakeProber(...probes: ProviderProbe[]) {
  const tried: Provider[] = [];
  return {
    tried,
    closed: false,
    async probe(provider: Provider): Promise<ProviderProbe> {
      tried.push(provider);
      return probes.find((probe) => probe.provider === provider) ?? { provider, works: false, why: 'it is not there' };
    },
    close() {
      this.closed = true;
    },
  };
}

describe('the provider that is chosen', () => {
  it.each([
    ['linux', ['cuda', 'webgpu', 'cpu']],
    ['win32', ['dml', 'webgpu', 'cpu']],
    ['darwin', ['webgpu', 'coreml', 'cpu']],
    ['freebsd', ['cpu']],
  ] as const)('is looked for in an order of its own on %s', (platform, order) => {
    expect(providersOf(platform)).toEqual(order);
  });

  it('is the first that works, and the others are not tried', async () => {
    const prober = fakeProber(works('cuda'), works('webgpu'));
    expect(await chooseProvider({ platform: 'linux', prober })).toEqual({
      provider: 'cuda',
      precision: 'float16',
      device: {
        provider: 'cuda',
        description: '100 % GPU (CUDA)',
        reason: '8 times the speed of the CPU; half precision.',
      },
    });
    expect(prober.tried).toEqual(['cuda']);
    expect(prober.closed).toBe(true);
  });

  it('is the CPU where none works, and says why each does not', async () => {
    const { provider, precision, device } = await chooseProvider({ platform: 'win32', prober: fakeProber() });
    expect([provider, precision, device.provider]).toEqual(['cpu', 'float32', 'cpu']);
    expect(device.reason).toBe('CPU, because DirectML: it is not there; WebGPU: it is not there.');
  });

  it('is not one that is slower than the CPU', async () => {
    const prober = fakeProber(works('webgpu', 1 / 30));
    const { provider, device } = await chooseProvider({ platform: 'linux', prober });
    expect(provider).toBe('cpu');
    expect(device.reason).toContain('WebGPU: 30 times slower than the CPU, as a driver in software is');
  });

  it('is not one that leaves most of the work to the CPU', async () => {
    const prober = fakeProber(works('coreml', 8, 0.3));
    const { provider, device } = await chooseProvider({ platform: 'darwin', prober });
    expect(provider).toBe('cpu');
    expect(device.reason).toContain('Core ML: it leaves 70 % of the work to the CPU');
  });

  it('is the one that was asked for, however slow', async () => {
    const prober = fakeProber(works('cuda'), works('webgpu', 1 / 30));
    const { provider, device } = await chooseProvider({ forced: 'webgpu', platform: 'linux', prober });
    expect(provider).toBe('webgpu');
    expect(device.reason).toContain('It was asked for; 30 times slower');
  });

  it('is refused in a sentence when it was asked for and does not work', async () => {
    const prober = fakeProber();
    await expect(chooseProvider({ forced: 'cuda', prober })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'CUDA was asked for and cannot be used here: it is not there.',
    });
    expect(prober.closed).toBe(true);
  });

  it('is the CPU without any trial when the CPU was asked for', async () => {
    const prober = fakeProber();
    expect((await chooseProvider({ forced: 'cpu', prober })).provider).toBe('cpu');
    expect(prober.tried).toEqual([]);
  });

  it('says how much of the work it leaves to the CPU', async () => {
    const prober = fakeProber(works('coreml', 3, 0.93));
    const { device } = await chooseProvider({ platform: 'darwin', prober });
    expect(device.description).toBe('93 % GPU (Core ML), 7 % CPU');
  });
});
