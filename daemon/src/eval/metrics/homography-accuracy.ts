import { type Homography, pointSchema } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { project } from '../../transfer/transforms/projective.js';
import type { GroupedOutcome } from '../datasets/dataset.js';
import type { FigureTable } from '../report/figure-table.js';

/** Thresholds in pixels of the original images, for corners and for matches alike. */
export const PIXEL_THRESHOLDS = [1, 3, 5] as const;

/** Outcome of a pair of images with a known homography. */
export const homographyOutcomeSchema = z.object({
  /** Mean distance of the four corners under the estimated and the true homography; null without an estimate. */
  cornerErrorPx: z.number().nonnegative().nullable(),
  matches: z.number().int().nonnegative(),
  /** Number of matches within each threshold of the true homography. */
  within: z.array(z.number().int().nonnegative()),
  /** Subsample of the matches, for the report. */
  shown: z.array(z.object({ source: pointSchema, truth: pointSchema, predicted: pointSchema })),
});
export type HomographyOutcome = z.infer<typeof homographyOutcomeSchema>;

/**
 * Mean distance of the image's four corners under both homographies, in pixels of the target. Corners are the centres of
 * the corner pixels.
 * Source: eval_homography.py of Tang et al., 2023, after DeTone et al., SuperPoint, 2018.
 */
export function cornerErrorPx(estimated: Homography, truth: Homography, width: number, height: number): number {
  const corners = [
    { x: 0, y: 0 },
    { x: 0, y: height - 1 },
    { x: width - 1, y: 0 },
    { x: width - 1, y: height - 1 },
  ];
  const distances = corners.map((corner) => {
    const [a, b] = [project(estimated, corner), project(truth, corner)];
    return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
  });
  return distances.reduce((sum, distance) => sum + distance, 0) / corners.length;
}

/**
 * Homography accuracy: percentage of pairs with a corner error of at most ε pixels. A pair without a homography is
 * incorrect. "all" weights every pair equally, like the official code.
 */
export function homographyTable(outcomes: readonly GroupedOutcome<HomographyOutcome>[]): FigureTable {
  return {
    title: 'HPatches, homography accuracy in percent',
    note: 'pairs whose mean corner error is at most the threshold',
    rowTitle: 'change of',
    columns: PIXEL_THRESHOLDS.map((threshold) => `@${threshold} px`),
    rows: rowsBy(outcomes, (outcome) =>
      PIXEL_THRESHOLDS.map((threshold) => isAtMost(outcome.cornerErrorPx, threshold)),
    ),
  };
}

/** Mean matching accuracy: fraction of matches within ε pixels of the truth, averaged over pairs (Dusmanu et al., D2-Net, 2019). */
export function matchingTable(outcomes: readonly GroupedOutcome<HomographyOutcome>[]): FigureTable {
  return {
    title: 'HPatches, mean matching accuracy in percent',
    note: 'matches with an error of at most the threshold, averaged over pairs',
    rowTitle: 'change of',
    columns: PIXEL_THRESHOLDS.map((threshold) => `@${threshold} px`),
    rows: rowsBy(outcomes, ({ matches, within }) => within.map((count) => (matches === 0 ? 0 : count / matches))),
  };
}

/** Percentage of matches within the middle threshold; the report ranks pairs by it. */
export function matchingScore({ matches, within }: HomographyOutcome): number {
  return matches === 0 ? 0 : (100 * (within[1] ?? 0)) / matches;
}

function isAtMost(errorPx: number | null, threshold: number): number {
  return errorPx !== null && errorPx <= threshold ? 1 : 0;
}

function rowsBy(
  outcomes: readonly GroupedOutcome<HomographyOutcome>[],
  measure: (outcome: HomographyOutcome) => number[],
): FigureTable['rows'] {
  const groups = [...new Set(outcomes.map(({ group }) => group))].sort();
  const row = (name: string, some: readonly GroupedOutcome<HomographyOutcome>[]) => {
    const measured = some.map(({ outcome }) => measure(outcome));
    const mean = (column: number) =>
      (100 * measured.reduce((sum, values) => sum + (values[column] ?? 0), 0)) / measured.length;
    return { name, items: some.length, values: PIXEL_THRESHOLDS.map((_, column) => mean(column)) };
  };
  const apart = groups.map((name) =>
    row(
      name,
      outcomes.filter(({ group }) => group === name),
    ),
  );
  return groups.length > 1 ? [...apart, row('all', outcomes)] : apart;
}
