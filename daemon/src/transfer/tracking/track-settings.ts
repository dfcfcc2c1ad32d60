import type { FeaturePlan } from '../../diffusion/plan/feature-plan.js';

/** How labels are carried from frame to frame. */
export interface TrackSettings {
  /** A neighbour weighs exp(cosine / temperature). */
  temperature: number;
  /** Neighbours that give a cell its labels, over all frames together. */
  topK: number;
  /** How far from its own place a cell looks, in cells along rows and columns. */
  radiusCells: number;
  /** How many of the last frames are looked at beside the annotated one. */
  queueFrames: number;
  /** Pixels a cell at which the published protocol draws masks before it stretches them to the frame. */
  drawnCellPx?: number;
}

/** For features without published settings for labels in video. */
const OWN_SETTINGS: TrackSettings = { temperature: 0.1, topK: 10, radiusCells: 15, queueFrames: 8 };

/** The settings that were published with the features, or ours. */
export function trackSettings({ matching }: { matching?: FeaturePlan['matching'] | undefined }): TrackSettings {
  if (matching?.kind !== 'label-propagation') return OWN_SETTINGS;
  const { kind: _, ...settings } = matching;
  return settings;
}

/** When something is said not to be in a frame. */
export const LOST_BELOW = {
  /** A label of a mask: no cell has this share of it. */
  share: 0.2,
  /** A point: less than this of its label has arrived in one place. */
  arrived: 0.1,
} as const;
