import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { NetworkPool } from '../../src/diffusion/networks/network-pool.js';
import { type NetworkCut, openNetwork } from '../../src/diffusion/networks/open-network.js';
import { addNoise, linearSchedule, readSchedule, scaledLinearSchedule } from '../../src/diffusion/noise-schedule.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { useTempFolder } from '../support/temp-folder.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const WEIGHTS = 'diffusion_pytorch_model.safetensors';

const one = Float32Array.of(1);
const zero = Float32Array.of(0);

const folder = useTempFolder();
/** A `scheduler_config.json` with these fields. */
function configWith(fields: object): string {
  const path = folder.path('scheduler_config.json');
  writeFileSync(path, JSON.stringify(fields));
  return path;
}

describe('the noise schedules are the published ones', () => {
  it.each([
    { t: 261, signal: 0.809734, noise: 0.586797 },
    { t: 0, signal: 0.999575, noise: 0.029155 },
  ])('Stable Diffusion at t = $t scales signal and noise by $signal and $noise', ({ t, signal, noise }) => {
    expect(addNoise(scaledLinearSchedule(), one, zero, t)[0]).toBeCloseTo(signal, 6);
    expect(addNoise(scaledLinearSchedule(), zero, one, t)[0]).toBeCloseTo(noise, 6);
  });

  it('ADM starts at beta 1e-4 and ends at 0.02', () => {
    const { alphasCumprod } = linearSchedule();
    expect(alphasCumprod[0]).toBeCloseTo(1 - 1e-4, 12);
    expect((alphasCumprod[999] ?? 0) / (alphasCumprod[998] ?? 0)).toBeCloseTo(1 - 0.02, 12);
  });

  it.each([-1, 1000, 0.5])('rejects timestep %s', (t) => {
    expect(() => addNoise(linearSchedule(), one, zero, t)).toThrow(RangeError);
  });

  it('rejects noise of another length than the signal', () => {
    expect(() => addNoise(linearSchedule(), one, Float32Array.of(0, 0), 1)).toThrow(RangeError);
  });
});

/** Made by `python test/parity/make-schedules.py`. */
const references = z
  .record(
    z.string(),
    z.object({ config: z.looseObject({}), steps: z.number(), alphas: z.record(z.string(), z.number()) }),
  )
  .parse(JSON.parse(readFileSync(`${FIXTURES}/schedules.json`, 'utf8')));

describe("a checkpoint's scheduler_config.json", () => {
  it.each(Object.entries(references))('equals the schedule of diffusers: %s', (_, reference) => {
    const { alphasCumprod } = readSchedule(configWith(reference.config));
    expect(alphasCumprod).toHaveLength(reference.steps);
    for (const [t, alpha] of Object.entries(reference.alphas)) expect(alphasCumprod[Number(t)]).toBeCloseTo(alpha, 5);
  });

  it.each([
    [{ beta_schedule: 'sigmoid' }, 'the schedule is not one of linear, scaled_linear, squaredcos_cap_v2'],
    [{ beta_start: 'small' }, 'beta_start'],
    [{ trained_betas: [0.1, 7] }, 'trained_betas'],
    [{ num_train_timesteps: 100_001 }, 'num_train_timesteps'],
    [{ num_train_timesteps: 1 }, 'num_train_timesteps'],
    [{ trained_betas: [0.1] }, 'trained_betas'],
    [{ trained_betas: Array(100_001).fill(0.1) }, 'trained_betas'],
  ])('is rejected by name if unsupported: %o', (fields, reason) => {
    expect(() => readSchedule(configWith(fields))).toThrow(reason);
  });

  it.each([2, 100_000])('may have from two to 100,000 steps: %i', (steps) => {
    expect(readSchedule(configWith({ num_train_timesteps: steps })).alphasCumprod).toHaveLength(steps);
    expect(readSchedule(configWith({ trained_betas: Array(steps).fill(0.1) })).alphasCumprod).toHaveLength(steps);
  });

  const schedulesOf = (family: 'sd-unet' | 'cleandift', scheduler: readonly (readonly [string, string])[]) => {
    const network = (part: string, name: string) =>
      [`${part}/${name}`, `${FIXTURES}/sd/${part === 'vae' ? 'vae' : 'sd2/unet'}/${name}`] as const;
    const files = ['unet', 'vae'].flatMap((part) => [network(part, 'config.json'), network(part, WEIGHTS)]);
    const cut: NetworkCut = { network: family, t: 261, upFtIndex: 1 };
    const condition = { prompt: '', latentMode: 'mean', preferLearnedT: false, promptFolder: '' } as const;
    return openNetwork(cut, new Map([...files, ...scheduler]), condition, new NetworkPool(CPU_RUNTIME)).schedule;
  };
  const zeroSnr = () => {
    const fields = {
      beta_start: 0.00085,
      beta_end: 0.012,
      beta_schedule: 'scaled_linear',
      rescale_betas_zero_snr: true,
    };
    return [['scheduler/scheduler_config.json', configWith(fields)]] as const;
  };

  it("is what a checkpoint's noise is added by; without one, Stable Diffusion's own", () => {
    expect(schedulesOf('sd-unet', zeroSnr())?.alphasCumprod[999]).toBe(0);
    expect(schedulesOf('sd-unet', [])).toEqual(scaledLinearSchedule());
  });

  it('does not affect CleanDIFT, which takes no noise', () => {
    expect(schedulesOf('cleandift', zeroSnr())).toBeNull();
  });
});
