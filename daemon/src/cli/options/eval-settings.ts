import { type MatchingChoice, SamepointError } from '@samepoint/shared-protocol';
import { settingsFor } from '../../correspond/match-settings.js';
import { type FeatureChoice, resolvePresets, withTaskPreset } from '../../diffusion/plan/feature-plan.js';
import { DATASETS, type DatasetName, type DatasetOptions } from '../../eval/datasets/datasets.js';
import { homographySettings } from '../../eval/matching/match-keypoints.js';
import { trackSettings } from '../../transfer/tracking/track-labels.js';
import { type FeatureOptions, featureChoice } from './feature-options.js';
import { PARTS, type PartName } from './matching-parts.js';

/** Options of the command that say what is measured. */
export interface MeasureOptions extends FeatureOptions, DatasetOptions {
  matching?: MatchingChoice;
  with?: PartName[];
  without?: PartName[];
}

/** What is measured: the same settings give the same results. */
export interface EvalSettings {
  dataset: DatasetName;
  folder: string;
  features: FeatureChoice;
  matching: MatchingChoice;
  with: readonly PartName[];
  without: readonly PartName[];
  options: DatasetOptions;
}

/**
 * Completes what was asked for by what the data set was published with.
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`
 */
export function evalSettings(dataset: DatasetName, folder: string, asked: MeasureOptions): EvalSettings {
  const { with: added = [], without = [], split, pckBase, keypoints } = asked;
  const { task, matching: usual } = DATASETS[dataset];
  const matching = asked.matching ?? usual;
  checkParts(matching, added, without);
  const features = withTaskPreset(task, featureChoice(asked));
  const options = { split, pckBase, ...(keypoints === undefined ? {} : { keypoints }) };
  return { dataset, folder, features, matching, with: added, without, options };
}

function checkParts(
  matching: MeasureOptions['matching'],
  added: readonly PartName[],
  without: readonly PartName[],
): void {
  if (matching === 'published' && added.length + without.length > 0) {
    throw new SamepointError(
      'BAD_REQUEST',
      "--with and --without choose parts of Samepoint's own matching, and this run uses the published one.",
      'Add --matching samepoint.',
    );
  }
  const both = added.filter((part) => without.includes(part));
  if (both.length > 0) {
    throw new SamepointError('BAD_REQUEST', `${both.join(', ')} cannot be both in and out.`, 'Name each part once.');
  }
}

/** The matching of these settings, as the tools of an evaluation have it. */
export function matchingOf({ features, matching, with: added, without }: EvalSettings) {
  const presets = resolvePresets(features).map((chosen) => chosen.preset);
  const parts = settingsFor(presets);
  for (const part of added) parts[PARTS[part]] = true;
  for (const part of without) parts[PARTS[part]] = false;
  return {
    matching: matching === 'published' ? ('published' as const) : parts,
    homography: homographySettings(presets),
    propagation: trackSettings({ matching: presets.find((chosen) => chosen.matching !== undefined)?.matching }),
  };
}
