import { SamepointError } from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import type { InputSize } from '../input-size.js';
import { TRAINING_STEPS } from '../noise-schedule.js';
import type { LatentMode, Preset } from '../presets.js';

/** The side that the preset fixes (usually the longer one), or an exact size. Pixels. */
export type SizeChoice = number | Size;

/** Custom settings; each overrides that of the preset. */
export interface FeatureSettings {
  /** Timestep: how much noise to add. */
  t?: number | undefined;
  /** Up block of Stable Diffusion, output block of ADM, layer of a ViT. */
  upFtIndex?: number | undefined;
  /** Number of noise draws to average. */
  ensembleSize?: number | undefined;
  size?: SizeChoice | undefined;
  /** Seed of the noise, and of sampling the latent. */
  seed?: number | undefined;
  latentMode?: LatentMode | undefined;
  /** Text condition. */
  prompt?: string | undefined;
}

export type SettingName = keyof FeatureSettings;

/** Command line options of the settings, for messages. */
export const SETTING_OPTIONS = {
  t: '--t',
  upFtIndex: '--up-ft-index',
  ensembleSize: '--ensemble',
  size: '--size',
  seed: '--seed',
  latentMode: '--latent-mode',
  prompt: '--prompt',
} as const satisfies Record<SettingName, string>;

/** Why a network does not support a setting: completes a message. All networks support the size. */
const UNSUPPORTED_BECAUSE = {
  t: 'has no timestep',
  upFtIndex: 'cannot be cut after a block',
  ensembleSize: 'adds no noise',
  seed: 'uses no random numbers',
  latentMode: 'has no VAE',
  prompt: 'takes no text',
} as const satisfies Partial<Record<SettingName, string>>;
const OPTIONAL = Object.keys(UNSUPPORTED_BECAUSE) as (keyof typeof UNSUPPORTED_BECAUSE)[];

/** Settings that a network supports. A setting that no network of the choice supports is an error. */
const SUPPORTED: Readonly<Record<Preset['network'], readonly (keyof typeof UNSUPPORTED_BECAUSE)[]>> = {
  'sd-unet': ['t', 'upFtIndex', 'ensembleSize', 'seed', 'latentMode', 'prompt'],
  cleandift: ['t', 'upFtIndex', 'seed', 'latentMode', 'prompt'],
  adm: ['t', 'upFtIndex', 'ensembleSize', 'seed'],
  vit: ['upFtIndex'],
  'ui-unet': [],
};

/** Eight times the largest published ensemble. Larger ones take longer and hardly change the mean. */
const MAX_ENSEMBLE = 64;

/** Ranges of the settings that are whole numbers. */
const RANGES = {
  t: { from: 0, to: TRAINING_STEPS - 1 },
  upFtIndex: { from: 0, to: Number.MAX_SAFE_INTEGER },
  ensembleSize: { from: 1, to: MAX_ENSEMBLE },
  seed: { from: 0, to: Number.MAX_SAFE_INTEGER },
} as const satisfies Partial<Record<SettingName, { from: number; to: number }>>;
const RANGED = Object.keys(RANGES) as (keyof typeof RANGES)[];

/** Attention memory grows with the fourth power of the side; larger inputs fit on no machine. */
const MAX_SIDE_PX = 4096;

/**
 * Applies custom settings to presets. In a fusion, each part ignores the settings that it does not support.
 * @param name of the backend or checkpoint, for messages
 * @throws SamepointError `BAD_REQUEST` for a value out of range, for a setting that no part supports, and for a block of a
 *   fusion whose parts number their blocks differently
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

/** Whether a setting affects the features of a network. Without noise, a seed only matters when the latent is sampled. */
export function supports(
  preset: Preset,
  setting: keyof typeof UNSUPPORTED_BECAUSE,
  settings: FeatureSettings = {},
): boolean {
  if (!SUPPORTED[preset.network].includes(setting)) return false;
  if (setting !== 'seed' || preset.network !== 'cleandift') return true;
  return (settings.latentMode ?? preset.latentMode) === 'sample';
}

/** Prompt and seed belong to the plan, not to the preset. */
function withSettings(
  preset: Preset,
  { t, upFtIndex, ensembleSize, size: choice, latentMode }: FeatureSettings,
): Preset {
  const size = choice === undefined ? undefined : inputSizeOf(choice, preset.size);
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
 * A number replaces the side that the preset fixes. Where it is no multiple of the preset's `multiple`, a divisor of that is
 * used, so that the side is exact.
 */
function inputSizeOf(choice: SizeChoice, size: InputSize): InputSize {
  if (typeof choice !== 'number') {
    const { width, height } = choice;
    return { fit: 'squash', width, height, multiple: gcd(gcd(width, height), size.multiple) };
  }
  const multiple = gcd(choice, size.multiple);
  switch (size.fit) {
    case 'squash':
      return { fit: 'squash', width: choice, height: choice, multiple };
    case 'bucket':
      return { fit: 'bucket', side: choice, multiple };
    case 'short-side':
      return { fit: 'short-side', px: choice, multiple };
    case 'long-sides':
      return { fit: 'long-sides', px: [choice], basePx: choice, multiple: size.multiple };
  }
}

/** Greatest common divisor. */
function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
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

function unsupported(name: string, setting: keyof typeof UNSUPPORTED_BECAUSE): SamepointError {
  const option = SETTING_OPTIONS[setting];
  return new SamepointError(
    'BAD_REQUEST',
    `${option} has no effect: ${name} ${UNSUPPORTED_BECAUSE[setting]}.`,
    `Omit ${option}, or choose another --backend.`,
  );
}

function severalBlocks(name: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `--up-ft-index is ambiguous: the networks of ${name} number their blocks differently.`,
    'Omit --up-ft-index, or choose a single backend.',
  );
}
