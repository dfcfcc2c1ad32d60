import { SamepointError } from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import type { InputSize } from '../input-size.js';
import { TRAINING_STEPS } from '../noise-schedule.js';
import type { LatentMode, Preset } from '../presets.js';

/** The longer side of what the network sees, or whatever side the preset fixes; or exactly this size. Pixels. */
export type SizeChoice = number | Size;

/** Settings chosen by hand; each replaces that of the preset. */
export interface FeatureSettings {
  /** Timestep: how much noise is added. */
  t?: number | undefined;
  /** Up block of Stable Diffusion, output block of ADM, layer of a ViT. */
  upFtIndex?: number | undefined;
  /** Draws of noise that are averaged. */
  ensembleSize?: number | undefined;
  size?: SizeChoice | undefined;
  /** Of the noise, and of the sample of the latent. */
  seed?: number | undefined;
  latentMode?: LatentMode | undefined;
  /** Text condition. */
  prompt?: string | undefined;
}

export type SettingName = keyof FeatureSettings;

/** What sentences call the settings: their names on the command line. */
export const SETTING_OPTIONS = {
  t: '--t',
  upFtIndex: '--up-ft-index',
  ensembleSize: '--ensemble',
  size: '--size',
  seed: '--seed',
  latentMode: '--latent-mode',
  prompt: '--prompt',
} as const satisfies Record<SettingName, string>;

/** Why a network does not support a setting, after its name. All support the size. */
const WITHOUT = {
  t: 'has no timestep',
  upFtIndex: 'is not cut after one of its blocks',
  ensembleSize: 'adds no noise',
  seed: 'draws nothing at random',
  latentMode: 'has no VAE',
  prompt: 'takes no text',
} as const satisfies Partial<Record<SettingName, string>>;
const OPTIONAL = Object.keys(WITHOUT) as (keyof typeof WITHOUT)[];

/** Which of them a network supports. What none of a choice's networks supports is refused, not left out silently. */
const SUPPORTED: Readonly<Record<Preset['network'], readonly (keyof typeof WITHOUT)[]>> = {
  'sd-unet': ['t', 'upFtIndex', 'ensembleSize', 'seed', 'latentMode', 'prompt'],
  cleandift: ['t', 'upFtIndex', 'seed', 'latentMode', 'prompt'],
  adm: ['t', 'upFtIndex', 'ensembleSize', 'seed'],
  vit: ['upFtIndex'],
  'ui-unet': [],
};

/** Eight times the largest published ensemble: each draw is a run of the network, and more hardly change their mean. */
const MAX_ENSEMBLE = 64;

/** Settings that are whole numbers, and from which to which. */
const RANGES = {
  t: { from: 0, to: TRAINING_STEPS - 1 },
  upFtIndex: { from: 0, to: Number.MAX_SAFE_INTEGER },
  ensembleSize: { from: 1, to: MAX_ENSEMBLE },
  seed: { from: 0, to: Number.MAX_SAFE_INTEGER },
} as const satisfies Partial<Record<SettingName, { from: number; to: number }>>;
const RANGED = Object.keys(RANGES) as (keyof typeof RANGES)[];

/** No machine has memory for more: attention grows with the fourth power of the side. */
const MAX_SIDE_PX = 4096;

/**
 * The presets with the settings in them. In a fusion, each part takes what it supports.
 * @param name of the backend or checkpoint, for sentences
 * @throws SamepointError `BAD_REQUEST` for a value out of its range, for a setting that no part supports, and for a block where
 *   several parts have blocks, which each counts otherwise
 */
export function applySettings(name: string, presets: readonly Preset[], settings: FeatureSettings): Preset[] {
  checkRanges(settings);
  for (const setting of OPTIONAL.filter((given) => settings[given] !== undefined)) {
    const supporting = presets.filter((preset) => supports(preset, setting, settings));
    if (supporting.length === 0) throw unsupported(name, setting);
    if (setting === 'upFtIndex' && supporting.length > 1) throw severalBlocks(name);
  }
  return presets.map((preset) => withSettings(preset, settings));
}

/** Whether a setting changes what a network gives. Without noise, a seed draws the sample of the latent or nothing. */
export function supports(preset: Preset, setting: keyof typeof WITHOUT, settings: FeatureSettings = {}): boolean {
  if (!SUPPORTED[preset.network].includes(setting)) return false;
  if (setting !== 'seed' || preset.network !== 'cleandift') return true;
  return (settings.latentMode ?? preset.latentMode) === 'sample';
}

/** A prompt and a seed are no part of a preset: a plan has them. */
function withSettings(
  preset: Preset,
  { t, upFtIndex, ensembleSize, size: asked, latentMode }: FeatureSettings,
): Preset {
  const size = asked === undefined ? undefined : sizeOf(asked, preset.size);
  switch (preset.network) {
    case 'ui-unet':
      return changed(preset, { size });
    case 'vit':
      return changed(preset, {
        size,
        feature: upFtIndex === undefined ? undefined : { ...preset.feature, layer: upFtIndex },
      });
    case 'adm':
      return changed(preset, { size, t, upFtIndex, ensembleSize });
    case 'cleandift':
      return changed(preset, { size, t, ignoreLearnedT: t === undefined ? undefined : true, upFtIndex, latentMode });
    case 'sd-unet':
      return changed(preset, { size, t, upFtIndex, ensembleSize, latentMode });
  }
}

function changed<P extends Preset>(preset: P, changes: { [Field in keyof P]?: P[Field] | undefined }): P {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return given.length === 0 ? preset : { ...preset, ...Object.fromEntries(given), custom: true };
}

/**
 * A number takes the place of the side that the preset fixes, and its proportions stay; what is not a multiple of the
 * preset's is one of a divisor of it, so that it is seen as large as was asked for.
 */
function sizeOf(asked: SizeChoice, size: InputSize): InputSize {
  if (typeof asked !== 'number') {
    const { width, height } = asked;
    return { fit: 'squash', width, height, multiple: divisor(divisor(width, height), size.multiple) };
  }
  const multiple = divisor(asked, size.multiple);
  switch (size.fit) {
    case 'squash':
      return { fit: 'squash', width: asked, height: asked, multiple };
    case 'bucket':
      return { fit: 'bucket', side: asked, multiple };
    case 'short-side':
      return { fit: 'short-side', px: asked, multiple };
    case 'long-sides':
      return { fit: 'long-sides', px: [asked], basePx: asked, multiple: size.multiple };
  }
}

/** The greatest common one. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function checkRanges(settings: FeatureSettings): void {
  for (const setting of RANGED) {
    const { from, to } = RANGES[setting];
    const value = settings[setting];
    if (value !== undefined) checkRange(SETTING_OPTIONS[setting], value, from, to);
  }
  const { size } = settings;
  const sides = size === undefined ? [] : typeof size === 'number' ? [size] : [size.width, size.height];
  for (const side of sides) checkRange(SETTING_OPTIONS.size, side, 1, MAX_SIDE_PX);
}

function checkRange(option: string, value: number, from: number, to: number): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  const range = to === Number.MAX_SAFE_INTEGER ? `of ${from} or more` : `from ${from} to ${to}`;
  throw new SamepointError('BAD_REQUEST', `${option} cannot be ${value}.`, `Give a whole number ${range}.`);
}

function unsupported(name: string, setting: keyof typeof WITHOUT): SamepointError {
  const option = SETTING_OPTIONS[setting];
  return new SamepointError(
    'BAD_REQUEST',
    `${option} would change nothing: ${name} ${WITHOUT[setting]}.`,
    `Leave ${option} out, or name another --backend.`,
  );
}

function severalBlocks(name: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `The networks of ${name} count their blocks each in its own way, so one --up-ft-index cannot hold for all.`,
    'Leave --up-ft-index out, or name one backend.',
  );
}
