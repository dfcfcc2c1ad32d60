import type { Affine, Box, Point } from '@samepoint/shared-protocol';

/** Figma's `Transform`: two rows of three. */
export type TransformRows = readonly [readonly [number, number, number], readonly [number, number, number]];

export const IDENTITY: Affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

/** The transform that applies `first`, then `second`. */
export function compose(second: Affine, first: Affine): Affine {
  return {
    a: second.a * first.a + second.c * first.b,
    b: second.b * first.a + second.d * first.b,
    c: second.a * first.c + second.c * first.d,
    d: second.b * first.c + second.d * first.d,
    e: second.a * first.e + second.c * first.f + second.e,
    f: second.b * first.e + second.d * first.f + second.f,
  };
}

/** The inverse, or null if the transform is singular. */
export function invert(affine: Affine): Affine | null {
  const { a, b, c, d, e, f } = affine;
  const determinant = a * d - b * c;
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-12) return null;
  return {
    a: d / determinant,
    b: -b / determinant,
    c: -c / determinant,
    d: a / determinant,
    e: (c * f - d * e) / determinant,
    f: (b * e - a * f) / determinant,
  };
}

export function scaling(x: number, y: number): Affine {
  return { ...IDENTITY, a: x, d: y };
}

export function translation(x: number, y: number): Affine {
  return { ...IDENTITY, e: x, f: y };
}

export function apply(affine: Affine, point: Point): Point {
  return {
    x: affine.a * point.x + affine.c * point.y + affine.e,
    y: affine.b * point.x + affine.d * point.y + affine.f,
  };
}

/** The axis-aligned bounding box of the transformed `box`. */
export function applyToBox(affine: Affine, box: Box): Box {
  const corners = [
    apply(affine, { x: box.x, y: box.y }),
    apply(affine, { x: box.x + box.w, y: box.y }),
    apply(affine, { x: box.x, y: box.y + box.h }),
    apply(affine, { x: box.x + box.w, y: box.y + box.h }),
  ];
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** The scale of a similarity; for other transforms the geometric mean of both axes. */
export function uniformScale(affine: Affine): number {
  return Math.sqrt(Math.abs(affine.a * affine.d - affine.b * affine.c));
}

/**
 * A similarity without its scale; rotation, reflection and translation stay.
 * Figma stores the size separately, and the axes of its transforms have unit length.
 */
export function withoutScale(affine: Affine): Affine {
  const scale = uniformScale(affine);
  const { a, b, c, d, e, f } = affine;
  return { a: a / scale, b: b / scale, c: c / scale, d: d / scale, e, f };
}

export function fromRows(rows: TransformRows): Affine {
  const [[a, c, e], [b, d, f]] = rows;
  return { a, b, c, d, e, f };
}

export function toRows({ a, b, c, d, e, f }: Affine): [[number, number, number], [number, number, number]] {
  return [
    [a, c, e],
    [b, d, f],
  ];
}
