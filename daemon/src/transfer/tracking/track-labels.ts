import { SamepointError } from '@samepoint/shared-protocol';
import { type CellFeatures, toCellFeatures, type WindowMatcher } from '../../correspond/window-matcher.js';
import type { FeatureMap } from '../../diffusion/feature-map.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { FeaturePlan } from '../../diffusion/plan/feature-plan.js';
import type { SoftLabels } from './soft-labels.js';
import { propagateLabels } from './soft-labels.js';

/** A sequence of frames, one of them annotated. */
export interface TrackedFrames {
  count: number;
  /** Index of the annotated frame. */
  annotated: number;
  /** Called once a frame, when its turn comes. A frame without features is left out; the annotated one has them. */
  features(frame: number): Promise<FeatureMap | undefined>;
}

/** A frame from which labels are propagated. */
interface Context {
  features: CellFeatures;
  labels: SoftLabels;
}

/**
 * Propagates the labels of the annotated frame to all others: forward to the last frame, then backward to the first. At most
 * `queueFrames` + 2 feature maps are alive at once: the annotated frame's, the queue and the new one.
 * @param label returns the labels of the annotated frame for its feature map
 * @returns labels frame by frame, the annotated one first, without those that have no features
 * @throws SamepointError `BAD_REQUEST` if the frames differ in size
 */
export async function* trackLabels(
  matcher: WindowMatcher,
  { count, annotated, features }: TrackedFrames,
  label: (map: FeatureMap) => SoftLabels,
  settings: TrackSettings,
): AsyncGenerator<{ frame: number; labels: SoftLabels }> {
  const map = await features(annotated);
  if (map === undefined) throw new RangeError('the annotated frame has no features');
  const first = { features: toCellFeatures(map), labels: label(map) };
  yield { frame: annotated, labels: first.labels };
  for (const step of [1, -1]) {
    const queue: Context[] = [];
    for (let frame = annotated + step; frame >= 0 && frame < count; frame += step) {
      const next = await features(frame);
      if (next === undefined) continue;
      checkSameSize(map, next, annotated, frame);
      const context = await propagate(matcher, [first, ...queue], toCellFeatures(next), settings);
      if (queue.length === settings.queueFrames) queue.shift();
      if (settings.queueFrames > 0) queue.push(context);
      yield { frame, labels: context.labels };
    }
  }
}

async function propagate(
  matcher: WindowMatcher,
  contexts: readonly Context[],
  features: CellFeatures,
  settings: TrackSettings,
): Promise<Context> {
  const maps = contexts.map((context) => context.features);
  const neighbours = await matcher.neighbours(features, maps, settings);
  const from = contexts.map(({ labels }) => labels);
  return { features, labels: propagateLabels(neighbours, from, settings.temperature) };
}

function checkSameSize(first: FeatureMap, next: FeatureMap, annotated: number, frame: number): void {
  const shape = ({ rows, columns, cellWidthPx, cellHeightPx }: FeatureMap) =>
    [rows, columns, cellWidthPx, cellHeightPx].join();
  if (shape(first) === shape(next)) return;
  throw new SamepointError(
    'BAD_REQUEST',
    `Frame ${frame + 1} differs in size from the annotated frame ${annotated + 1}.`,
    'Give frames of the same size.',
  );
}

/** The pyramid level that tracking uses. */
export function trackingLevel({ levels, baseLevel }: FeaturePyramid): FeatureMap {
  const map = levels[baseLevel];
  if (map === undefined) throw new RangeError(`a pyramid of ${levels.length} levels has no level ${baseLevel}`);
  return map;
}

/** How labels are propagated from frame to frame. */
export interface TrackSettings {
  /** The weight of a neighbour is exp(cosine / temperature). */
  temperature: number;
  /** Neighbours of a cell, over all context frames together. */
  topK: number;
  /** Half the side of the search window around a cell, in cells. */
  radiusCells: number;
  /** Latest frames used as context besides the annotated one. */
  queueFrames: number;
  /** Pixels a cell at which the published protocol draws masks, before it resizes them to the frame. */
  drawnCellPx?: number;
}

/** For features without published settings. */
const DEFAULT_SETTINGS: TrackSettings = { temperature: 0.1, topK: 10, radiusCells: 15, queueFrames: 8 };

/** The published settings of the features, or the defaults. */
export function trackSettings({ matching }: { matching?: FeaturePlan['matching'] | undefined }): TrackSettings {
  if (matching?.kind !== 'label-propagation') return DEFAULT_SETTINGS;
  const { kind: _, ...settings } = matching;
  return settings;
}

/** When a label or point is reported as lost. */
export const LOST_BELOW = {
  /** A label of a mask: no cell has this probability of it. */
  probability: 0.2,
  /** A point: a smaller part of its label is at one place. */
  confidence: 0.1,
} as const;
