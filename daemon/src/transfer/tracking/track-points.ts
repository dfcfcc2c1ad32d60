import type { Point } from '@samepoint/shared-protocol';
import type { WindowMatcher } from '../../correspond/window-matcher.js';
import { type FeatureMap, toCells } from '../../diffusion/feature-map.js';
import { emptySoftLabels, type SoftLabels } from './soft-labels.js';
import { type TrackedFrames, type TrackSettings, trackLabels } from './track-labels.js';

/**
 * Tracks points of the annotated frame through all others. The annotated frame comes first, with its own points.
 * @param points pixels of the annotated frame
 * @param lostBelow see `labelsToPoints`
 * @returns for each frame, the points in the same order
 * @throws SamepointError `BAD_REQUEST` if the frames differ in size
 */
export async function* trackPoints(
  matcher: WindowMatcher,
  frames: TrackedFrames,
  points: readonly Point[],
  settings: TrackSettings,
  lostBelow: number,
): AsyncGenerator<{ frame: number; points: TrackedPoint[] }> {
  let annotated: SoftLabels | undefined;
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

/**
 * A point's label is a Gaussian around it, truncated at `cutSigmas`. Its width is that of the JHMDB evaluation of Li et al., Joint-task Self-supervised Learning for Temporal Correspondence (UVC), 2019.
 */
const BLOB = { sigmaCells: 0.5, cutSigmas: 3 };

/** A point's position is the weighted mean of the cells at most this far from the peak. */
const RADIUS_CELLS = 2;

/** Makes each point a label. There is no background label. */
export function pointsToLabels(points: readonly Point[], map: FeatureMap): SoftLabels {
  const to = emptySoftLabels(map, points.length);
  const radius = BLOB.sigmaCells * BLOB.cutSigmas;
  for (const [label, point] of points.entries()) {
    const centre = toCells(map, point);
    for (let y = Math.max(0, Math.ceil(centre.y - radius)); y <= Math.min(map.rows - 1, centre.y + radius); y++) {
      for (let x = Math.max(0, Math.ceil(centre.x - radius)); x <= Math.min(map.columns - 1, centre.x + radius); x++) {
        const squared = (x - centre.x) ** 2 + (y - centre.y) ** 2;
        to.probabilities[(y * map.columns + x) * points.length + label] = Math.exp(
          -squared / (2 * BLOB.sigmaCells ** 2),
        );
      }
    }
  }
  return to;
}

/** A point in one frame. */
export interface TrackedPoint {
  /** Pixels of the frame; null if the point is lost. */
  point: Point | null;
  /** The part of the annotated point's label around the position, 0 to 1; not calibrated. */
  confidence: number;
}

/**
 * The peak of each label, with sub-cell precision.
 * @param annotated the labels of the annotated frame
 * @param lostBelow a point with less confidence is lost
 */
export function labelsToPoints(map: SoftLabels, annotated: SoftLabels, lostBelow: number): TrackedPoint[] {
  return Array.from({ length: map.labels }, (_, label) => {
    const { point, mass } = weightedPeak(map, label);
    const confidence = Math.min(1, mass / weightedPeak(annotated, label).mass);
    return { point: confidence === 0 || confidence < lostBelow ? null : point, confidence };
  });
}

function weightedPeak({ labels, probabilities, ...grid }: SoftLabels, label: number): { point: Point; mass: number } {
  const probability = (cell: number) => probabilities[cell * labels + label] ?? 0;
  let peak = 0;
  for (let cell = 1; cell < grid.rows * grid.columns; cell++) if (probability(cell) > probability(peak)) peak = cell;
  const row = Math.floor(peak / grid.columns);
  const column = peak % grid.columns;
  const sum = { x: 0, y: 0, mass: 0 };
  for (let y = Math.max(0, row - RADIUS_CELLS); y <= Math.min(grid.rows - 1, row + RADIUS_CELLS); y++) {
    for (let x = Math.max(0, column - RADIUS_CELLS); x <= Math.min(grid.columns - 1, column + RADIUS_CELLS); x++) {
      const weight = probability(y * grid.columns + x);
      sum.x += weight * x;
      sum.y += weight * y;
      sum.mass += weight;
    }
  }
  const at = (total: number, cellPx: number) => (total / (sum.mass || 1) + 0.5) * cellPx;
  return { point: { x: at(sum.x, grid.cellWidthPx), y: at(sum.y, grid.cellHeightPx) }, mass: sum.mass };
}
