import { createHash } from 'node:crypto';
import type { Box } from '@samepoint/shared-protocol';
import type { GraphTarget } from '../../graph/runtime/runtime.js';
import type { PlanPart } from '../plan/feature-plan.js';
import type { Preset } from '../presets.js';

/** Raise with every code change that alters features. */
const METHOD_VERSION = 3;

/** Fields of a preset that do not affect features, or that the key contains separately. */
const EXCLUDED_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'similarity',
  'refinement',
  'matching',
  'prompt',
  'custom',
]);

/** Everything that the features of one pyramid level depend on. */
export interface FeatureOrigin {
  /** Key of the decoded pixels, a hash of the encoded image. */
  imageId: string;
  part: PlanPart;
  /** Index of the pyramid level, or a window of the image. */
  level: number | Box;
  target: GraphTarget;
}

/** Cache key of a feature map: SHA-256 of its origin. */
export function featureKey({ imageId, part, level, target: { provider, precision } }: FeatureOrigin): string {
  const key = [METHOD_VERSION, imageId, networkKey(part), part.downscaleSteps, level, provider, precision];
  return createHash('sha256').update(JSON.stringify(key)).digest('hex');
}

/** Key of an open network with its prompt and settings, without the weight in a fusion. */
export function networkKey({ preset, weightsId, prompt, seed }: PlanPart): string {
  return JSON.stringify([weightsId, settingsOf(preset), prompt, seed]);
}

function settingsOf(preset: Preset): string {
  return JSON.stringify(preset, (key, value: unknown) => (EXCLUDED_FIELDS.has(key) ? undefined : value));
}
