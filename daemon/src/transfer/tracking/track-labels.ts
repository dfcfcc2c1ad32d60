import { SamepointError } from '@samepoint/shared-protocol';
import type { WindowMatcher } from '../../correspond/window-matcher.js';
import { type CellFeatures, toCellFeatures } from '../../correspond/window-matcher.js';
import type { FeatureMap } from '../../diffusion/feature-map.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { FeaturePlan } from '../../diffusion/plan/feature-plan.js';
import type { SoftLabels } from './soft-labels.js';
import { propagateLabels } from './soft-labels.js';

/** Frames in their order, of which one is annotated. */
export interface TrackedFrames {
  count: number;
  /** Index of the annotated frame. */
  annotated: number;
  /** The features of a frame; asked for once a frame, when its turn comes. */
  features(frame: number): Promise<FeatureMap>;
}

/** A frame that is looked back at. */
interface Context {
  features: CellFeatures;
  labels: SoftLabels;
}

/**
 * Carries the labels of the annotated frame to all others: forward to the last frame, then backward from the annotated
 * one to the first. At most `queueFrames` + 2 feature maps are alive at once: the annotated frame's, the queue and the
 * new one.
 * @param label makes the labels of the annotated frame, once its feature map says how many cells there are
 * @returns labels frame by frame, the annotated one first
 * @throws SamepointError `BAD_REQUEST` when a frame has another size than the annotated one
 */
export async function* trackLabels(
  matcher: WindowMatcher,
  { count, annotated, features }: TrackedFrames,
  label: (map: FeatureMap) => SoftLabels,
  settings: TrackSettings,
): AsyncGenerator<{ frame: number; labels: SoftLabels }> {
  const map = await features(annotated);
  const first = { features: toCellFeatures(map), labels: label(map) };
  yield { frame: annotated, labels: first.labels };
  for (const step of [1, -1]) {
    const queue: Context[] = [];
    for (let frame = annotated + step; frame >= 0 && frame < count; frame += step) {
      const next = await features(frame);
      checkSameSize(map, next, annotated, frame);
      const context = await carry(matcher, [first, ...queue], toCellFeatures(next), settings);
      if (queue.length === settings.queueFrames) queue.shift();
      if (settings.queueFrames > 0) queue.push(context);
      yield { frame, labels: context.labels };
    }
  }
}

async function carry(
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
    `Frame ${frame + 1} has another size than the annotated frame ${annotated + 1}.`,
    'Give frames of one size: a place is looked for near where it was.',
  );
}

/** The look at a frame that is tracked with: the one that a single look would take. */
export function trackingLevel({ levels, baseLevel }: FeaturePyramid): FeatureMap {
  const map = levels[baseLevel];
  if (map === undefined) throw new RangeError(`a pyramid of ${levels.length} levels has no level ${baseLevel}`);
  return map;
}

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
