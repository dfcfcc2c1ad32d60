import { SamepointError } from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import { featureStore } from '../../diffusion/cache/feature-store.js';
import { FeatureSource } from '../../diffusion/feature-source.js';
import { baseLevel, levelSize } from '../../diffusion/input-size.js';
import { levelFeatures } from '../../diffusion/level-features.js';
import { NetworkPool } from '../../diffusion/networks/network-pool.js';
import { openPart } from '../../diffusion/networks/open-network.js';
import { type FeaturePlan, levelSettings, type PlanPart, stepsPerLevel } from '../../diffusion/plan/feature-plan.js';
import { supports } from '../../diffusion/plan/feature-settings.js';
import { openRuntime } from '../../engine/open-runtime.js';
import type { NdArray } from '../../graph/runtime/run.js';
import { pixelsId } from '../../images/decode.js';
import { EMBEDDED_MODEL } from '../../models/resolve-model.js';
import { readNpy, writeNpy } from '../files/npy.js';
import { claimOutputs } from '../files/output-files.js';
import { readImage } from '../files/read-image.js';
import { StatusLine } from '../format/status-line.js';
import { logDevice } from '../host-info.js';
import { createCommand } from '../options/create-command.js';
import {
  checkedPlan,
  disableDiskCache,
  type FeatureOptions,
  filesOfPlan,
  withFeatureOptions,
} from '../options/feature-options.js';
import { forceOption } from '../options/output-options.js';
import { type ProviderOptions, withDeviceOptions } from '../options/provider-options.js';

interface FeaturesOptions extends FeatureOptions, Pick<ProviderOptions, 'provider' | 'device'> {
  textStates?: string;
  noise?: string;
  out: string;
  force?: true;
}

const DETAILS = `
Writes a float32 NumPy array (1, channels, rows, columns): the output of the network, or the descriptors of a fusion.
Settings that are not given come from --preset. With --checkpoint and --backend, missing parts (VAE, text encoder) come
from the backend's model. A checkpoint is a folder in the layout of diffusers, transformers or open_clip, or one file:
ADM, ViT, U-Net, or a whole Stable Diffusion in the original layout. Formats are safetensors and torch.save (.bin, .ckpt,
.pth, .pt); pickled code is never executed.`;

/** `samepoint features`: the feature map of one image. */
export function featuresCommand(): Command {
  const command = createCommand(
    'features',
    'Write the features of an image as a NumPy array.',
    'features home.png --out home.npy',
  )
    .argument('<image>', 'PNG, JPEG or WebP image')
    .option('--text-states <file>', 'NPY file with text states (1, tokens, channels), instead of a prompt')
    .option('--noise <file>', 'NPY file with noise (samples, channels, rows, columns), instead of random noise')
    .requiredOption('--out <file>', 'NPY file to write')
    .addOption(forceOption())
    .addHelpText('after', DETAILS)
    .action(runFeatures);
  return withDeviceOptions(withFeatureOptions(command));
}

async function runFeatures(imagePath: string, options: FeaturesOptions): Promise<void> {
  disableDiskCache(options);
  const plan = checkedPlan(options);
  const [part, ...others] = plan.parts;
  if (part === undefined) throw new Error('a plan has at least one part');
  const { out, textStates, noise, force } = options;
  const inputs = [imagePath, textStates, noise, ...filesOfPlan(plan)].filter((path) => path !== undefined);
  await claimOutputs([{ file: out, option: '--out' }], { inputs, force });
  const line = new StatusLine({ blocks: plan.parts.some(({ preset }) => preset.backend !== EMBEDDED_MODEL.id) });
  const computed =
    others.length > 0 ? fusedFeatures(imagePath, plan, options, line) : networkFeatures(imagePath, part, options, line);
  const features = await computed.finally(() => line.clear());
  await writeNpy(out, features);
  process.stderr.write(`${out}: ${describe(features)}\n`);
}

async function fusedFeatures(
  imagePath: string,
  plan: FeaturePlan,
  options: FeaturesOptions,
  line: StatusLine,
): Promise<NdArray> {
  refuseForFusion(options);
  const { imageId, bytes, image } = await readImage(imagePath);
  line.show('Choosing the device');
  const source = new FeatureSource(await openRuntime(options, logDevice), featureStore());
  const onStep = showSteps(line, plan.steps);
  const key = await pixelsId(imageId, bytes);
  const { levels, baseLevel: base } = await source.pyramid(key, () => Promise.resolve(image), plan, onStep);
  await source.release();
  const level = levels[base];
  if (level === undefined) throw new Error('a pyramid has its base level');
  return { dims: [1, level.channels, level.rows, level.columns], data: level.chw };
}

async function networkFeatures(
  imagePath: string,
  part: PlanPart,
  options: FeaturesOptions,
  line: StatusLine,
): Promise<NdArray> {
  refuseUnused(part, options);
  const { image } = await readImage(imagePath);
  const textStates = options.textStates === undefined ? undefined : await readNpy(options.textStates);
  const noise = options.noise === undefined ? {} : { noise: await readNpy(options.noise) };
  line.show('Choosing the device');
  const pool = new NetworkPool(await openRuntime(options, logDevice));
  const onStep = showSteps(line, stepsPerLevel(part.preset));
  try {
    const { size } = part.preset;
    const inputSize = levelSize(size, baseLevel(size), image);
    const network = openPart(part, pool, textStates);
    const [features] = await levelFeatures(network, image, inputSize, { ...levelSettings(part), ...noise }, onStep);
    if (features === undefined) throw new Error('a network gives features');
    return features;
  } catch (thrown) {
    throw thrown instanceof RangeError ? invalidSettings(thrown) : thrown;
  } finally {
    await pool.release();
  }
}

/** @returns callback that takes the number of steps done */
function showSteps(line: StatusLine, total: number): (steps?: number) => void {
  let done = 0;
  line.show('Loading the network');
  return (steps = 1) => {
    done += steps;
    line.show(`Computing features, step ${done}/${total}`);
  };
}

/** A fusion has several networks, and text states and noise fit only one. */
function refuseForFusion({ textStates, noise }: FeaturesOptions): void {
  if (textStates === undefined && noise === undefined) return;
  throw new SamepointError(
    'BAD_REQUEST',
    '--text-states and --noise do not apply to a fusion.',
    'Remove them, or choose a single backend.',
  );
}

/** Refuses inputs that the network does not have. */
function refuseUnused({ preset }: PlanPart, { textStates, noise }: FeaturesOptions): void {
  const unused = [
    ...(textStates !== undefined && !supports(preset, 'prompt') ? ['--text-states'] : []),
    ...(noise !== undefined && !supports(preset, 'ensembleSize') ? ['--noise'] : []),
  ].join(' and ');
  if (unused === '') return;
  throw new SamepointError(
    'BAD_REQUEST',
    `${preset.backend} does not support ${unused}.`,
    'Remove it, or choose another --backend.',
  );
}

function describe({ dims }: NdArray): string {
  return `float32 (${dims.join(', ')})`;
}

/** The size, block, timestep or noise does not fit the network. */
function invalidSettings({ message }: RangeError): SamepointError {
  return new SamepointError('BAD_REQUEST', `${message}.`, 'Change --size, --t, --up-ft-index or --noise.');
}
