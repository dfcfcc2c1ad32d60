import type { NdArray } from '../graph/run.js';
import type { ElementMatching } from './element-network.js';
import { contentOf, gaussianNoise } from './gaussian-noise.js';
import type { NoCounterpartBin } from './no-counterpart.js';
import { addNoise, type NoiseSchedule } from './noise-schedule.js';

/** A network as DIFT sees it: something that noise is added to, and the features of what comes out. */
export interface DiffusionNetwork {
  /** Null for networks that were trained to see clean images (CleanDIFT, and those that do not denoise). */
  schedule: NoiseSchedule | null;
  /** Image (1,3,H,W) in [−1,1] → what noise is added to: the VAE's latent, or the pixels themselves. */
  encode(image: NdArray): Promise<NdArray>;
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
}

/**
 * DIFT (Tang et al., Emergent Correspondence from Image Diffusion, NeurIPS 2023, section 3.2): add noise for timestep t
 * to the encoded image, run the U-Net up to one of its decoder blocks, average over several draws of the noise. Every image
 * and member has noise of its own, as in the published code, but drawn from the image's content: the same image gives the
 * same features. Members run one after another, since their attention scores together would not fit into memory.
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
  const x0 = await network.encode(image);
  onStep();
  if (network.schedule === null) {
    const features = await network.features(x0);
    onStep();
    return features;
  }
  const content = contentOf(image);
  let means: readonly NdArray[] = [];
  for (let member = 0; member < settings.ensembleSize; member++) {
    const noise = memberNoise(settings, content, member, x0);
    const xt = { dims: x0.dims, data: addNoise(network.schedule, x0.data, noise, settings.t) };
    const features = await network.features(xt);
    means = features.map((map, block) => accumulate(means[block], map, settings.ensembleSize));
    onStep();
  }
  if (means.length === 0) throw new RangeError('an ensemble has at least one member');
  return means;
}

function memberNoise({ noise, seed }: DiftSettings, content: string, member: number, { data }: NdArray): Float32Array {
  if (noise === undefined) return gaussianNoise(data.length, { content, seed, member });
  if (noise.data.length < (member + 1) * data.length) {
    throw new RangeError(`the noise has ${noise.data.length} values; each member takes ${data.length}`);
  }
  return noise.data.subarray(member * data.length, (member + 1) * data.length);
}

function accumulate(mean: NdArray | undefined, features: NdArray, members: number): NdArray {
  const share = features.data.map((value) => value / members);
  if (mean === undefined) return { dims: features.dims, data: share };
  for (let i = 0; i < share.length; i++) mean.data[i] = (mean.data[i] ?? 0) + (share[i] ?? 0);
  return mean;
}
