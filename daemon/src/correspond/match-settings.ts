import type { Preset } from '../diffusion/presets.js';
import { type Calibration, calibrationOf, isFitted } from './confidence.js';

/** The stages of the matching. Each can be switched off to measure what it contributes. */
export interface MatchSettings {
  /** Compare all pyramid levels, not only the base levels. */
  multiScale: boolean;
  /** Prefer cycle-consistent candidates. */
  cycleConsistency: boolean;
  /** Score candidates by the matches of their neighbours. */
  consensus: boolean;
  /** Sub-cell positions by window soft-argmax. */
  subCell: boolean;
  /** Refine positions in windows of twice the resolution. */
  coarseToFine: boolean;
  calibration: Calibration;
}

/** The stages that can be switched on or off. */
export type MatchStage = Exclude<keyof MatchSettings, 'calibration'>;

/** Stages that differ from the default. */
export type StageChoice = Partial<Record<MatchStage, boolean>>;

/** The default for the embedded network. Coarse-to-fine refinement costs too much for the many points of a region. */
export const DEFAULT_SETTINGS: MatchSettings = {
  multiScale: true,
  cycleConsistency: true,
  consensus: true,
  subCell: true,
  coarseToFine: false,
  calibration: calibrationOf('ui default'),
};

/** The settings for the features of some presets. Sub-cell refinement does not help all of them. */
export function settingsFor(presets: readonly Preset[]): MatchSettings {
  const subCell = presets.every((preset) => preset.refinement);
  return { ...DEFAULT_SETTINGS, subCell, calibration: calibrationOf(presetName(presets)) };
}

/** Are single points refined coarse-to-fine by default? Only with the embedded network, for which the gain is measured. */
export function refinesPoints(presets: readonly Preset[]): boolean {
  return presets.every(({ network }) => network === 'ui-unet');
}

/** Are the confidences of these features fitted to measured matches? */
export function isCalibrated(presets: readonly Preset[]): boolean {
  return isFitted(presetName(presets));
}

/** A fit does not apply to a preset with changed settings. */
function presetName(presets: readonly Preset[]): string {
  return presets.map(({ backend, name, custom }) => `${backend} ${custom ? 'custom' : name}`).join(' + ');
}
