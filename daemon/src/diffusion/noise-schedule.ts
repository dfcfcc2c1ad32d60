import * as z from 'zod';
import { readConfig } from '../graph/config.js';

/** ᾱ_t of a diffusion process; `alphasCumprod[0]` is the least noisy step. */
export interface NoiseSchedule {
  alphasCumprod: Float64Array;
}

/** Number of timesteps that the published networks were trained with. */
export const TRAINING_STEPS = 1000;

/** Limit for schedules read from a file, far above every published one. */
const MAX_STEPS = 100_000;

/** Upper limit of β in the cosine schedule (Nichol and Dhariwal, Improved DDPM, 2021). */
const MAX_COSINE_BETA = 0.999;

const BETA_SCHEDULES = ['linear', 'scaled_linear', 'squaredcos_cap_v2'] as const;

const beta = z.number().min(0).max(1);

/** The fields of `scheduler_config.json` that noise depends on, with the defaults of diffusers' DDIMScheduler. */
const schedulerSchema = z.object({
  num_train_timesteps: z.number().int().min(2).max(MAX_STEPS).default(TRAINING_STEPS),
  beta_start: beta.default(1e-4),
  beta_end: beta.default(0.02),
  beta_schedule: z
    .enum(BETA_SCHEDULES, {
      error: `the schedule is not one of ${BETA_SCHEDULES.join(', ')}`,
    })
    .default('linear'),
  trained_betas: z.array(beta).min(2).max(MAX_STEPS).nullish(),
  rescale_betas_zero_snr: z.boolean().nullish(),
});
type SchedulerConfig = z.output<typeof schedulerSchema>;

/** Stable Diffusion: betas "scaled linear" from 0.00085 to 0.012 (Rombach et al., 2022, public configuration). */
export function scaledLinearSchedule(): NoiseSchedule {
  return noiseSchedule(schedulerSchema.parse({ beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' }));
}

/** ADM: betas linear from 1e-4 to 0.02 (Ho et al., DDPM, 2020; Dhariwal and Nichol, 2021). */
export function linearSchedule(): NoiseSchedule {
  return noiseSchedule(schedulerSchema.parse({}));
}

/**
 * Reads a checkpoint's `scheduler/scheduler_config.json` as that of a DDIMScheduler, like the published code.
 * @throws SamepointError `MODEL_INVALID`, also for a schedule that DDIMScheduler does not support
 */
export function readSchedule(path: string): NoiseSchedule {
  return noiseSchedule(readConfig(path, schedulerSchema));
}

/** Same as diffusers' DDIMScheduler up to single precision. */
function noiseSchedule(config: SchedulerConfig): NoiseSchedule {
  const alphasCumprod = cumulativeProduct(betasOf(config).map((value) => 1 - value));
  return { alphasCumprod: config.rescale_betas_zero_snr === true ? toZeroSnr(alphasCumprod) : alphasCumprod };
}

function betasOf(config: SchedulerConfig): Float64Array {
  const { num_train_timesteps: steps, beta_start: first, beta_end: last, trained_betas: trained } = config;
  if (trained !== undefined && trained !== null) return Float64Array.from(trained);
  switch (config.beta_schedule) {
    case 'linear':
      return linspace(first, last, steps);
    case 'scaled_linear':
      return linspace(Math.sqrt(first), Math.sqrt(last), steps).map((root) => root ** 2);
    case 'squaredcos_cap_v2':
      return cosineBetas(steps);
  }
}

function linspace(first: number, last: number, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, step) => first + (last - first) * (step / (steps - 1)));
}

/** ᾱ is a squared cosine (Nichol and Dhariwal, Improved DDPM, 2021, eq. 17). */
function cosineBetas(steps: number): Float64Array {
  const alphaBar = (time: number) => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  return Float64Array.from({ length: steps }, (_, step) =>
    Math.min(1 - alphaBar((step + 1) / steps) / alphaBar(step / steps), MAX_COSINE_BETA),
  );
}

/** Rescales √ᾱ so that the last step has no signal left (Lin et al., 2024, algorithm 1). */
function toZeroSnr(alphasCumprod: Float64Array): Float64Array {
  const roots = alphasCumprod.map(Math.sqrt);
  const [first = 1, last = 0] = [roots[0], roots.at(-1)];
  return roots.map((root) => (((root - last) * first) / (first - last)) ** 2);
}

function cumulativeProduct(factors: Float64Array): Float64Array {
  let product = 1;
  return factors.map((factor) => {
    product *= factor;
    return product;
  });
}

/**
 * `x_t = sqrt(ᾱ_t)·x_0 + sqrt(1−ᾱ_t)·ε` (DDPM, eq. 4).
 * @param t whole timestep, from 0 to the number of training steps − 1
 */
export function addNoise(schedule: NoiseSchedule, x0: Float32Array, noise: Float32Array, t: number): Float32Array {
  const alpha = schedule.alphasCumprod[t];
  if (alpha === undefined) {
    throw new RangeError(`timestep ${t} is not a whole number from 0 to ${schedule.alphasCumprod.length - 1}`);
  }
  if (noise.length !== x0.length) throw new RangeError(`${noise.length} values of noise for ${x0.length} of signal`);
  const signalScale = Math.sqrt(alpha);
  const noiseScale = Math.sqrt(1 - alpha);
  return x0.map((value, i) => signalScale * value + noiseScale * (noise[i] ?? 0));
}
