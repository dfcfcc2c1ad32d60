import type { Point } from '@samepoint/shared-protocol';
import type { WindowMatcher } from '../../correspond/window-matcher.js';
import type { LabelMap } from './label-map.js';
import { labelsToPoints, pointsToLabels, type TrackedPoint } from './point-labels.js';
import { type TrackedFrames, trackLabels } from './track-labels.js';
import type { TrackSettings } from './track-settings.js';

/**
 * Carries points of the annotated frame to all others. The annotated frame comes first, with its own points.
 * @param points pixels of the annotated frame
 * @param lostBelow see `labelsToPoints`
 * @returns for each frame the points in the order given
 * @throws SamepointError `BAD_REQUEST` when frames differ in size
 */
export async function* trackPoints(
  matcher: WindowMatcher,
  frames: TrackedFrames,
  points: readonly Point[],
  settings: TrackSettings,
  lostBelow: number,
): AsyncGenerator<{ frame: number; points: TrackedPoint[] }> {
  let annotated: LabelMap | undefined;
  const annotate: Parameters<typeof trackLabels>[2] = (map) => pointsToLabels(points, map);
  for await (const { frame, labels } of trackLabels(matcher, frames, annotate, settings)) {
    if (annotated === undefined) {
      annotated = labels;
      yield { frame, points: points.map((point) => ({ point, confidence: 1 })) };
    } else {
      yield { frame, points: labelsToPoints(labels, annotated, lostBelow) };
    }
  }
}
