import { type MatchingChoice, SamepointError } from '@samepoint/shared-protocol';
import { settingsFor } from '../../correspond/match-settings.js';
import { type FeatureChoice, resolvePresets, withTaskPreset } from '../../diffusion/plan/feature-plan.js';
import { DATASETS, type DatasetName, type DatasetOptions } from '../../eval/datasets/datasets.js';
import { homographySettings } from '../../eval/matching/match-keypoints.js';
import { trackSettings } from '../../transfer/tracking/track-labels.js';
import { type FeatureOptions, featureChoice } from './feature-options.js';
import { MATCHING_STAGES, type StageName } from './matching-options.js';

/** Options that affect the results. */
export interface MeasureOptions extends FeatureOptions, DatasetOptions {
  matching?: MatchingChoice;
  with?: StageName[];
  without?: StageName[];
}

/** Everything that determines the results, except the program and the data. */
export interface EvalSettings {
  dataset: DatasetName;
  folder: string;
  features: FeatureChoice;
  matching: MatchingChoice;
  with: readonly StageName[];
  without: readonly StageName[];
  options: DatasetOptions;
}

/**
 * Completes the options with the published settings of the data set.
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`
 */
export function evalSettings(dataset: DatasetName, folder: string, given: MeasureOptions): EvalSettings {
  const { with: added = [], without = [], split, pckBase, keypoints } = given;
  const { task, matching: protocol } = DATASETS[dataset];
  const matching = given.matching ?? protocol;
  checkStages(matching, added, without);
  const features = withTaskPreset(task, featureChoice(given));
  const options = { split, pckBase, ...(keypoints === undefined ? {} : { keypoints }) };
  return { dataset, folder, features, matching, with: added, without, options };
}

function checkStages(
  matching: MeasureOptions['matching'],
  added: readonly StageName[],
  without: readonly StageName[],
): void {
  if (matching === 'published' && added.length + without.length > 0) {
    throw new SamepointError(
      'BAD_REQUEST',
      "--with and --without apply to Samepoint's own matching, not to the published protocol.",
      'Add --matching samepoint.',
    );
  }
  const both = added.filter((stage) => without.includes(stage));
  if (both.length > 0) {
    throw new SamepointError(
      'BAD_REQUEST',
      `${both.join(', ')} is in both --with and --without.`,
      'Remove it from one of them.',
    );
  }
}

/** Settings of the matching, as tools of an evaluation. */
export function matchingOf({ features, matching, with: added, without }: EvalSettings) {
  const presets = resolvePresets(features).map((chosen) => chosen.preset);
  const stages = settingsFor(presets);
  for (const stage of added) stages[MATCHING_STAGES[stage]] = true;
  for (const stage of without) stages[MATCHING_STAGES[stage]] = false;
  return {
    matching: matching === 'published' ? ('published' as const) : stages,
    homography: homographySettings(presets),
    propagation: trackSettings({ matching: presets.find((chosen) => chosen.matching !== undefined)?.matching }),
  };
}
