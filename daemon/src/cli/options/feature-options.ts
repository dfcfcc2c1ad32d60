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

/** How features are made, as every command that needs some is asked. */
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

/** The options of every command that makes features; the last word on what they mean has `planFeatures`. */
export function withFeatureOptions(command: Command): Command {
  for (const option of featureOptions()) command.addOption(option.helpGroup(HEADING));
  return command;
}

function featureOptions(): Option[] {
  const backends = `${BACKEND_IDS.join(', ')}, or several as fuse(a,b) or fuse(a:0.5,b:0.5)`;
  return [
    new Option('--backend <id>', `what makes them: ${backends} (default: ${EMBEDDED_MODEL.id})`),
    new Option('--preset <name>', `settings of the backend: ${PRESET_NAMES.join(', ')}; not every backend has all`),
    new Option('--t <timestep>', 'how much noise is added, 0 to 999').argParser(wholeNumber),
    new Option('--up-ft-index <k>', 'the block whose output is taken (a ViT: the layer)').argParser(wholeNumber),
    new Option('--ensemble <n>', 'draws of noise that are averaged').argParser(wholeNumber),
    new Option(
      '--size <px>',
      'side that the image is seen at, in proportions as the preset has them; or WxH, to which it is squashed',
    ).argParser(parseSize),
    new Option('--latent-mode <mode>', "what of the VAE's latent is taken").choices(LATENT_MODES),
    new Option('--seed <n>', 'of the noise').argParser(wholeNumber),
    new Option('--prompt <text>', 'text condition of Stable Diffusion, for example "a photo of a cat"'),
    new Option('--checkpoint <path>', "a checkpoint on disk in the place of the backend's, or with --network"),
    new Option('--network <kind>', 'what the checkpoint holds, where no --backend is given').choices(NETWORK_KINDS),
    new Option('--no-cache', 'neither read nor write features on disk'),
  ];
}

/** The choice that the options make. */
export function featureChoice(options: FeatureOptions): FeatureChoice {
  const { preset, prompt, checkpoint, network, t, upFtIndex, ensemble: ensembleSize, size, latentMode, seed } = options;
  const backend = options.backend ?? (checkpoint === undefined ? EMBEDDED_MODEL.id : undefined);
  return { backend, preset, t, upFtIndex, ensembleSize, size, latentMode, seed, prompt, checkpoint, network };
}

/**
 * The plan that the options make, held against the weights on this disk before anything is loaded.
 * @param task whose published settings are taken where the options name no others
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`, `MODEL_MISSING`, `MODEL_INVALID`
 */
export function checkedPlan(options: FeatureOptions, task?: PresetName): FeaturePlan {
  const choice = featureChoice(options);
  const plan = planFeatures(task === undefined ? choice : withTaskPreset(task, choice));
  checkPlan(plan, choice);
  return plan;
}

/** The features that a request names. The engine takes the choice that comes with the job, which may name files. */
export function requestedFeatures(options: FeatureOptions): Pick<JobRequest, 'backend' | 'preset' | 'prompt'> {
  const { preset, prompt, ...choice } = featureChoice(options);
  return { backend: choiceName(choice), preset, prompt };
}

/** The features as reports name them: backend or checkpoint, preset, and what goes before it. */
export function describeFeatures(options: FeatureOptions): string {
  return describeChoice(featureChoice(options));
}

/** The same of a choice. */
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

/** Obeys `--no-cache`, here and in the engine's process, which reads the environment. */
export function disableDiskCache({ cache }: Pick<FeatureOptions, 'cache'>): void {
  if (!cache) process.env.SAMEPOINT_NO_CACHE = '1';
}

/** @throws InvalidArgumentError */
export function parseSize(text: string): SizeChoice {
  const [, width, height] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  if (width === undefined)
    throw new InvalidArgumentError('Write a number of pixels or WIDTHxHEIGHT, as 768 or 768x512.');
  return height === undefined ? Number(width) : { width: Number(width), height: Number(height) };
}

/** A value as it is written on the command line. */
export function describeSetting(value: string | number | Size): string {
  return typeof value === 'object' ? `${value.width}x${value.height}` : String(value);
}
