import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseBackend } from '../diffusion/backend-spec.js';
import { planFeatures } from '../diffusion/feature-plan.js';
import { FeatureSource } from '../diffusion/feature-source.js';
import { featureStore } from '../diffusion/feature-store.js';
import { firstLook, lookAt } from '../diffusion/input-size.js';
import { lookFeatures } from '../diffusion/look-features.js';
import { NetworkPool } from '../diffusion/network-pool.js';
import { openNetwork } from '../diffusion/open-network.js';
import { openRuntime } from '../engine/open-runtime.js';
import type { NdArray } from '../graph/run.js';
import type { Size } from '../images/resize.js';
import { locations } from '../models/locations.js';
import { wholeNumber } from './count-options.js';
import { keepOffDisk, noCacheOption, presetOption } from './feature-options.js';
import { NETWORK_KINDS, type NetworkChoice, planNetwork } from './features-plan.js';
import { readNpy, writeNpy } from './npy.js';
import { deviceOption, type ProviderOptions, providerOption } from './provider-options.js';
import { readImage } from './read-image.js';
import { sayDevice } from './say-device.js';

interface FeaturesOptions extends NetworkChoice, Pick<ProviderOptions, 'provider' | 'device'> {
  prompt?: string;
  textStates?: string;
  noise?: string;
  latentMode: 'mean' | 'sample';
  seed: number;
  cache: boolean;
  out: string;
}

const DETAILS = `
Writes a NumPy array (1, channels, rows, columns) of float32: what the network gives, or for a fusion its unit columns.
With --backend, what is not said comes from --preset. With --checkpoint too, the checkpoint is used with the backend's
settings, and what it lacks (VAE, text encoder) comes from the backend's model. A checkpoint is a folder as diffusers,
transformers or open_clip write it, or one file: ADM's, a ViT's, a U-Net's, or a whole Stable Diffusion in the original layout.`;

/** `samepoint features`: the feature map of one image, as the paper takes it. */
export function featuresCommand(): Command {
  return new Command('features')
    .description('Write the features of an image as a NumPy array.')
    .argument('<image>', 'a PNG, JPEG or WebP image')
    .option('--backend <id>', 'a model of `samepoint models list`, or fuse(a,b)')
    .addOption(presetOption())
    .option('--checkpoint <path>', 'a checkpoint on disk instead, with --network or --backend')
    .addOption(new Option('--network <kind>', 'what the checkpoint holds').choices(NETWORK_KINDS))
    .option('--t <timestep>', 'how much noise is added, 0 to 999', wholeNumber)
    .option('--up-ft-index <k>', 'the block whose output is taken (a ViT: the layer)', wholeNumber)
    .option('--ensemble <n>', 'draws of noise that are averaged', wholeNumber)
    .option('--size <WxH>', 'size the network sees the image at, in pixels; the image is squashed to it', parseSize)
    .option('--prompt <text>', 'text condition of Stable Diffusion')
    .option('--text-states <file>', 'text states (1, tokens, channels) as NPY instead of a prompt')
    .option('--noise <file>', 'noise (members, channels, rows, columns) as NPY instead of a drawn one')
    .addOption(
      new Option('--latent-mode <mode>', 'what of the VAE is taken').choices(['mean', 'sample']).default('mean'),
    )
    .option('--seed <n>', 'of the noise', wholeNumber, 0)
    .addOption(noCacheOption())
    .addOption(providerOption())
    .addOption(deviceOption())
    .requiredOption('--out <file>', 'the NPY file to write')
    .addHelpText('after', DETAILS)
    .action(runFeatures);
}

async function runFeatures(imagePath: string, options: FeaturesOptions): Promise<void> {
  keepOffDisk(options);
  const { backend } = options;
  const isFusion = backend !== undefined && parseBackend(backend).length > 1;
  const features = isFusion
    ? await fusedFeatures(imagePath, { ...options, backend })
    : await networkFeatures(imagePath, options);
  await writeNpy(options.out, features);
  process.stderr.write(`${options.out}: ${describe(features)}\n`);
}

async function fusedFeatures(imagePath: string, options: FeaturesOptions & { backend: string }): Promise<NdArray> {
  const { backend, preset, prompt, seed } = options;
  const plan = planFeatures({ backend, preset, prompt, seed });
  refuseForFusion(options);
  const { imageId, image } = await readImage(imagePath);
  const source = new FeatureSource(await openRuntime(options, sayDevice), featureStore());
  const { levels, firstLook: first } = await source.pyramid(imageId, () => Promise.resolve(image), plan);
  await source.release();
  const level = levels[first];
  if (level === undefined) throw new Error('a pyramid has its first look');
  return { dims: [1, level.channels, level.rows, level.columns], data: level.chw };
}

async function networkFeatures(imagePath: string, options: FeaturesOptions): Promise<NdArray> {
  const { cut, files, t, ensembleSize, size } = planNetwork(options);
  const { image } = await readImage(imagePath);
  const condition = {
    prompt: options.prompt ?? '',
    latentMode: options.latentMode,
    seed: options.seed,
    preferLearnedT: options.t === undefined,
    promptFolder: join(locations(process.env).ownFolder, 'prompts'),
    ...(options.textStates === undefined ? {} : { textStates: await readNpy(options.textStates) }),
  };
  const noise = options.noise === undefined ? {} : { noise: await readNpy(options.noise) };
  const pool = new NetworkPool(await openRuntime(options, sayDevice));
  try {
    const look = lookAt(size, firstLook(size), image);
    const network = openNetwork(cut, files, condition, pool);
    return await lookFeatures(network, image, look, { t, ensembleSize, seed: options.seed, ...noise });
  } catch (thrown) {
    throw thrown instanceof RangeError ? unfit(thrown) : thrown;
  } finally {
    await pool.release();
  }
}

/** A fusion has several networks; what is meant for one of them would be left out silently. */
function refuseForFusion(options: FeaturesOptions): void {
  const one = ['checkpoint', 'network', 't', 'upFtIndex', 'ensemble', 'size', 'textStates', 'noise'] as const;
  if (one.every((name) => options[name] === undefined)) return;
  throw new SamepointError(
    'BAD_REQUEST',
    'A fusion takes the settings of its backends’ presets.',
    'Leave the options for a single network out, or name one backend.',
  );
}

function describe({ dims }: NdArray): string {
  return `float32 (${dims.join(', ')})`;
}

function parseSize(text: string): Size {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (Number(width) > 0 && Number(height) > 0) return { width: Number(width), height: Number(height) };
  throw new InvalidArgumentError('Write WIDTHxHEIGHT, for example 768x768.');
}

/** The network cannot take this size, block, timestep or noise. */
function unfit({ message }: RangeError): SamepointError {
  return new SamepointError('BAD_REQUEST', `${message}.`, 'Choose --size, --t, --up-ft-index and --noise that fit it.');
}
