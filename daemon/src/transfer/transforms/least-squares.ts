import type { Homography, Point } from '@samepoint/shared-protocol';
import { compose, invert, normalise, project, scaling, translation } from './projective.js';

/** Kinds of transform, from the fewest degrees of freedom to the most. */
export const TRANSFORM_KINDS = {
  similarity: { minPairs: 2, parameters: 4 },
  affine: { minPairs: 3, parameters: 6 },
  homography: { minPairs: 4, parameters: 8 },
} as const;
export type TransformKind = keyof typeof TRANSFORM_KINDS;

/** A source point and its match in the target. */
export interface PointPair {
  source: Point;
  target: Point;
  /** Confidence of the match. */
  weight: number;
}

/** x' = x·cos − y·sin + tx, y' = x·sin + y·cos + ty; cos and sin include the scale. */
export interface Similarity {
  cos: number;
  sin: number;
  tx: number;
  ty: number;
}

/**
 * The similarity with the least weighted squared error, in closed form (Umeyama, 1991, in the plane).
 * @param upright without rotation
 * @returns null if all source points coincide
 */
export function leastSquaresSimilarity(pairs: readonly PointPair[], upright: boolean): Similarity | null {
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (pick: (pair: PointPair) => number) => pairs.reduce((sum, c) => sum + c.weight * pick(c), 0) / total;
  const source = { x: mean((c) => c.source.x), y: mean((c) => c.source.y) };
  const target = { x: mean((c) => c.target.x), y: mean((c) => c.target.y) };
  const dot = (p: Point, q: Point) => p.x * q.x + p.y * q.y;
  const from = (c: PointPair) => ({ x: c.source.x - source.x, y: c.source.y - source.y });
  const to = (c: PointPair) => ({ x: c.target.x - target.x, y: c.target.y - target.y });
  const spread = mean((c) => dot(from(c), from(c)));
  if (!(spread > 0)) return null;
  const cos = mean((c) => dot(from(c), to(c))) / spread;
  const sin = upright ? 0 : mean((c) => from(c).x * to(c).y - from(c).y * to(c).x) / spread;
  return similarityAt({ source, target }, cos, sin);
}

/** The similarity with that scale and rotation that maps the source point to the target point. */
export function similarityAt(
  { source, target }: Pick<PointPair, 'source' | 'target'>,
  cos: number,
  sin: number,
): Similarity {
  return { cos, sin, tx: target.x - cos * source.x + sin * source.y, ty: target.y - sin * source.x - cos * source.y };
}

const MAX_STEPS = 10;

/**
 * Minimises the weighted squared error in the target with the Gauss–Newton method (Hartley and Zisserman, 2004, section
 * 4.5), in normalised coordinates.
 * @param start the initial transform
 * @returns `start` if the pairs are degenerate or the error does not decrease
 */
export function gaussNewton(
  kind: Exclude<TransformKind, 'similarity'>,
  start: Homography,
  pairs: readonly PointPair[],
): Homography {
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
    best = next;
    lowest = found;
  }
  return lowest < initial ? normalise(compose(compose(invert(to), best), from)) : start;
}

/** Moves the centroid to the origin and scales the mean distance to one; null if all points coincide. */
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

function gaussNewtonStep(
  kind: Exclude<TransformKind, 'similarity'>,
  h: Homography,
  pairs: readonly PointPair[],
): Homography | null {
  const { parameters } = TRANSFORM_KINDS[kind];
  const normal = Array.from({ length: parameters }, () => new Float64Array(parameters + 1));
  for (const { source, target, weight } of pairs) {
    const at = project(h, source);
    const rows = jacobian(h, source, at);
    for (const [row, off] of [[rows[0], target.x - at.x] as const, [rows[1], target.y - at.y] as const]) {
      for (let i = 0; i < parameters; i++) {
        const gradient = weight * (row[i] ?? 0);
        const line = normal[i];
        if (line === undefined) continue;
        for (let j = 0; j < parameters; j++) line[j] = (line[j] ?? 0) + gradient * (row[j] ?? 0);
        line[parameters] = (line[parameters] ?? 0) + gradient * off;
      }
    }
  }
  const change = solve(normal);
  return change === null ? null : updated(h, change);
}

/** The derivatives of the projected x and y by each parameter of a homography. The first six are those of an affine. */
function jacobian(h: Homography, { x, y }: Point, at: Point): [number[], number[]] {
  const w = h[6] * x + h[7] * y + h[8];
  return [
    [x / w, y / w, 1 / w, 0, 0, 0, (-at.x * x) / w, (-at.x * y) / w],
    [0, 0, 0, x / w, y / w, 1 / w, (-at.y * x) / w, (-at.y * y) / w],
  ];
}

function updated(h: Homography, change: readonly number[]): Homography {
  const [p = 0, q = 0, r = 0, s = 0, t = 0, u = 0, v = 0, w = 0] = change;
  return [h[0] + p, h[1] + q, h[2] + r, h[3] + s, h[4] + t, h[5] + u, h[6] + v, h[7] + w, h[8]];
}

/** Gauss–Jordan elimination with partial pivoting; null if singular. @param rows each ends with its right-hand side */
function solve(rows: Float64Array[]): number[] | null {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const below = rows.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const pivot = column + below.indexOf(Math.max(...below));
    const [here, chosen] = [rows[column], rows[pivot]];
    if (here === undefined || chosen === undefined) return null;
    const divisor = chosen[column] ?? 0;
    if (divisor === 0) return null;
    rows[pivot] = here;
    rows[column] = chosen.map((value) => value / divisor);
    for (const [n, row] of rows.entries()) {
      const factor = row[column] ?? 0;
      if (n !== column && factor !== 0) rows[n] = row.map((value, k) => value - factor * (rows[column]?.[k] ?? 0));
    }
  }
  return rows.map((row) => row[size] ?? 0);
}
