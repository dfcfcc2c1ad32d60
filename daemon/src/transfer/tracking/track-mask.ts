import type { WindowMatcher } from '../../correspond/window-matcher.js';
import type { FeatureMap } from '../../diffusion/feature-map.js';
import type { LabelMask } from '../../images/label-mask.js';
import { type LabelOutcome, labelsToMask, labelsToStretchedMask } from './labels-to-mask.js';
import { type MaskSampling, maskToLabels } from './mask-to-labels.js';
import { type TrackedFrames, trackLabels } from './track-labels.js';
import type { TrackSettings } from './track-settings.js';

/** The mask of one frame, and what became of each label but the background, in the order of `labels`. */
export interface TrackedMask {
  frame: number;
  mask: LabelMask;
  outcomes: LabelOutcome[];
}

export interface MaskOptions {
  settings: TrackSettings;
  sampling: MaskSampling;
  /** See `labelsToMask`. */
  lostBelow: number;
  /** Pixels a cell at which masks are drawn and then stretched to the frame, as published; ours are drawn at its size. */
  drawnCellPx?: number | undefined;
}

/**
 * Carries a mask of the annotated frame to all others. The annotated frame comes first, with its own mask.
 * @param mask of the frames' size
 * @param labels indices to carry, the background first
 * @throws SamepointError `BAD_REQUEST` when frames differ in size
 */
export async function* trackMask(
  matcher: WindowMatcher,
  frames: TrackedFrames,
  mask: LabelMask,
  labels: readonly number[],
  { settings, sampling, lostBelow, drawnCellPx }: MaskOptions,
): AsyncGenerator<TrackedMask> {
  const annotate = (map: FeatureMap) => maskToLabels(mask, labels, map, sampling);
  for await (const { frame, labels: carried } of trackLabels(matcher, frames, annotate, settings)) {
    if (frame === frames.annotated) {
      const outcomes = labels.slice(1).map(() => ({ confidence: 1, lost: false }));
      yield { frame, mask: onlyLabels(mask, labels), outcomes };
    } else {
      const { pixels, outcomes } =
        drawnCellPx === undefined
          ? labelsToMask(carried, mask, lostBelow)
          : labelsToStretchedMask(carried, mask, lostBelow, drawnCellPx);
      yield { frame, mask: { ...mask, indices: pixels.map((label) => labels[label] ?? 0) }, outcomes };
    }
  }
}

/** The mask with every other index turned into background. */
function onlyLabels(mask: LabelMask, labels: readonly number[]): LabelMask {
  const kept = new Set(labels);
  return { ...mask, indices: mask.indices.map((index) => (kept.has(index) ? index : mask.background)) };
}
