import type { NdArray } from '../graph/runtime/run.js';
import { contentOf, gaussianNoise, type NoiseSource } from './gaussian-noise.js';
import type { ElementMatching } from './networks/element-network.js';
import type { NoCounterpartBin } from './networks/no-counterpart.js';
import { addNoise, type NoiseSchedule } from './noise-schedule.js';

/** What an encoder makes of an image: a certain value, or the normal distribution that members draw theirs from. */
export interface EncodedImage {
  mean: NdArray;
  /** Standard deviations, in the order of the mean; absent where the value is certain. */
  deviation?: Float32Array;
}

/** A network as DIFT sees it: something that noise is added to, and the features of what comes out. */
export interface DiffusionNetwork {
  /** Null for networks that were trained to see clean images (CleanDIFT, and those that do not denoise). */
  schedule: NoiseSchedule | null;
  /** Image (1,3,H,W) in [−1,1] → what noise is added to: the VAE's latent, or the pixels themselves. */
  encode(image: NdArray): Promise<EncodedImage>;
  /** x_t → the feature map (1,C,h,w) of each block the network was cut after. */
  features(xt: NdArray): Promise<readonly NdArray[]>;
  /** For networks that have learned that some points have no counterpart. */
  readonly noCounterpart?: NoCounterpartBin | undefined;
  /** For networks whose features come with a matcher of elements. */
  readonly elements?: ElementMatching | undefined;
}

export interface DiftSettings {
  /** Timestep; how much noise is added. */
  t: number;
  /** Passes with different noise, averaged. */
  ensembleSize: number;
  /** Another one gives every member other noise. */
  seed: number;
  /** Noise from outside instead, (ensembleSize, …shape of what `encode` gives). */
  noise?: NdArray;
  /** Likewise what the members' values are drawn with, where the encoder gives a distribution. */
  latentNoise?: NdArray;
}

/**
 * DIFT (Tang et al., Emergent Correspondence from Image Diffusion, NeurIPS 2023, section 3.2): add noise for timestep t
 * to the encoded image, run the U-Net up to one of its decoder blocks, average over several draws of the noise. Every image
 * and member has noise of its own, as in the published code, but drawn from the image's content: the same image gives the
 * same features. Where the encoder gives a distribution, every member draws its own value from it, too; the encoder runs once.
 * Members run one after another, since their attention scores together would not fit into memory.
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
  // networks that draw nothing need no hash of millions of pixels
  const content = network.schedule === null && encoded.deviation === undefined ? '' : contentOf(image);
  if (network.schedule === null) {
    const features = await network.features(drawValue(encoded, settings, content, 0));
    onStep();
    return features;
  }
  let means: readonly NdArray[] = [];
  for (let member = 0; member < settings.ensembleSize; member++) {
    const x0 = drawValue(encoded, settings, content, member);
    const noise = memberNoise(settings.noise, x0.data.length, { content, seed: settings.seed, member });
    const xt = { dims: x0.dims, data: addNoise(network.schedule, x0.data, noise, settings.t) };
    const features = await network.features(xt);
    means = features.map((map, block) => accumulate(means[block], map, settings.ensembleSize));
    onStep();
  }
  if (means.length === 0) throw new RangeError('an ensemble has at least one member');
  return means;
}

/** The value that one member sees of the image; draws have nothing in common with the noise that is added later. */
function drawValue(
  { mean, deviation }: EncodedImage,
  { seed, latentNoise }: DiftSettings,
  content: string,
  member: number,
): NdArray {
  if (deviation === undefined) return mean;
  const draw = memberNoise(latentNoise, mean.data.length, { content: `latent of ${content}`, seed, member });
  return { dims: mean.dims, data: mean.data.map((value, i) => value + (deviation[i] ?? 0) * (draw[i] ?? 0)) };
}

/** What was given for the member, or else drawn from `source`. */
function memberNoise(given: NdArray | undefined, length: number, source: NoiseSource): Float32Array {
  if (given === undefined) return gaussianNoise(length, source);
  const { member } = source;
  if (given.data.length < (member + 1) * length) {
    throw new RangeError(`the noise has ${given.data.length} values; each member takes ${length}`);
  }
  return given.data.subarray(member * length, (member + 1) * length);
}

function accumulate(mean: NdArray | undefined, features: NdArray, members: number): NdArray {
  const share = features.data.map((value) => value / members);
  if (mean === undefined) return { dims: features.dims, data: share };
  for (let i = 0; i < share.length; i++) mean.data[i] = (mean.data[i] ?? 0) + (share[i] ?? 0);
  return mean;
}
