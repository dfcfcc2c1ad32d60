import { createHash } from 'node:crypto';
import type { Box } from '@samepoint/shared-protocol';
import type { GraphTarget } from '../../graph/runtime/runtime.js';
import type { PlanPart } from '../plan/feature-plan.js';
import type { Preset } from '../presets.js';

/** To be raised with every change of the features that the same settings give. */
const METHOD_VERSION = 3;

/** What of a preset does not change its features, or is in the key by itself. */
const NOT_IN_KEY: ReadonlySet<string> = new Set(['name', 'similarity', 'refinement', 'matching', 'prompt', 'custom']);

/** Everything that the features of one pyramid level depend on. */
export interface FeatureOrigin {
  /** Content hash of the encoded image. */
  imageId: string;
  part: PlanPart;
  /** Index of the level, or the window of the image that the features are of. */
  level: number | Box;
  target: GraphTarget;
}

/** The key that a feature map is cached under, as a SHA-256: another one where any part of its origin is another. */
export function featureKey({ imageId, part, level, target: { provider, precision } }: FeatureOrigin): string {
  const key = [METHOD_VERSION, imageId, networkKey(part), part.downscaleSteps, level, provider, precision];
  return createHash('sha256').update(JSON.stringify(key)).digest('hex');
}

/** The key of an open network with its condition. The weight of a part in a fusion is no matter of its features. */
export function networkKey({ preset, weightsId, prompt, seed }: PlanPart): string {
  return JSON.stringify([weightsId, settingsOf(preset), prompt, seed]);
}

function settingsOf(preset: Preset): string {
  return JSON.stringify(preset, (key, value: unknown) => (NOT_IN_KEY.has(key) ? undefined : value));
}
