import { pointSchema } from '@samepoint/shared-protocol';
import * as z from 'zod';
import type { GroupedOutcome } from '../datasets/dataset.js';
import type { FigureRow, FigureTable } from '../report/figure-table.js';
import { mean } from './davis-metrics.js';

const keypointSchema = z.object({ source: pointSchema, truth: pointSchema, predicted: pointSchema.nullable() });

/** Keypoints of one pair of images. PCK thresholds are relative to `basePx`. */
export const keypointOutcomeSchema = z.object({ keypoints: z.array(keypointSchema), basePx: z.number().positive() });

/** A keypoint of the source, its true position in the target, and the predicted one; null if predicted missing. */
export type Keypoint = z.infer<typeof keypointSchema>;
export type KeypointOutcome = z.infer<typeof keypointOutcomeSchema>;

/**
 * Whether a keypoint is correct: distance / base ≤ α, in float64, like the official code of SPair-71k and DIFT.
 * Source: eval_spair.py of Tang et al., 2023.
 */
export function isCorrect({ truth, predicted }: Keypoint, basePx: number, alpha: number): boolean {
  if (predicted === null) return false;
  const distancePx = Math.sqrt((predicted.x - truth.x) ** 2 + (predicted.y - truth.y) ** 2);
  return distancePx / basePx <= alpha;
}

/** Fraction of correct keypoints of a pair, 0 to 1. */
export function correctFraction({ keypoints, basePx }: KeypointOutcome, alpha: number): number {
  return keypoints.filter((keypoint) => isCorrect(keypoint, basePx, alpha)).length / keypoints.length;
}

/** PCK in percent: per image (mean over pairs) and per point (over all keypoints). */
export function pck(outcomes: readonly KeypointOutcome[], alpha: number): { perImage: number; perPoint: number } {
  const fractions = outcomes.map((outcome) => correctFraction(outcome, alpha));
  const correct = outcomes.flatMap(({ keypoints, basePx }) => keypoints.map((one) => isCorrect(one, basePx, alpha)));
  return { perImage: 100 * mean(fractions), perPoint: 100 * mean(correct.map(Number)) };
}

/**
 * PCK by group, as the mean of groups, and over all. The official figures of SPair-71k are "all": every pair, or every
 * point, has equal weight, whatever its category.
 */
export function pckTable(
  outcomes: readonly GroupedOutcome<KeypointOutcome>[],
  alphas: readonly number[],
  { title, note, rowTitle }: { title: string; note: string; rowTitle: string },
): FigureTable {
  const groups = [...new Set(outcomes.map(({ group }) => group))].sort();
  const rows = groups.map((name) =>
    pckRow(
      name,
      outcomes.filter(({ group }) => group === name),
      alphas,
    ),
  );
  const all = pckRow('all', outcomes, alphas);
  const means: FigureRow = {
    name: `mean of ${groups.length}`,
    items: outcomes.length,
    values: all.values.map((_, column) => mean(rows.map(({ values }) => values[column] ?? 0))),
  };
  return {
    title,
    note,
    rowTitle,
    columns: alphas.flatMap((alpha) => [`@${alpha}/image`, `@${alpha}/point`]),
    rows: groups.length > 1 ? [...rows, means, all] : [all],
  };
}

function pckRow(
  name: string,
  outcomes: readonly GroupedOutcome<KeypointOutcome>[],
  alphas: readonly number[],
): FigureRow {
  const scored = alphas.map((alpha) =>
    pck(
      outcomes.map(({ outcome }) => outcome),
      alpha,
    ),
  );
  return { name, items: outcomes.length, values: scored.flatMap(({ perImage, perPoint }) => [perImage, perPoint]) };
}
