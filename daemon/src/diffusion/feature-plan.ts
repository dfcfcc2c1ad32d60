import { SamepointError } from '@samepoint/shared-protocol';
import { type ModelEnvironment, modelEnvironment } from '../models/model-environment.js';
import { resolveModel } from '../models/resolve-model.js';
import { parseBackend } from './backend-spec.js';
import { lookCount } from './input-size.js';
import { checkpointIdentity, type ModelFiles } from './model-files.js';
import { type LatentMode, PRESETS, type Preset, type PresetName, type PublishedMatching } from './presets.js';

/** Which features somebody wants. */
export interface FeatureChoice {
  /** A backend, or a fusion of several: `fuse(sd21,dinov2-b)`. */
  backend: string;
  /** One of the backend's presets; in a fusion, of those that have it. */
  preset?: string | undefined;
  /** What the image shows, for presets whose prompt names it. */
  category?: string | undefined;
  /** Text condition instead of the preset's. */
  prompt?: string | undefined;
  /** Of the noise. */
  seed?: number | undefined;
  /** How often the size is halved, for machines with little memory. */
  halvings?: number | undefined;
}

/** One network of a plan, with everything its features depend on besides the image. */
export interface PlanPart {
  preset: Preset;
  weight: number;
  files: ModelFiles;
  /** Another one once the files are others. */
  weightsId: string;
  prompt: string;
  seed: number;
  halvings: number;
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
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST` for a preset the backend does not have, `MODEL_MISSING`
 */
export function planFeatures(choice: FeatureChoice, environment: ModelEnvironment = modelEnvironment()): FeaturePlan {
  const { seed = 0, halvings = 0 } = choice;
  const chosen = choosePresets(choice);
  const parts = chosen.map(({ preset, weight }) => {
    const files = modelFiles(preset.backend, environment);
    const prompt = choice.prompt ?? promptOf(preset, choice.category);
    return { preset, weight, files, weightsId: checkpointIdentity(files), prompt, seed, halvings };
  });
  const matching = chosen.map(({ preset }) => preset.matching).find((found) => found !== undefined);
  return {
    id: JSON.stringify([choice, parts.map(({ weightsId }) => weightsId)]),
    parts,
    steps: parts.reduce((sum, { preset }) => sum + lookCount(preset.size) * stepsPerLook(preset), 0),
    refinement: parts.every(({ preset }) => preset.refinement),
    ...(matching === undefined ? {} : { matching }),
  };
}

/** The plan for a task: with the settings published for it where a backend has some and no others are asked for. */
export function planTask(task: PresetName, choice: FeatureChoice): FeaturePlan {
  const hasOwn = parseBackend(choice.backend).some(({ backend }) =>
    presetsOf(backend).some(({ name }) => name === task),
  );
  return planFeatures({ ...choice, preset: choice.preset ?? (hasOwn ? task : 'default') });
}

/** The presets of a choice, each with its weight. @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST` */
export function choosePresets({ backend, preset = 'default' }: FeatureChoice): { preset: Preset; weight: number }[] {
  const parts = parseBackend(backend);
  const named = parts.map((part) => presetsOf(part.backend).find(({ name }) => name === preset));
  if (named.every((found) => found === undefined)) throw unknownPreset(backend, preset, parts[0]?.backend ?? '');
  return parts.map((part, n) => ({ preset: named[n] ?? defaultOf(part.backend), weight: part.weight }));
}

/** The encoder, and every pass of the network. */
export function stepsPerLook(preset: Preset): number {
  return 1 + passesOf(preset);
}

/** How often the network runs for one look. */
export function passesOf(preset: Preset): number {
  return 'ensembleSize' in preset ? preset.ensembleSize : 1;
}

/** What a preset takes of the VAE; networks without one have nothing to draw. */
export function latentModeOf(preset: Preset): LatentMode {
  return ('latentMode' in preset ? preset.latentMode : undefined) ?? 'mean';
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

function modelFiles(backend: string, environment: ModelEnvironment): ModelFiles {
  const resolved = resolveModel(backend, {}, environment);
  if (!resolved.ok) throw resolved.error;
  return resolved.files;
}

function unknownPreset(backend: string, preset: string, first: string): SamepointError {
  const names = presetsOf(first).map(({ name }) => name);
  return new SamepointError(
    'BAD_REQUEST',
    `${backend} has no preset "${preset}".`,
    `Choose one of: ${names.join(', ')}.`,
  );
}
