import type { Homography, Point } from '@samepoint/shared-protocol';
import { compose, invert, normalise, project, scaling, translation } from './projective.js';

/** Kinds of transform, from the stiffest to the freest, with the pairs of points that fix one. */
export const TRANSFORM_KINDS = {
  /** Shift, turn and scale. */
  similarity: { pairs: 2, parameters: 4 },
  /** Also shear and a scale of its own for each axis. */
  affine: { pairs: 3, parameters: 6 },
  /** Also perspective: any plane seen by any camera. */
  homography: { pairs: 4, parameters: 8 },
} as const;
export type TransformKind = keyof typeof TRANSFORM_KINDS;

/** A source point and where it is in the target; a heavier one pulls more. */
export interface PointPair {
  source: Point;
  target: Point;
  weight: number;
}

const MAX_STEPS = 10;

/** Relative change of the error below which a step is the last. */
const SETTLED = 1e-12;

/**
 * Weighted least squares on the distances in the target, by Gauss and Newton from `start` (Hartley and Zisserman, 2004,
 * section 4.5), in coordinates centred and scaled to one.
 * @returns `start` where the pairs do not fix a transform of that kind or nothing better was found
 */
export function refineTransform(kind: TransformKind, start: Homography, pairs: readonly PointPair[]): Homography {
  const from = normalisation(pairs.map(({ source }) => source));
  const to = normalisation(pairs.map(({ target }) => target));
  if (from === null || to === null) return start;
  const unit = pairs.map(({ source, target, weight }) => ({
    source: project(from, source),
    target: project(to, target),
    weight,
  }));
  let best = normalise(compose(compose(to, start), invert(from)));
  const initial = error(best, unit);
  let lowest = initial;
  for (let step = 0; step < MAX_STEPS; step++) {
    const next = gaussNewtonStep(kind, best, unit);
    const found = next === null ? Number.NaN : error(next, unit);
    if (next === null || !(found < lowest)) break;
    const settled = lowest - found <= SETTLED * lowest;
    best = next;
    lowest = found;
    if (settled) break;
  }
  return lowest < initial ? normalise(compose(compose(invert(to), best), from)) : start;
}

/** Moves the mean to the origin and the mean distance to one; null where all points are one. */
function normalisation(points: readonly Point[]): Homography | null {
  const mean = (pick: (point: Point) => number) => points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const scale = 1 / mean((point) => Math.hypot(point.x - x, point.y - y));
  return Number.isFinite(scale) ? compose(scaling(scale, scale), translation(-x, -y)) : null;
}

function error(h: Homography, pairs: readonly PointPair[]): number {
  return pairs.reduce((sum, { source, target, weight }) => {
    const { x, y } = project(h, source);
    return sum + weight * ((x - target.x) ** 2 + (y - target.y) ** 2);
  }, 0);
}

function gaussNewtonStep(kind: TransformKind, h: Homography, pairs: readonly PointPair[]): Homography | null {
  const { parameters } = TRANSFORM_KINDS[kind];
  const normal = Array.from({ length: parameters }, () => new Float64Array(parameters + 1));
  for (const { source, target, weight } of pairs) {
    const at = project(h, source);
    const rows = jacobian(kind, h, source, at);
    for (const [row, off] of [[rows[0], target.x - at.x] as const, [rows[1], target.y - at.y] as const]) {
      for (let i = 0; i < parameters; i++) {
        const pull = weight * (row[i] ?? 0);
        const line = normal[i];
        if (line === undefined) continue;
        for (let j = 0; j < parameters; j++) line[j] = (line[j] ?? 0) + pull * (row[j] ?? 0);
        line[parameters] = (line[parameters] ?? 0) + pull * off;
      }
    }
  }
  const change = solve(normal);
  return change === null ? null : moved(kind, h, change);
}

/** How the projected x and y change with each parameter. */
function jacobian(kind: TransformKind, h: Homography, { x, y }: Point, at: Point): [number[], number[]] {
  switch (kind) {
    case 'similarity':
      return [
        [x, -y, 1, 0],
        [y, x, 0, 1],
      ];
    case 'affine':
      return [
        [x, y, 1, 0, 0, 0],
        [0, 0, 0, x, y, 1],
      ];
    case 'homography': {
      const w = h[6] * x + h[7] * y + h[8];
      return [
        [x / w, y / w, 1 / w, 0, 0, 0, (-at.x * x) / w, (-at.x * y) / w],
        [0, 0, 0, x / w, y / w, 1 / w, (-at.y * x) / w, (-at.y * y) / w],
      ];
    }
  }
}

function moved(kind: TransformKind, h: Homography, change: readonly number[]): Homography {
  const [p = 0, q = 0, r = 0, s = 0, t = 0, u = 0, v = 0, w = 0] = change;
  if (kind === 'similarity') return [h[0] + p, h[1] - q, h[2] + r, h[3] + q, h[4] + p, h[5] + s, 0, 0, 1];
  return [h[0] + p, h[1] + q, h[2] + r, h[3] + s, h[4] + t, h[5] + u, h[6] + v, h[7] + w, h[8]];
}

/** Gaussian elimination with pivots on rows that end with their right-hand side; null where they are not independent. */
function solve(rows: Float64Array[]): number[] | null {
  const size = rows.length;
  const largest = Math.max(...rows.map((row, n) => Math.abs(row[n] ?? 0)));
  for (let column = 0; column < size; column++) {
    const below = rows.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const pivot = column + below.indexOf(Math.max(...below));
    const [here, chosen] = [rows[column], rows[pivot]];
    if (here === undefined || chosen === undefined) return null;
    const divisor = chosen[column] ?? 0;
    if (!(Math.abs(divisor) > 1e-12 * largest)) return null;
    rows[pivot] = here;
    rows[column] = chosen.map((value) => value / divisor);
    for (const [n, row] of rows.entries()) {
      const factor = row[column] ?? 0;
      if (n !== column && factor !== 0) rows[n] = row.map((value, k) => value - factor * (rows[column]?.[k] ?? 0));
    }
  }
  return rows.map((row) => row[size] ?? 0);
}
