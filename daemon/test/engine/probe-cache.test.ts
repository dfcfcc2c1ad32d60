import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { CachedProber, ProbeCache, type ProbeKeyParts, probeKey } from '../../src/engine/providers/probe-cache.js';
import type { ProviderCandidate, ProviderProbe } from '../../src/engine/providers/provider-probe.js';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();
const DAY = 24 * 60 * 60 * 1000;

const WORKS: ProviderProbe = {
  provider: 'dml',
  deviceId: 1,
  works: true,
  precision: 'float16',
  relativeError: 1e-3,
  share: 0.98,
  speed: 12,
  atWorkingSize: true,
};
const WRONG: ProviderProbe = { provider: 'webgpu', works: false, why: 'its results are wrong', lasts: true };
const ABSENT: ProviderProbe = { provider: 'cuda', works: false, why: 'its libraries are not installed', lasts: false };

describe('the key of a probe', () => {
  const facts: ProbeKeyParts = {
    candidate: { provider: 'cuda', deviceId: 0 },
    devices: [{ name: 'RTX 4090', driver: '550.54.14' }],
    driverStamp: '6.8.0',
    runtimeVersion: '1.30.0',
    system: 'linux x64',
  };

  it('is the same for equal inputs', () => {
    expect(probeKey(structuredClone(facts))).toBe(probeKey(facts));
  });

  it.each([
    ['provider', { candidate: { provider: 'webgpu', deviceId: 0 } }],
    ['number of the device', { candidate: { provider: 'cuda', deviceId: 1 } }],
    ['name of a device', { devices: [{ name: 'RTX 3060', driver: '550.54.14' }] }],
    ['driver', { devices: [{ name: 'RTX 4090', driver: '555.42.02' }] }],
    ['number of devices', { devices: [] }],
    ['driver without a version', { driverStamp: '6.9.0' }],
    ['version of ONNX Runtime', { runtimeVersion: '1.31.0' }],
    ['system', { system: 'win32 x64' }],
  ] as const)('differs for another %s', (_what, change) => {
    expect(probeKey({ ...facts, ...change })).not.toBe(probeKey(facts));
  });
});

describe('cached probes', () => {
  it('are read at the next start, with their time', () => {
    new ProbeCache(folder.path('state'), () => 5).put('a', WORKS);
    expect(new ProbeCache(folder.path('state'), () => 6).get('a')).toEqual({ at: 5, probe: WORKS });
    expect(new ProbeCache(folder.path('state'), () => 6).get('b')).toBeUndefined();
    expect(readdirSync(folder.path('state'))).toEqual(['providers.json']);
  });

  it('expire after a month if the provider works, after a day if not', () => {
    const at = (now: number) => new ProbeCache(folder.path('ages'), () => now);
    at(0).put('works', WORKS);
    at(0).put('wrong', WRONG);
    expect([at(DAY - 1).get('wrong')?.probe, at(DAY).get('wrong')]).toEqual([WRONG, undefined]);
    expect([at(30 * DAY - 1).get('works')?.probe, at(30 * DAY).get('works')]).toEqual([WORKS, undefined]);
    // after the clock was set back
    expect(at(-1).get('works')).toBeUndefined();
  });

  it('exclude failures that an installation may fix', () => {
    const store = new ProbeCache(folder.path('absent'));
    store.put('a', ABSENT);
    expect(store.get('a')).toBeUndefined();
    expect(existsSync(folder.path('absent'))).toBe(false);
  });

  it('are ignored if the file is damaged, and optional if it cannot be written', () => {
    const store = new ProbeCache(folder.path('damaged'));
    store.put('a', WORKS);
    writeFileSync(folder.path('damaged/providers.json'), '{"a":{"at":');
    expect(store.get('a')).toBeUndefined();
    store.put('b', WORKS);
    expect(store.get('b')?.probe).toEqual(WORKS);
    writeFileSync(folder.path('file'), '');
    expect(() => new ProbeCache(folder.path('file')).put('a', WORKS)).not.toThrow();
  });
});

describe('a provider is probed', () => {
  function counted() {
    const tried: ProviderCandidate[] = [];
    const prober = {
      probe: async (candidate: ProviderCandidate) => {
        tried.push(candidate);
        return WORKS;
      },
      close: () => {},
    };
    return { tried, prober };
  }
  const candidate = { provider: 'dml', deviceId: 1 } as const;

  it('once, and again on request', async () => {
    const store = new ProbeCache(folder.path('once'));
    const { tried, prober } = counted();
    for (let start = 0; start < 2; start++) {
      expect(await new CachedProber({ devices: [], store, prober }).probe(candidate)).toEqual(WORKS);
    }
    expect(tried).toHaveLength(1);
    await new CachedProber({ devices: [], store, prober, anew: true }).probe(candidate);
    expect(tried).toHaveLength(2);
    vi.stubEnv('SAMEPOINT_PROBE', 'anew');
    await new CachedProber({ devices: [], store, prober }).probe(candidate);
    vi.unstubAllEnvs();
    expect(tried).toHaveLength(3);
  });

  it('again if the devices change', async () => {
    const store = new ProbeCache(folder.path('other'));
    const { tried, prober } = counted();
    const card = { vendor: 'nvidia', name: 'new', driver: '1', memoryBytes: 1, sharesMemory: false } as const;
    await new CachedProber({ devices: [], store, prober }).probe(candidate);
    await new CachedProber({ devices: [card], store, prober }).probe(candidate);
    expect(tried).toHaveLength(2);
  });
});
