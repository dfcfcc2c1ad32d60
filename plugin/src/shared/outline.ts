import type { Box, Point } from '@samepoint/shared-protocol';

/** A straight line to a point, or a cubic Bézier curve with its two control points. */
export type OutlineSegment = readonly [x: number, y: number] | readonly [...CubicPoints];
type CubicPoints = [x1: number, y1: number, x2: number, y2: number, x: number, y: number];

/** A closed ring. The last segment ends at the start. */
export interface OutlineRing {
  start: Point;
  segments: readonly OutlineSegment[];
}

/** The rings of an area and of its holes: a point is inside if an odd number of rings surrounds it. */
export type Outline = readonly OutlineRing[];

/** The outline with every coordinate changed. Affine maps keep curves. */
export function mapOutline(outline: Outline, map: (point: Point) => Point): OutlineRing[] {
  const mapped = (x: number, y: number): [number, number] => {
    const point = map({ x, y });
    return [point.x, point.y];
  };
  return outline.map(({ start, segments }) => ({
    start: map(start),
    segments: segments.map((segment): OutlineSegment => {
      if (segment.length === 2) return mapped(...segment);
      const [x1, y1, x2, y2, x, y] = segment;
      return [...mapped(x1, y1), ...mapped(x2, y2), ...mapped(x, y)];
    }),
  }));
}

/** Path data in the syntax that Figma reads: absolute commands, separated by single spaces (typings: `VectorPath.data`). */
export function pathData(outline: Outline): string {
  const number = (value: number) => String(Math.round(value * 1000) / 1000);
  return outline
    .map(({ start, segments }) => {
      const parts = segments.map((segment) => `${segment.length === 2 ? 'L' : 'C'} ${segment.map(number).join(' ')}`);
      return ['M', number(start.x), number(start.y), ...parts, 'Z'].join(' ');
    })
    .join(' ');
}

/** The smallest box around the outline; null without rings. */
export function boxOfOutline(outline: Outline): Box | null {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const { start, segments } of outline) {
    let { x, y } = start;
    xs.push(x);
    ys.push(y);
    for (const segment of segments) {
      if (segment.length === 6) {
        const [x1, y1, x2, y2, endX, endY] = segment;
        xs.push(...extrema(x, x1, x2, endX));
        ys.push(...extrema(y, y1, y2, endY));
      }
      x = segment[segment.length - 2] ?? x;
      y = segment[segment.length - 1] ?? y;
      xs.push(x);
      ys.push(y);
    }
  }
  if (xs.length === 0) return null;
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left, y: top, w: Math.max(...xs) - left, h: Math.max(...ys) - top };
}

/** The values of a cubic Bézier curve where its derivative is 0. */
function extrema(from: number, first: number, second: number, to: number): number[] {
  const a = to - 3 * second + 3 * first - from;
  const b = 2 * (second - 2 * first + from);
  const c = first - from;
  // the derivative is 3 (a t² + b t + c)
  const root = Math.sqrt(b * b - 4 * a * c);
  const candidates = Math.abs(a) < 1e-12 ? [-c / b] : [(-b + root) / (2 * a), (-b - root) / (2 * a)];
  return candidates
    .filter((t) => t > 0 && t < 1)
    .map((t) => {
      const s = 1 - t;
      return s * s * s * from + 3 * s * s * t * first + 3 * s * t * t * second + t * t * t * to;
    });
}
