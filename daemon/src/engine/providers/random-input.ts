import { gaussianNoise } from '../../diffusion/gaussian-noise.js';
import type { NdArray } from '../../graph/runtime/run.js';

/** Standard deviation for pixels in [−1, 1], so that three deviations fit. */
export const PIXEL_DEVIATION = 1 / 3;

/** Gaussian noise as network input, deterministic per shape. */
export function randomInput(dims: readonly number[], deviation = 1): NdArray {
  const count = dims.reduce((product, size) => product * size, 1);
  const noise = gaussianNoise(count, { content: dims.join('×'), seed: 0, member: 0 });
  return { dims, data: noise.map((value) => deviation * value) };
}
