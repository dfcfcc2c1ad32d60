import type { Preset } from '../diffusion/presets.js';
import { type Calibration, calibrationOf, isFitted } from './calibrations.js';

/** How a pair is matched, as data; parts can be left out, to see what each is worth. */
export interface MatchSettings {
  /** Look at both images at several sizes, not at one. */
  secondLook: boolean;
  /** Prefer matches whose backward match returns. */
  backwardCheck: boolean;
  /** Let the matches of neighbours choose among candidates. */
  agreement: boolean;
  /** Sub-cell position by window soft-argmax. */
  refinement: boolean;
  /** Look again at what was found, at a higher resolution. */
  closerLook: boolean;
  /** What the signs of a match say about its being right. */
  calibration: Calibration;
}

/** The parts that can be left out. */
export type MatchPart = Exclude<keyof MatchSettings, 'calibration'>;

/** Parts that somebody wants in or out, whatever the default is. */
export type ChosenParts = Partial<Record<MatchPart, boolean>>;

/** What is in by default, for the embedded network. */
export const ALL_PARTS: MatchSettings = {
  secondLook: true,
  backwardCheck: true,
  agreement: true,
  refinement: true,
  closerLook: false,
  calibration: calibrationOf('ui default'),
};

/** The same for the features of some presets; whether sub-cell refinement helps them, these know. */
export function settingsFor(presets: readonly Preset[]): MatchSettings {
  const refinement = presets.every((preset) => preset.refinement);
  return { ...ALL_PARTS, refinement, calibration: calibrationOf(featuresName(presets)) };
}

/** Were the confidences of these features held against what is right? */
export function isCalibrated(presets: readonly Preset[]): boolean {
  return isFitted(featuresName(presets));
}

/** What is fitted to a preset does not hold once some of it was changed. */
function featuresName(presets: readonly Preset[]): string {
  return presets.map(({ backend, name, custom }) => `${backend} ${custom ? 'custom' : name}`).join(' + ');
}
