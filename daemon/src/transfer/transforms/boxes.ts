import type { Box, Point } from '@samepoint/shared-protocol';

export function contains(box: Box, point: Point): boolean {
  return point.x >= box.x && point.x <= box.x + box.w && point.y >= box.y && point.y <= box.y + box.h;
}

export function centre(box: Box): Point {
  return { x: box.x + box.w / 2, y: box.y + box.h / 2 };
}

export function grow(box: Box, margin: number): Box {
  return { x: box.x - margin, y: box.y - margin, w: box.w + 2 * margin, h: box.h + 2 * margin };
}

/** The part of `box` inside an image; empty, on its border, if there is none. */
export function clip(box: Box, width: number, height: number): Box {
  const x = Math.min(Math.max(box.x, 0), width);
  const y = Math.min(Math.max(box.y, 0), height);
  const right = Math.min(Math.max(box.x + box.w, x), width);
  const bottom = Math.min(Math.max(box.y + box.h, y), height);
  return { x, y, w: right - x, h: bottom - y };
}

/** Area of the intersection. */
export function overlapArea(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w <= 0 || h <= 0 ? 0 : w * h;
}

/** Intersection over union, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const shared = overlapArea(a, b);
  return shared === 0 ? 0 : shared / (a.w * a.h + b.w * b.h - shared);
}

/** Distance between the nearest points of two boxes; 0 if they touch. */
export function gap(a: Box, b: Box): number {
  const x = Math.max(a.x - (b.x + b.w), b.x - (a.x + a.w), 0);
  const y = Math.max(a.y - (b.y + b.h), b.y - (a.y + a.h), 0);
  return Math.hypot(x, y);
}

/** The bounding box of both. */
export function union(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** Centres of a `count`×`count` grid over the box. */
export function gridPoints(box: Box, count: number): Point[] {
  return Array.from({ length: count * count }, (_, i) => ({
    x: box.x + (((i % count) + 0.5) / count) * box.w,
    y: box.y + ((Math.floor(i / count) + 0.5) / count) * box.h,
  }));
}

/** The box with sides of at least `side`, about its centre. A line, which has no area, becomes solid. */
export function thicken(box: Box, side: number): Box {
  const w = Math.max(box.w, side);
  const h = Math.max(box.h, side);
  return { x: box.x - (w - box.w) / 2, y: box.y - (h - box.h) / 2, w, h };
}
