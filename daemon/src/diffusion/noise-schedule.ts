/** ᾱ_t of a diffusion process over whole timesteps, `alphasCumprod[0]` the least noisy. */
export interface NoiseSchedule {
  alphasCumprod: Float64Array;
}

/** Timesteps of the published diffusion processes, from 0. */
export const TRAINING_STEPS = 1000;

/** Stable Diffusion: betas "scaled linear" from 0.00085 to 0.012 (Rombach et al., 2022, public configuration). */
export function scaledLinearSchedule(): NoiseSchedule {
  const [first, last] = [Math.sqrt(0.00085), Math.sqrt(0.012)];
  return fromBetas((step) => (first + (last - first) * (step / (TRAINING_STEPS - 1))) ** 2);
}

/** ADM: betas linear from 1e-4 to 0.02 (Ho et al., DDPM, 2020; Dhariwal and Nichol, 2021). */
export function linearSchedule(): NoiseSchedule {
  return fromBetas((step) => 1e-4 + (0.02 - 1e-4) * (step / (TRAINING_STEPS - 1)));
}

function fromBetas(beta: (step: number) => number): NoiseSchedule {
  let product = 1;
  const alphasCumprod = Float64Array.from({ length: TRAINING_STEPS }, (_, step) => {
    product *= 1 - beta(step);
    return product;
  });
  return { alphasCumprod };
}

/**
 * `x_t = sqrt(ᾱ_t)·x_0 + sqrt(1−ᾱ_t)·ε` (DDPM, eq. 4).
 * @param t a whole timestep, 0 to 999
 */
export function addNoise(schedule: NoiseSchedule, x0: Float32Array, noise: Float32Array, t: number): Float32Array {
  const alpha = schedule.alphasCumprod[t];
  if (alpha === undefined) throw new RangeError(`timestep ${t} is not a whole number from 0 to ${TRAINING_STEPS - 1}`);
  if (noise.length !== x0.length) throw new RangeError(`${noise.length} values of noise for ${x0.length} of signal`);
  const signalScale = Math.sqrt(alpha);
  const noiseScale = Math.sqrt(1 - alpha);
  return x0.map((value, i) => signalScale * value + noiseScale * (noise[i] ?? 0));
}
