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

/** What features to compute. Settings override those of the preset. */
export interface FeatureChoice extends FeatureSettings {
  /** A backend, or a fusion: `fuse(sd21,dinov2-b)`. Without one, `checkpoint` and `network` are required. */
  backend?: string | undefined;
  /** A preset of the backend; in a fusion, of at least one part. */
  preset?: string | undefined;
  /** What the image shows, for prompts with `{category}`. */
  category?: string | undefined;
  /** Folder or file of a checkpoint to use instead of the backend's model, which supplies missing parts. */
  checkpoint?: string | undefined;
  /** Network family of the checkpoint if no backend is given. */
  network?: NetworkKind | undefined;
  /** How many times to halve the size, when memory is short. */
  downscaleSteps?: number | undefined;
}

/** One network of a plan, with everything its features depend on besides the image. */
export interface PlanPart {
  /** With custom settings applied. */
  preset: Preset;
  weight: number;
  files: ModelFiles;
  /** Path of the checkpoint that replaces the backend's model. */
  checkpoint?: string;
  /** Changes with the content of the files. */
  weightsId: string;
  prompt: string;
  seed: number;
  downscaleSteps: number;
  /** All blocks that one pass returns features of, this part's included; the others are cached for later plans. */
  sharedBlocks?: readonly number[];
}

/** How to compute the features of an image. */
export interface FeaturePlan {
  /** Equal for equal choices and weights. */
  id: string;
  parts: readonly PlanPart[];
  /** Progress steps per image: encoder and passes of every level of every part. */
  steps: number;
  /** Whether positions are refined below the size of a cell. */
  refinement: boolean;
  /** Matching of the published protocol; in a fusion, of the first part that has one. */
  matching?: PublishedMatching;
}

/**
 * Turns a choice into a plan, and finds the weights on disk.
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST` for an unknown preset and for settings that the
 *   network does not support, `MODEL_MISSING`
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

/** The plan for a task, with the settings published for it unless the choice names a preset. */
export function planTask(task: PresetName, choice: FeatureChoice): FeaturePlan {
  return planFeatures(withTaskPreset(task, choice));
}

/** Adds the preset of a task if the choice names none and one of its backends has it. */
export function withTaskPreset(task: PresetName, choice: FeatureChoice): FeatureChoice {
  const { backend, preset } = choice;
  if (backend === undefined || preset !== undefined) return choice;
  const hasOwn = parseBackend(backend).some((part) => presetsOf(part.backend).some(({ name }) => name === task));
  return { ...choice, preset: hasOwn ? task : 'default' };
}

/**
 * The presets of a choice with its settings applied, each with its weight.
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

/** Name of a choice in messages and reports: its backend, or the file name of its checkpoint. */
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
  const presetName = preset ?? 'default';
  const named = parts.map((part) => presetsOf(part.backend).find(({ name }) => name === presetName));
  if (named.every((found) => found === undefined)) throw unknownPreset(backend, presetName, parts[0]?.backend ?? '');
  return parts.map((part, n) => ({ preset: named[n] ?? defaultOf(part.backend), weight: part.weight }));
}

function checkpointPreset(choice: FeatureChoice): Preset {
  const { preset, checkpoint, network } = choice;
  if (checkpoint === undefined) throw badChoice('No network is given.', 'Add --backend ID, or --checkpoint PATH.');
  if (preset !== undefined) throw badChoice('--preset needs a backend.', 'Add --backend ID, or omit --preset.');
  if (network === undefined) {
    throw badChoice(
      `The network of ${checkpoint} is not given.`,
      'Add --backend ID to use the settings of a backend, or --network KIND.',
    );
  }
  // report a bad checkpoint before a missing setting
  checkCheckpoint(network, filesOf(checkpoint));
  return barePreset(choiceName(choice), network, choice);
}

/**
 * The same plan, whose passes return the features of several blocks. Plans of the other blocks then find theirs cached.
 * @param blocks of the network that `upFtIndex` applies to
 */
export function shareBlocks(plan: FeaturePlan, blocks: readonly number[]): FeaturePlan {
  const parts = plan.parts.map((part) =>
    blockOf(part.preset) === undefined ? part : { ...part, sharedBlocks: blocks },
  );
  return { ...plan, parts };
}

/** Progress steps of one pyramid level: the encoder, and every pass of the network. */
export function stepsPerLevel(preset: Preset): number {
  return 1 + passesOf(preset);
}

/** Passes of the network per level. */
function passesOf(preset: Preset): number {
  return 'ensembleSize' in preset ? preset.ensembleSize : 1;
}

/** How a preset obtains the latent; `mean` for networks without a VAE. */
export function latentModeOf(preset: Preset): LatentMode {
  return ('latentMode' in preset ? preset.latentMode : undefined) ?? 'mean';
}

/** Resampling and noise settings of one part of a plan. */
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

/** Files of the backend's model, or of the checkpoint with missing parts from that model. */
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
  return badChoice('--network describes a checkpoint, and none is given.', 'Add --checkpoint PATH, or omit --network.');
}

function networkTwice(backend: string): SamepointError {
  return badChoice(`--backend ${backend} already determines the network.`, 'Omit --network or --backend.');
}

function checkpointOfFusion(backend: string): SamepointError {
  return badChoice(
    `${backend} has several networks, and --checkpoint replaces a single one.`,
    'Choose a single backend, or register the file: samepoint models add.',
  );
}

function badChoice(message: string, hint: string): SamepointError {
  return new SamepointError('BAD_REQUEST', message, hint);
}
