import type { JobRequest } from '@samepoint/shared-protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { checkPlan } from '../../diffusion/networks/network-limits.js';
import { NETWORK_KINDS, type NetworkKind } from '../../diffusion/plan/bare-preset.js';
import {
  choiceName,
  type FeatureChoice,
  type FeaturePlan,
  planFeatures,
  withTaskPreset,
} from '../../diffusion/plan/feature-plan.js';
import { SETTING_OPTIONS, type SettingName, type SizeChoice } from '../../diffusion/plan/feature-settings.js';
import { BACKEND_IDS, LATENT_MODES, type LatentMode, PRESET_NAMES, type PresetName } from '../../diffusion/presets.js';
import type { Size } from '../../images/resize.js';
import { EMBEDDED_MODEL } from '../../models/resolve-model.js';
import { wholeNumber } from './parse-values.js';
import { suggest } from './suggestions.js';

/** Parsed values of the feature options. */
export interface FeatureOptions {
  backend?: string;
  preset?: string;
  prompt?: string;
  checkpoint?: string;
  network?: NetworkKind;
  t?: number;
  upFtIndex?: number;
  ensemble?: number;
  size?: SizeChoice;
  latentMode?: LatentMode;
  seed?: number;
  /** False with `--no-cache`. */
  cache: boolean;
}

const HEADING = 'Features:';

/** Adds the options of every command that computes features. `planFeatures` validates their combination. */
export function withFeatureOptions(command: Command): Command {
  for (const option of featureOptions()) command.addOption(option.helpGroup(HEADING));
  return command;
}

function featureOptions(): Option[] {
  const backends = `${BACKEND_IDS.join(', ')}, or a fusion such as fuse(a,b) or fuse(a:0.5,b:0.5)`;
  return [
    suggest(new Option('--backend <id>', `${backends} (default: ${EMBEDDED_MODEL.id})`), BACKEND_IDS),
    suggest(
      new Option('--preset <name>', `settings of the backend, as far as it has them: ${PRESET_NAMES.join(', ')}`),
      PRESET_NAMES,
    ),
    new Option('--t <timestep>', 'diffusion timestep, 0 to 999').argParser(wholeNumber),
    new Option('--up-ft-index <k>', 'up block of the U-Net, or layer of the ViT').argParser(wholeNumber),
    new Option('--ensemble <n>', 'number of noise samples to average').argParser(wholeNumber),
    new Option(
      '--size <px>',
      'input size: one side, with the aspect ratio of the preset, or WxH, which ignores the aspect ratio',
    ).argParser(parseSize),
    new Option('--latent-mode <mode>', 'mean of the VAE latent, or a sample').choices(LATENT_MODES),
    new Option('--seed <n>', 'random seed of the noise').argParser(wholeNumber),
    new Option('--prompt <text>', 'text prompt of Stable Diffusion, such as "a photo of a cat"'),
    new Option('--checkpoint <path>', 'checkpoint to use with --network, or instead of the one of --backend'),
    new Option('--network <kind>', 'network of --checkpoint, without --backend').choices(NETWORK_KINDS),
    new Option('--no-cache', 'do not read or write the feature cache'),
  ];
}

/** Options as a choice of features. */
export function featureChoice(options: FeatureOptions): FeatureChoice {
  const { preset, prompt, checkpoint, network, t, upFtIndex, ensemble: ensembleSize, size, latentMode, seed } = options;
  const backend = options.backend ?? (checkpoint === undefined ? EMBEDDED_MODEL.id : undefined);
  return { backend, preset, t, upFtIndex, ensembleSize, size, latentMode, seed, prompt, checkpoint, network };
}

/**
 * Plans the features and checks the plan against the weights on disk, before anything is loaded.
 * @param task whose published settings are the defaults
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`, `MODEL_MISSING`, `MODEL_INVALID`
 */
export function checkedPlan(options: FeatureOptions, task?: PresetName): FeaturePlan {
  const choice = featureChoice(options);
  const plan = planFeatures(task === undefined ? choice : withTaskPreset(task, choice));
  checkPlan(plan, choice);
  return plan;
}

/** The files that a plan reads, which no output may replace. */
export function filesOfPlan({ parts }: FeaturePlan): string[] {
  return parts.flatMap(({ files }) => [...files.values()]);
}

/** Features as a request names them. The job carries the full choice, which may name files. */
export function requestedFeatures(options: FeatureOptions): Pick<JobRequest, 'backend' | 'preset' | 'prompt'> {
  const { preset, prompt, ...choice } = featureChoice(options);
  return { backend: choiceName(choice), preset, prompt };
}

/** Features as reports name them: backend or checkpoint, preset, and settings that override it. */
export function describeFeatures(options: FeatureOptions): string {
  return describeChoice(featureChoice(options));
}

/** A choice of features as reports name it. */
export function describeChoice(choice: FeatureChoice): string {
  const settings = Object.entries(SETTING_OPTIONS).flatMap(([name, option]) => {
    const value = choice[name as SettingName];
    return value === undefined || name === 'prompt' ? [] : [`${option.slice(2)}=${describeSetting(value)}`];
  });
  const { backend, preset, checkpoint } = choice;
  const details = [
    preset,
    ...settings,
    backend === undefined || checkpoint === undefined ? undefined : `checkpoint=${checkpoint}`,
  ];
  const given = details.filter((detail) => detail !== undefined);
  return given.length === 0 ? choiceName(choice) : `${choiceName(choice)} (${given.join(', ')})`;
}

/** Applies `--no-cache` to this process and to the engine, which inherits the environment. */
export function disableDiskCache({ cache }: Pick<FeatureOptions, 'cache'>): void {
  if (!cache) process.env.SAMEPOINT_NO_CACHE = '1';
}

/** @throws InvalidArgumentError */
export function parseSize(text: string): SizeChoice {
  const [, width, height] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  if (width === undefined) throw new InvalidArgumentError('Expected pixels or WIDTHxHEIGHT, such as 768 or 768x512.');
  return height === undefined ? Number(width) : { width: Number(width), height: Number(height) };
}

/** A setting as it is written on the command line. */
export function describeSetting(value: string | number | Size): string {
  return typeof value === 'object' ? `${value.width}x${value.height}` : String(value);
}
