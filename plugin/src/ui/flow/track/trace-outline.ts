import { blur2 } from 'd3-array';
import { contours } from 'd3-contour';
import { fitCubic } from 'fit-curve';
import type { OutlineRing, OutlineSegment } from '../../../shared/outline.js';

/** Lengths in pixels of the mask. */
const TRACE = {
  /** Radius of the blur that turns stairs of pixels into lines. */
  blurPx: 2,
  /** Pixels around a region that take part in the blur. */
  marginPx: 5,
  /** Smaller islands and holes are noise of the mask. */
  minAreaPx: 16,
  /** So are islands of less than this fraction of the largest. */
  minAreaOfLargest: 0.01,
  /** Directions are measured over this many points of a ring, which are about a pixel apart. */
  cornerSpan: 10,
  /** A turn by at least this angle is a corner. */
  cornerDegrees: 50,
  /** Points at most this far from a line are on it. */
  straightPx: 1,
  /** The squared distance of a curve from the points that it replaces. */
  curveErrorPx2: 2,
} as const;

type Vec = [x: number, y: number];

/**
 * Traces a region of a mask: marching squares (Lorensen and Cline, 1987) on the slightly blurred mask, then lines between
 * corners, or Bézier curves (Schneider, 1990).
 * @param isInside of each pixel, rows from the top
 * @returns rings in pixels of the mask, a pixel's corner at whole numbers; empty if nothing is inside
 */
export function traceOutline(isInside: (pixel: number) => boolean, width: number, height: number): OutlineRing[] {
  const crop = cropOf(isInside, width, height);
  if (crop === null) return [];
  blur2({ data: crop.values, width: crop.width, height: crop.height }, TRACE.blurPx);
  const traced = contours().size([crop.width, crop.height]).contour(Array.from(crop.values), 0.5);
  const toMask = ([x = 0, y = 0]: number[]): Vec => [clamp(x + crop.left, width), clamp(y + crop.top, height)];
  const polygons = traced.coordinates.map((rings) => rings.map((ring) => withoutRepeats(ring.map(toMask))));
  const areas = polygons.map(([outer]) => areaOf(outer ?? []));
  const smallest = Math.max(TRACE.minAreaPx, Math.max(0, ...areas) * TRACE.minAreaOfLargest);
  return polygons
    .filter((_, index) => (areas[index] ?? 0) >= smallest)
    .flat()
    .filter((ring) => areaOf(ring) >= TRACE.minAreaPx)
    .map(toRing);
}

function clamp(value: number, length: number): number {
  return Math.min(Math.max(value, 0), length);
}

interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
  values: Float32Array;
}

/** The region as 0 and 1 with a margin, beyond the edges of the mask as well. There it goes on as at the edge. */
function cropOf(isInside: (pixel: number) => boolean, width: number, height: number): Crop | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let pixel = 0, y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if (!isInside(pixel)) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  if (right < 0) return null;
  const { marginPx } = TRACE;
  const size = { width: right - left + 1 + 2 * marginPx, height: bottom - top + 1 + 2 * marginPx };
  const values = new Float32Array(size.width * size.height);
  for (let n = 0; n < values.length; n++) {
    const x = Math.min(Math.max((n % size.width) + left - marginPx, 0), width - 1);
    const y = Math.min(Math.max(Math.floor(n / size.width) + top - marginPx, 0), height - 1);
    values[n] = isInside(y * width + x) ? 1 : 0;
  }
  return { left: left - marginPx, top: top - marginPx, ...size, values };
}

/** A ring without its repeated end and other equal neighbours. */
function withoutRepeats(ring: readonly Vec[]): Vec[] {
  return ring.filter(([x, y], index) => {
    const [beforeX, beforeY] = ring.at(index - 1) ?? [];
    return x !== beforeX || y !== beforeY;
  });
}

function areaOf(ring: readonly Vec[]): number {
  let twice = 0;
  for (const [index, [x, y]] of ring.entries()) {
    const [beforeX, beforeY] = ring.at(index - 1) ?? [0, 0];
    twice += beforeX * y - x * beforeY;
  }
  return Math.abs(twice) / 2;
}

/** Fits lines and curves to a ring, between its corners. */
function toRing(points: readonly Vec[]): OutlineRing {
  const { cornerSpan: span } = TRACE;
  const corners = cornersOf(points);
  const [first] = corners;
  if (first === undefined) return fitLoop(points);
  const segments = corners.flatMap((corner, n) => {
    const next = corners[n + 1] ?? { ...first, index: first.index + points.length };
    // what is nearer to a corner is rounded by the blur
    const between = slice(points, corner.index + span / 2, next.index - span / 2);
    return fitPart([corner.point, ...between, next.point]);
  });
  const [x, y] = first.point;
  return { start: { x, y }, segments };
}

/** The points from one index to another, both included; indices go on past the end. */
function slice(points: readonly Vec[], from: number, to: number): Vec[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => at(points, from + n));
}

function at(points: readonly Vec[], index: number): Vec {
  return points[(index + points.length) % points.length] ?? [0, 0];
}

interface Corner {
  index: number;
  point: Vec;
}

/** Where the ring turns sharply, at most once in a span. */
function cornersOf(points: readonly Vec[]): Corner[] {
  const { cornerSpan: span, cornerDegrees } = TRACE;
  if (points.length < 4 * span) return [];
  const turnOver = (index: number, reach: number) => {
    const point = at(points, index);
    const [before, after] = [at(points, index - reach), at(points, index + reach)];
    return Math.abs(angleBetween(direction(before, point), direction(point, after)));
  };
  const turns = points.map((_, index) => turnOver(index, span));
  // the blur rounds corners, and the shorter span tells their middle
  const sharpness = turns.map((turn, index) => turn + turnOver(index, span / 2));
  return turns.flatMap((turn, index) => {
    if (turn < (cornerDegrees * Math.PI) / 180) return [];
    const own = sharpness[index] ?? 0;
    const isSharpest = Array.from({ length: 2 * span + 1 }, (_, n) => index + n - span).every((other) => {
      const value = sharpness[(other + turns.length) % turns.length] ?? 0;
      return other < index ? value < own : value <= own;
    });
    return isSharpest ? [{ index, point: cornerPoint(points, index) }] : [];
  });
}

/** Where the lines on both sides of a rounded corner meet; the rounded corner itself if that is far away. */
function cornerPoint(points: readonly Vec[], index: number): Vec {
  const { cornerSpan: span } = TRACE;
  const own = at(points, index);
  const [from, to] = [at(points, index - span), at(points, index + span)];
  const [a, b] = [direction(from, at(points, index - span / 2)), direction(to, at(points, index + span / 2))];
  const cross = a[0] * b[1] - a[1] * b[0];
  if (Math.abs(cross) < 0.1) return own;
  const along = ((to[0] - from[0]) * b[1] - (to[1] - from[1]) * b[0]) / cross;
  const meeting: Vec = [from[0] + along * a[0], from[1] + along * a[1]];
  return Math.hypot(meeting[0] - own[0], meeting[1] - own[1]) <= span / 2 ? meeting : own;
}

function direction([fromX, fromY]: Vec, [toX, toY]: Vec): Vec {
  const length = Math.hypot(toX - fromX, toY - fromY) || 1;
  return [(toX - fromX) / length, (toY - fromY) / length];
}

function angleBetween([ax, ay]: Vec, [bx, by]: Vec): number {
  return Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
}

function fitPart(part: Vec[]): OutlineSegment[] {
  const [first, last] = [part[0], part.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (part.every((point) => distanceToLine(point, first, last) <= TRACE.straightPx)) return [last];
  const reach = Math.min(TRACE.cornerSpan, part.length - 1);
  const [second = last, secondLast = first] = [part[reach], part.at(-1 - reach)];
  const thinned = [first, ...everyThird(part.slice(1, -1)), last];
  return toSegments(fitCubic<Vec>(thinned, direction(first, second), direction(last, secondLast), TRACE.curveErrorPx2));
}

/** A ring without corners, which goes on smoothly where it is closed. */
function fitLoop(points: readonly Vec[]): OutlineRing {
  const start = at(points, 0);
  const reach = Math.min(TRACE.cornerSpan, Math.floor(points.length / 4));
  const [x, y] = direction(at(points, -reach), at(points, reach));
  const closed = [start, ...everyThird(points.slice(1)), start];
  const segments = toSegments(fitCubic<Vec>(closed, [x, y], [-x, -y], TRACE.curveErrorPx2));
  return { start: { x: start[0], y: start[1] }, segments };
}

/** Neighbouring points have directions in steps of 45°, which would bend the curves. */
function everyThird(points: readonly Vec[]): Vec[] {
  return points.filter((_, index) => index % 3 === 1);
}

function toSegments(curves: readonly Vec[][]): OutlineSegment[] {
  return curves.flatMap(([, first, second, end]): OutlineSegment[] =>
    first === undefined || second === undefined || end === undefined ? [] : [[...first, ...second, ...end]],
  );
}

function distanceToLine([x, y]: Vec, [fromX, fromY]: Vec, [toX, toY]: Vec): number {
  const length = Math.hypot(toX - fromX, toY - fromY);
  if (length === 0) return Math.hypot(x - fromX, y - fromY);
  return Math.abs((toX - fromX) * (fromY - y) - (fromX - x) * (toY - fromY)) / length;
}
