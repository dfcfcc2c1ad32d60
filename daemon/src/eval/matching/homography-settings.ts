import type { Preset } from '../../diffusion/presets.js';
import type { HomographySettings } from '../datasets/dataset.js';

/** Of the published protocol; for backends that it says nothing of. */
const PUBLISHED: HomographySettings = { keypoints: 1000, metric: 'cosine', estimator: 'lmeds', thresholdPx: 3 };

/** How a preset was published to find homographies; a fusion compares by cosine. */
export function homographySettings(presets: readonly Preset[]): HomographySettings {
  const [preset] = presets;
  if (preset === undefined || presets.length > 1 || preset.matching?.kind !== 'homography') return PUBLISHED;
  const { keypoints, estimator, thresholdPx } = preset.matching;
  return { keypoints, estimator, thresholdPx, metric: preset.similarity };
}
