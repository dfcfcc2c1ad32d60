import { describe, expect, it } from 'vitest';
import { measureProvider, TOLERANCE, type Trials, WrongResults } from '../../src/engine/providers/measure-provider.js';
import type { Placement, Precision, Provider } from '../../src/graph/runtime/runtime.js';

const EXPECTED = Float32Array.of(3, 4);

interface Behaviour {
  /** Relative error of the small graph and at working size, by precision. */
  small?: Partial<Record<Precision, number>>;
  working?: Partial<Record<Precision, number>>;
  /** Milliseconds; the CPU takes 100 for either. */
  productMs?: number;
  workingMs?: number;
  placement?: Placement;
}

const off = (error = 0) => EXPECTED.map((value) => value * (1 + error));

/** A provider that behaves as given, and the CPU. */
function trials({ small = {}, working = {}, productMs = 10, workingMs = 10, placement }: Behaviour = {}) {
  const done: string[] = [];
  const result: Trials = {
    small: async ({ provider, precision }) => {
      done.push(`small ${provider} ${precision}`);
      const reported = placement ?? new Map<Provider, number>([[provider, 9]]);
      return { features: provider === 'cpu' ? EXPECTED : off(small[precision]), placement: reported };
    },
    productMs: async ({ provider }) => (provider === 'cpu' ? 100 : productMs),
    workingSize: async ({ provider, precision }) => {
      done.push(`working ${provider} ${precision}`);
      return provider === 'cpu'
        ? { features: [EXPECTED, EXPECTED], ms: 100 }
        : { features: [EXPECTED, off(working[precision])], ms: workingMs };
    },
  };
  return { trials: result, done };
}

describe('a provider is correct', () => {
  it('in half precision, if a small graph and networks of working size are', async () => {
    const { trials: all } = trials({ working: { float16: 0.01 }, workingMs: 20 });
    expect(await measureProvider({ provider: 'dml', deviceId: 1 }, all)).toEqual({
      provider: 'dml',
      deviceId: 1,
      works: true,
      precision: 'float16',
      relativeError: expect.closeTo(0.01),
      share: 1,
      speed: 5,
      atWorkingSize: true,
    });
  });

  it.each([
    ['a small graph is wrong in half precision', { small: { float16: 0.03 } }],
    ['half precision is wrong only at working size', { working: { float16: 0.03 } }],
    ['half precision returns NaN at working size', { working: { float16: Number.NaN } }],
  ] as const)('in single precision only if %s', async (_when, behaviour) => {
    expect(await measureProvider({ provider: 'webgpu' }, trials(behaviour).trials)).toMatchObject({
      precision: 'float32',
      atWorkingSize: true,
    });
  });

  it('within a tolerance for each precision', async () => {
    const just = (precision: Precision, part: number) => ({ working: { [precision]: part * TOLERANCE[precision] } });
    const found = (behaviour: Behaviour) => measureProvider({ provider: 'webgpu' }, trials(behaviour).trials);
    expect(await found(just('float16', 0.9))).toMatchObject({ precision: 'float16' });
    expect(await found(just('float16', 1.1))).toMatchObject({ precision: 'float32' });
    await expect(found({ working: { float16: 1, float32: 1.1 * TOLERANCE.float32 } })).rejects.toThrow(WrongResults);
  });

  it('never if it is wrong at working size in both, and the reason includes the error', async () => {
    const wrong = measureProvider({ provider: 'dml' }, trials({ working: { float16: 0.5, float32: 0.5 } }).trials);
    await expect(wrong).rejects.toThrow('its results at working size are wrong (relative error 0.50)');
  });

  it('never if ONNX Runtime runs all nodes on the CPU', async () => {
    const { trials: all } = trials({ placement: new Map([['cpu', 9]]) });
    await expect(measureProvider({ provider: 'dml' }, all)).rejects.toThrow('assigns all its operators to the CPU');
  });
});

describe('the trials', () => {
  it('skip working size for a software driver, which would take minutes', async () => {
    const { trials: all, done } = trials({ productMs: 2000 });
    expect(await measureProvider({ provider: 'webgpu' }, all)).toMatchObject({ speed: 0.05, atWorkingSize: false });
    expect(done.filter((name) => name.startsWith('working'))).toEqual([]);
  });

  it('do not measure the CPU twice', async () => {
    const { trials: all, done } = trials();
    expect(await measureProvider({ provider: 'cpu' }, all)).toMatchObject({ provider: 'cpu', speed: 1 });
    expect(done).toEqual([]);
  });
});
