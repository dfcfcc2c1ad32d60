import { basename } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { type ModelEnvironment, modelEnvironment } from '../../models/model-environment.js';
import { resolveModel } from '../../models/resolve-model.js';
import { levelCount } from '../input-size.js';
import type { LevelSettings } from '../level-features.js';
import { checkpointIdentity, filesOf, fillMissingParts, type ModelFiles } from '../networks/model-files.js';
import { checkCheckpoint } from '../networks/network-checkpoints.js';
import { blockOf, type LatentMode, PRESETS, type Preset, type PresetName, type PublishedMatching } from '../presets.js';
import { parseBackend } from './backends.js';
import { barePreset, type NetworkKind } from './bare-preset.js';
import { applySettings, type FeatureSettings } from './feature-settings.js';

/** A choice of features. Its settings replace those of the preset. */
export interface FeatureChoice extends FeatureSettings {
  /** A backend, or a fusion of several: `fuse(sd21,dinov2-b)`. Without one, `checkpoint` and `network` name what to take. */
  backend?: string | undefined;
  /** One of the backend's presets; in a fusion, of those that have it. */
  preset?: string | undefined;
  /** What the image shows, for presets whose prompt names it. */
  category?: string | undefined;
  /** Folder or file of a checkpoint in the place of the backend's, whose model lends what it lacks. */
  checkpoint?: string | undefined;
  /** What the checkpoint holds, where no backend is given. */
  network?: NetworkKind | undefined;
  /** How often the size is halved, for machines with little memory. */
  downscaleSteps?: number | undefined;
}

/** One network of a plan, with everything its features depend on besides the image. */
export interface PlanPart {
  /** With the settings that were chosen by hand. */
  preset: Preset;
  weight: number;
  files: ModelFiles;
  /** The path of the checkpoint that stands in for the backend's. */
  checkpoint?: string;
  /** Another one once the files are others. */
  weightsId: string;
  prompt: string;
  seed: number;
  downscaleSteps: number;
  /** Blocks whose features come out of the same passes and are kept, since they are asked for next; the own one among them. */
  sharedBlocks?: readonly number[];
}

/** How the features of an image are made. */
export interface FeaturePlan {
  /** The same for the same choice, as long as the weights are the same. */
  id: string;
  parts: readonly PlanPart[];
  /** Steps that an image takes: encoder and passes of every look of every part. */
  steps: number;
  /** Whether positions may be refined to parts of a cell. */
  refinement: boolean;
  /** What the published protocol does with the features; of a fusion, that of the first part with one. */
  matching?: PublishedMatching;
}

/**
 * Turns a choice into a plan; finds the weights on this disk.
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST` for a preset the backend does not have and for settings that do not
 *   fit it, `MODEL_MISSING`
 */
export function planFeatures(choice: FeatureChoice, environment: ModelEnvironment = modelEnvironment()): FeaturePlan {
  const { seed = 0, downscaleSteps = 0, checkpoint } = choice;
  const chosen = resolvePresets(choice);
  const parts = chosen.map(({ preset, weight }) => {
    const files = filesFor(preset.backend, choice, environment);
    if (checkpoint !== undefined) checkCheckpoint(preset.network, files);
    const prompt = choice.prompt ?? promptOf(preset, choice.category);
    const from = checkpoint === undefined ? {} : { checkpoint };
    return { preset, weight, files, ...from, weightsId: checkpointIdentity(files), prompt, seed, downscaleSteps };
  });
  const matching = chosen.map(({ preset }) => preset.matching).find((found) => found !== undefined);
  return {
    id: JSON.stringify([choice, parts.map(({ weightsId }) => weightsId)]),
    parts,
    steps: parts.reduce((sum, { preset }) => sum + levelCount(preset.size) * stepsPerLevel(preset), 0),
    refinement: parts.every(({ preset }) => preset.refinement),
    ...(matching === undefined ? {} : { matching }),
  };
}

/** The plan for a task: with the settings published for it where a backend has some and no others are asked for. */
export function planTask(task: PresetName, choice: FeatureChoice): FeaturePlan {
  return planFeatures(withTaskPreset(task, choice));
}

/** The choice with the preset of a task, where none is named and one of the backends has it. */
export function withTaskPreset(task: PresetName, choice: FeatureChoice): FeatureChoice {
  const { backend, preset } = choice;
  if (backend === undefined || preset !== undefined) return choice;
  const hasOwn = parseBackend(backend).some((part) => presetsOf(part.backend).some(({ name }) => name === task));
  return { ...choice, preset: hasOwn ? task : 'default' };
}

/**
 * The presets of a choice, with its settings in them, each with its weight.
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`
 */
export function resolvePresets(choice: FeatureChoice): { preset: Preset; weight: number }[] {
  const parts = namedPresets(choice);
  const presets = parts.map(({ preset }) => preset);
  return applySettings(choiceName(choice), presets, choice).map((preset, n) => ({
    preset: choice.checkpoint === undefined ? preset : { ...preset, custom: true },
    weight: parts[n]?.weight ?? 1,
  }));
}

/** What sentences and reports call a choice: its backend, or the name of its checkpoint. */
export function choiceName({ backend, checkpoint = '' }: FeatureChoice): string {
  return backend ?? basename(checkpoint);
}

function namedPresets(choice: FeatureChoice): { preset: Preset; weight: number }[] {
  const { backend, preset, checkpoint, network } = choice;
  if (network !== undefined && checkpoint === undefined) throw networkAlone();
  if (backend === undefined) return [{ preset: checkpointPreset(choice), weight: 1 }];
  const parts = parseBackend(backend);
  if (network !== undefined) throw networkTwice(backend);
  if (checkpoint !== undefined && parts.length > 1) throw checkpointOfFusion(backend);
  const wanted = preset ?? 'default';
  const named = parts.map((part) => presetsOf(part.backend).find(({ name }) => name === wanted));
  if (named.every((found) => found === undefined)) throw unknownPreset(backend, wanted, parts[0]?.backend ?? '');
  return parts.map((part, n) => ({ preset: named[n] ?? defaultOf(part.backend), weight: part.weight }));
}

function checkpointPreset(choice: FeatureChoice): Preset {
  const { preset, checkpoint, network } = choice;
  if (checkpoint === undefined) throw badChoice('No network is named.', 'Add --backend ID, or --checkpoint PATH.');
  if (preset !== undefined)
    throw badChoice(
      '--preset names settings of a backend, and none is given.',
      'Add --backend ID, or leave --preset out.',
    );
  if (network === undefined) {
    throw badChoice(
      `Which network ${checkpoint} holds is not given.`,
      'Add --backend ID, whose settings it takes, or --network KIND.',
    );
  }
  // what is wrong with the checkpoint itself comes before a setting that is missing
  checkCheckpoint(network, filesOf(checkpoint));
  return barePreset(choiceName(choice), network, choice);
}

/**
 * The plan of one block of several that are asked for one after another: passes of its network give the features of all.
 * @param blocks of the one network that a choice of `upFtIndex` holds for
 */
export function shareBlocks(plan: FeaturePlan, blocks: readonly number[]): FeaturePlan {
  const parts = plan.parts.map((part) =>
    blockOf(part.preset) === undefined ? part : { ...part, sharedBlocks: blocks },
  );
  return { ...plan, parts };
}

/** The encoder, and every pass of the network. */
export function stepsPerLevel(preset: Preset): number {
  return 1 + passesOf(preset);
}

/** How often the network runs for one look. */
function passesOf(preset: Preset): number {
  return 'ensembleSize' in preset ? preset.ensembleSize : 1;
}

/** What a preset takes of the VAE; networks without one have nothing to draw. */
export function latentModeOf(preset: Preset): LatentMode {
  return ('latentMode' in preset ? preset.latentMode : undefined) ?? 'mean';
}

/** How a part of a plan resizes images, what noise it adds, and how often. */
export function levelSettings({ preset, seed }: PlanPart): LevelSettings {
  const { resampling } = preset;
  return { t: 't' in preset ? preset.t : 0, ensembleSize: passesOf(preset), seed, resampling };
}

/** The presets of one backend, the default first. */
export function presetsOf(backend: string): Preset[] {
  return PRESETS.filter((preset) => preset.backend === backend);
}

function defaultOf(backend: string): Preset {
  const [first] = presetsOf(backend);
  if (first === undefined) throw new Error(`${backend} has no presets`);
  return first;
}

function promptOf(preset: Preset, category: string | undefined): string {
  if (!('prompt' in preset)) return '';
  if (category !== undefined) return preset.prompt.replace('{category}', () => category);
  return preset.prompt.includes('{category}') ? '' : preset.prompt;
}

/** The files of the backend's model, or those of a checkpoint with what it lacks from there. */
function filesFor(
  backend: string,
  { backend: chosen, checkpoint }: FeatureChoice,
  environment: ModelEnvironment,
): ModelFiles {
  const own = checkpoint === undefined ? undefined : filesOf(checkpoint);
  if (own !== undefined && chosen === undefined) return own;
  const resolved = resolveModel(backend, {}, environment);
  if (own === undefined) {
    if (!resolved.ok) throw resolved.error;
    return resolved.files;
  }
  return resolved.ok ? fillMissingParts(own, resolved.files) : own;
}

function unknownPreset(backend: string, preset: string, first: string): SamepointError {
  const names = presetsOf(first).map(({ name }) => name);
  return badChoice(`${backend} has no preset "${preset}".`, `Choose one of: ${names.join(', ')}.`);
}

function networkAlone(): SamepointError {
  return badChoice(
    '--network names what a checkpoint holds, and no checkpoint is given.',
    'Add --checkpoint PATH, or leave --network out.',
  );
}

function networkTwice(backend: string): SamepointError {
  return badChoice(`--backend ${backend} names the network already.`, 'Leave --network or --backend out.');
}

function checkpointOfFusion(backend: string): SamepointError {
  return badChoice(
    `${backend} has several networks, and --checkpoint stands in for one.`,
    'Name one backend, or register the file: samepoint models add.',
  );
}

function badChoice(message: string, hint: string): SamepointError {
  return new SamepointError('BAD_REQUEST', message, hint);
}
