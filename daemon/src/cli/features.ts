import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { Command, InvalidArgumentError, Option } from 'commander';
import { dift } from '../diffusion/dift.js';
import { filesOf, type ModelFiles } from '../diffusion/model-files.js';
import { NETWORK_KINDS, type NetworkKind, openNetwork } from '../diffusion/open-network.js';
import { PUBLISHED_PRESETS } from '../diffusion/published-presets.js';
import type { NdArray } from '../graph/run.js';
import { CPU_RUNTIME } from '../graph/runtime.js';
import { resizeRgb, type Size } from '../images/resize.js';
import { toPaddedChw } from '../images/to-tensor.js';
import { locations } from '../models/locations.js';
import { resolveModel } from '../models/resolve-model.js';
import { readNpy, writeNpy } from './npy.js';
import { readImage } from './read-image.js';

interface FeaturesOptions {
  backend?: string;
  checkpoint?: string;
  network?: NetworkKind;
  t?: number;
  upFtIndex?: number;
  ensemble?: number;
  size?: Size;
  prompt: string;
  textStates?: string;
  noise?: string;
  latentMode: 'mean' | 'sample';
  seed: number;
  out: string;
}

const DETAILS = `
Writes a NumPy array (1, channels, rows, columns) of float32. With --backend, what is not said comes from the published
settings of that backend. The image is squashed to --size, as the published code does.`;

/** `samepoint features`: the feature map of one image, as the paper takes it. */
export function featuresCommand(): Command {
  return new Command('features')
    .description('Write the features of an image as a NumPy array.')
    .argument('<image>', 'a PNG, JPEG or WebP image')
    .option('--backend <id>', 'a model of `samepoint models list`')
    .option('--checkpoint <path>', 'a checkpoint on disk instead, with --network')
    .addOption(new Option('--network <kind>', 'what the checkpoint holds').choices(NETWORK_KINDS))
    .option('--t <timestep>', 'how much noise is added, 0 to 999', wholeNumber)
    .option('--up-ft-index <k>', 'the block whose output is taken (a ViT: the layer)', wholeNumber)
    .option('--ensemble <n>', 'draws of noise that are averaged', wholeNumber)
    .option('--size <WxH>', 'size the network sees the image at, in pixels', parseSize)
    .option('--prompt <text>', 'text condition of Stable Diffusion', '')
    .option('--text-states <file>', 'text states (1, tokens, channels) as NPY instead of a prompt')
    .option('--noise <file>', 'noise (members, channels, rows, columns) as NPY instead of a drawn one')
    .addOption(
      new Option('--latent-mode <mode>', 'what of the VAE is taken').choices(['mean', 'sample']).default('mean'),
    )
    .option('--seed <n>', 'of the noise', wholeNumber, 0)
    .requiredOption('--out <file>', 'the NPY file to write')
    .addHelpText('after', DETAILS)
    .action(runFeatures);
}

async function runFeatures(imagePath: string, options: FeaturesOptions): Promise<void> {
  const { kind, files, t, block, ensembleSize, size } = plan(options);
  const { image } = await readImage(imagePath);
  const { prompt, latentMode, seed } = options;
  const textStates = options.textStates === undefined ? undefined : await readNpy(options.textStates);
  const noise = options.noise === undefined ? undefined : await readNpy(options.noise);
  const settings = {
    t,
    block,
    prompt,
    latentMode,
    seed,
    cacheFolder: join(locations(process.env).ownFolder, 'prompts'),
    ...(textStates === undefined ? {} : { textStates }),
  };
  const network = openNetwork(kind, files, settings, CPU_RUNTIME);
  const pixels = toPaddedChw(await resizeRgb(image, size), size);
  const features = await dift(
    network,
    { dims: [1, 3, size.height, size.width], data: pixels },
    { t, ensembleSize, seed, ...(noise === undefined ? {} : { noise }) },
  ).catch((thrown: unknown) => {
    throw thrown instanceof RangeError ? unfit(thrown) : thrown;
  });
  await network.release();
  await writeNpy(options.out, features);
  process.stderr.write(`${options.out}: ${describe(features)}\n`);
}

interface Plan {
  kind: NetworkKind;
  files: ModelFiles;
  t: number;
  block: number | undefined;
  ensembleSize: number;
  size: Size;
}

/** Options first, then the published settings of the backend. */
function plan({ backend, checkpoint, network, t, upFtIndex, ensemble, size }: FeaturesOptions): Plan {
  const preset = PUBLISHED_PRESETS.find((row) => row.backend === backend);
  const presetSize = preset !== undefined && 'width' in preset.size ? preset.size : undefined;
  const chosenSize = size ?? presetSize;
  const kind = network ?? preset?.network;
  if (kind === undefined)
    throw incomplete('Which network to take is not said.', 'Give --backend, or --checkpoint and --network.');
  if (chosenSize === undefined) throw incomplete('The size is not said.', 'Add --size WxH.');
  return {
    kind,
    files: checkpoint === undefined ? backendFiles(backend) : filesOf(checkpoint),
    t: t ?? preset?.t ?? 0,
    block: upFtIndex ?? preset?.upFtIndex,
    ensembleSize: ensemble ?? preset?.ensembleSize ?? 1,
    size: chosenSize,
  };
}

function backendFiles(backend: string | undefined): ModelFiles {
  if (backend === undefined) throw incomplete('No checkpoint is given.', 'Add --backend ID or --checkpoint PATH.');
  const resolved = resolveModel(backend, { prompts: true });
  if (!resolved.ok) throw resolved.error;
  return resolved.files;
}

function describe({ dims }: NdArray): string {
  return `float32 (${dims.join(', ')})`;
}

function parseSize(text: string): Size {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (Number(width) > 0 && Number(height) > 0) return { width: Number(width), height: Number(height) };
  throw new InvalidArgumentError('Write WIDTHxHEIGHT, for example 768x768.');
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}

/** The network cannot take this size, block, timestep or noise. */
function unfit({ message }: RangeError): SamepointError {
  return new SamepointError('BAD_REQUEST', `${message}.`, 'Choose --size, --t, --up-ft-index and --noise that fit it.');
}

function incomplete(message: string, hint: string): SamepointError {
  return new SamepointError('BAD_REQUEST', message, hint);
}
