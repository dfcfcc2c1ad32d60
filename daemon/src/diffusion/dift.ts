import type { NdArray } from '../graph/runtime/run.js';
import { contentHash, gaussianNoise, type NoiseSource } from './gaussian-noise.js';
import type { Dustbin } from './networks/dustbin.js';
import type { ElementMatching } from './networks/element-network.js';
import { addNoise, type NoiseSchedule } from './noise-schedule.js';

/** Output of the encoder: a fixed latent, or a normal distribution that each ensemble member samples. */
export interface EncodedImage {
  mean: NdArray;
  /** Standard deviations, in the order of `mean`; absent for a fixed latent. */
  deviation?: Float32Array;
}

/** The two halves of a network that DIFT needs: the encoder, and the truncated U-Net. */
export interface DiffusionNetwork {
  /** Null for networks that take clean images: CleanDIFT, and those that do not denoise. */
  schedule: NoiseSchedule | null;
  /** Image (1,3,H,W) in [−1,1] → x_0, which noise is added to: the VAE latent, or the pixels. */
  encode(image: NdArray): Promise<EncodedImage>;
  /** x_t → the feature map (1,C,h,w) of each requested block. */
  features(xt: NdArray): Promise<readonly NdArray[]>;
  /** For networks that have learned that some points have no counterpart. */
  readonly dustbin?: Dustbin | undefined;
  /** Present if a matcher of elements was trained on the features. */
  readonly elements?: ElementMatching | undefined;
}

export interface DiftSettings {
  /** Timestep: how much noise to add. */
  t: number;
  /** Number of noise draws to average. */
  ensembleSize: number;
  /** Seed of the noise. */
  seed: number;
  /** Noise to use instead of the seeded one: (ensembleSize, …shape of x_0). */
  noise?: NdArray;
  /** Noise for sampling the latent, of the same shape. */
  latentNoise?: NdArray;
}

/**
 * DIFT (Tang et al., Emergent Correspondence from Image Diffusion, NeurIPS 2023, section 3.2): encode the image, add noise
 * for timestep t, run the U-Net up to one of its decoder blocks, and average over several noise draws. As in the published
 * code, every image and ensemble member has its own noise. Here its seed is the image content, so features are reproducible.
 * The encoder runs once; each member samples its own latent if the encoder gives a distribution. Members run one after
 * another: the attention scores of all would not fit into memory.
 * @param image (1,3,H,W) in [−1,1]
 * @param onStep called after the encoder and after each pass
 * @returns (1,C,h,w) for each block, not normalised
 */
export async function dift(
  network: DiffusionNetwork,
  image: NdArray,
  settings: DiftSettings,
  onStep: () => void = () => {},
): Promise<readonly NdArray[]> {
  const encoded = await network.encode(image);
  onStep();
  // skip hashing millions of pixels if nothing is random
  const content = network.schedule === null && encoded.deviation === undefined ? '' : contentHash(image);
  if (network.schedule === null) {
    const features = await network.features(sampleLatent(encoded, settings, content, 0));
    onStep();
    return features;
  }
  let means: readonly NdArray[] = [];
  for (let member = 0; member < settings.ensembleSize; member++) {
    const x0 = sampleLatent(encoded, settings, content, member);
    const noise = memberNoise(settings.noise, x0.data.length, { content, seed: settings.seed, member });
    const xt = { dims: x0.dims, data: addNoise(network.schedule, x0.data, noise, settings.t) };
    const features = await network.features(xt);
    means = features.map((map, block) => accumulate(means[block], map, settings.ensembleSize));
    onStep();
  }
  if (means.length === 0) throw new RangeError('the ensemble size must be at least 1');
  return means;
}

/** x_0 of one ensemble member. Independent of the noise that is added to it. */
function sampleLatent(
  { mean, deviation }: EncodedImage,
  { seed, latentNoise }: DiftSettings,
  content: string,
  member: number,
): NdArray {
  if (deviation === undefined) return mean;
  const draw = memberNoise(latentNoise, mean.data.length, { content: `latent of ${content}`, seed, member });
  return { dims: mean.dims, data: mean.data.map((value, i) => value + (deviation[i] ?? 0) * (draw[i] ?? 0)) };
}

/** The member's slice of `given`, or noise seeded by `source`. */
function memberNoise(given: NdArray | undefined, length: number, source: NoiseSource): Float32Array {
  if (given === undefined) return gaussianNoise(length, source);
  const { member } = source;
  if (given.data.length < (member + 1) * length) {
    throw new RangeError(`the noise has ${given.data.length} values; each member needs ${length}`);
  }
  return given.data.subarray(member * length, (member + 1) * length);
}

function accumulate(mean: NdArray | undefined, features: NdArray, members: number): NdArray {
  const share = features.data.map((value) => value / members);
  if (mean === undefined) return { dims: features.dims, data: share };
  for (let i = 0; i < share.length; i++) mean.data[i] = (mean.data[i] ?? 0) + (share[i] ?? 0);
  return mean;
}
