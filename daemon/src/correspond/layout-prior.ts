import type { Point } from '@samepoint/shared-protocol';
import { ramp } from './ramp.js';

/**
 * A design in another theme, size or crop has the same layout. Where most confident matches agree on one scale and offset,
 * that scale is more exact than the ratio of the pyramid levels of a single match.
 */
export const LAYOUT = {
  /** How far from its placement a place may be, as part of the target's longer side. */
  slack: 0.03,
  /** Share of confident matches near the placement up to which it says nothing, and from which it says everything. */
  trust: { from: 0.5, to: 0.8 },
  /** Belief in a place from which a match is confident, if it returns, too. */
  minBelief: 0.5,
  /** Fewer confident matches say nothing. */
  minMatches: 12,
  /** Matches nearer each other than this part of the source's longer side say nothing about scale. */
  minDistance: 0.1,
  /** Scales that differ by at most this factor are taken for the same. */
  sameScale: 1.25,
} as const;

/** A confident match. */
interface LayoutMatch {
  source: Point;
  target: Point;
}

/** A point with places it may be at, and the belief in each. */
interface PointWithPlaces extends Point {
  candidates: readonly (Point & { returns: boolean })[];
  beliefs: readonly number[];
}

/** How the source is laid out in the target: x' = scale.x · x + offset.x, and y alike. */
export interface Layout {
  scale: Point;
  offset: Point;
  /** 0 where the two are laid out differently, 1 where most confident matches agree. */
  trust: number;
}

export const NO_LAYOUT: Layout = { scale: { x: 1, y: 1 }, offset: { x: 0, y: 0 }, trust: 0 };

/** The matches that say how the whole is laid out. */
export function confidentMatches(points: readonly PointWithPlaces[]): LayoutMatch[] {
  return points.flatMap(({ x, y, candidates, beliefs }) =>
    candidates
      .filter(({ returns }, k) => returns && (beliefs[k] ?? 0) >= LAYOUT.minBelief)
      .map((target) => ({ source: { x, y }, target })),
  );
}

/**
 * Fits the layout to confident matches, axis by axis, by medians (Theil, 1950, and Sen, 1968), which up to 29 % of wrong
 * matches do not move.
 */
export function fitLayout(matches: readonly LayoutMatch[], sourceSidePx: number, targetSidePx: number): Layout {
  if (matches.length < LAYOUT.minMatches) return NO_LAYOUT;
  const apart = LAYOUT.minDistance * sourceSidePx;
  const [x, y] = (['x', 'y'] as const).map((axis) =>
    fitAxis(
      matches.map(({ source, target }) => [source[axis], target[axis]]),
      apart,
    ),
  );
  // all in one row or column, or mirrored
  if (!x || !y || x.scale <= 0 || y.scale <= 0) return NO_LAYOUT;
  const layout = { scale: { x: x.scale, y: y.scale }, offset: { x: x.offset, y: y.offset }, trust: 0 };
  const slackPx = LAYOUT.slack * targetSidePx;
  const near = matches.filter(({ source, target }) => distance(layout, source, target) <= 2 * slackPx);
  return { ...layout, trust: ramp(near.length / matches.length, LAYOUT.trust) };
}

/**
 * The scale of a place more exactly: a place knows only the ratio of the two looks that found it, the layout has measured
 * it, and is the same for all places.
 * @param ofPlace target pixels per source pixel
 * @returns that of the layout where there is one of about this scale
 */
export function exactScale({ scale, trust }: Layout, ofPlace: number): number {
  const ofLayout = Math.sqrt(scale.x * scale.y);
  const ratio = Math.max(ofLayout / ofPlace, ofPlace / ofLayout);
  return trust > 0 && ratio <= LAYOUT.sameScale ? ofLayout : ofPlace;
}

function distance({ scale, offset }: Layout, source: Point, target: Point): number {
  return Math.hypot(target.x - scale.x * source.x - offset.x, target.y - scale.y * source.y - offset.y);
}

function fitAxis(pairs: readonly (readonly [from: number, to: number])[], apart: number) {
  const slopes = pairs.flatMap(([a, b], n) =>
    pairs.slice(n + 1).flatMap(([c, d]) => (Math.abs(c - a) < apart ? [] : [(d - b) / (c - a)])),
  );
  if (slopes.length === 0) return undefined;
  const scale = median(slopes);
  return { scale, offset: median(pairs.map(([from, to]) => to - scale * from)) };
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
