import type { Affine, Homography, Point } from '@samepoint/shared-protocol';

/** A point with a smaller denominator lies on the horizon and has no image. */
const HORIZON = 1e-12;

export const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** @returns NaN coordinates for a point on the horizon */
export function project(h: Homography, { x, y }: Point): Point {
  const w = h[6] * x + h[7] * y + h[8];
  const scale = Math.abs(w) < HORIZON ? Number.NaN : 1 / w;
  return { x: (h[0] * x + h[1] * y + h[2]) * scale, y: (h[3] * x + h[4] * y + h[5]) * scale };
}

/** Applies `b`, then `a`. */
export function compose(a: Homography, b: Homography): Homography {
  const at = (row: 0 | 3 | 6, column: 0 | 1 | 2) =>
    a[row] * b[column] +
    a[(row + 1) as 1 | 4 | 7] * b[(column + 3) as 3 | 4 | 5] +
    a[(row + 2) as 2 | 5 | 8] * b[(column + 6) as 6 | 7 | 8];
  return [at(0, 0), at(0, 1), at(0, 2), at(3, 0), at(3, 1), at(3, 2), at(6, 0), at(6, 1), at(6, 2)];
}

/** The inverse by the adjugate; not finite for a singular matrix. */
export function invert([a, b, c, d, e, f, g, h, i]: Homography): Homography {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const scaled = (value: number) => value / determinant;
  return [
    scaled(e * i - f * h),
    scaled(c * h - b * i),
    scaled(b * f - c * e),
    scaled(f * g - d * i),
    scaled(a * i - c * g),
    scaled(c * d - a * f),
    scaled(d * h - e * g),
    scaled(b * g - a * h),
    scaled(a * e - b * d),
  ];
}

/** Scales the matrix so that its last entry is 1, unless it is zero. */
export function normalise(h: Homography): Homography {
  const last = Math.abs(h[8]) < HORIZON ? 1 : h[8];
  return [
    h[0] / last,
    h[1] / last,
    h[2] / last,
    h[3] / last,
    h[4] / last,
    h[5] / last,
    h[6] / last,
    h[7] / last,
    h[8] / last,
  ];
}

export function toHomography({ a, b, c, d, e, f }: Affine): Homography {
  return [a, c, e, b, d, f, 0, 0, 1];
}

export function translation(x: number, y: number): Homography {
  return [1, 0, x, 0, 1, y, 0, 0, 1];
}

export function scaling(x: number, y: number): Homography {
  return [x, 0, 0, 0, y, 0, 0, 0, 1];
}

/** The local scale of a transform at a point. */
export interface LocalStretch {
  /** Target pixels per source pixel along the direction of least stretch. */
  least: number;
  /** The same along the direction of most stretch. */
  most: number;
  /** The orientation is reversed. */
  reflected: boolean;
}

/** From the singular values of the Jacobian at `point`. */
export function stretchAt(h: Homography, point: Point): LocalStretch {
  const w = h[6] * point.x + h[7] * point.y + h[8];
  const { x, y } = project(h, point);
  const [a, b] = [(h[0] - x * h[6]) / w, (h[1] - x * h[7]) / w];
  const [c, d] = [(h[3] - y * h[6]) / w, (h[4] - y * h[7]) / w];
  const determinant = a * d - b * c;
  const sum = Math.hypot(a + d, c - b);
  const difference = Math.hypot(a - d, b + c);
  return { least: Math.abs(sum - difference) / 2, most: (sum + difference) / 2, reflected: determinant < 0 };
}
