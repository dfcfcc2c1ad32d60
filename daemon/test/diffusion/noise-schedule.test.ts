import { describe, expect, it } from 'vitest';
import { addNoise, linearSchedule, scaledLinearSchedule } from '../../src/diffusion/noise-schedule.js';

const one = Float32Array.of(1);
const zero = Float32Array.of(0);

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

  it.each([-1, 1000, 0.5])('refuses timestep %s', (t) => {
    expect(() => addNoise(linearSchedule(), one, zero, t)).toThrow(RangeError);
  });

  it('refuses noise of another length than the signal', () => {
    expect(() => addNoise(linearSchedule(), one, Float32Array.of(0, 0), 1)).toThrow(RangeError);
  });
});
