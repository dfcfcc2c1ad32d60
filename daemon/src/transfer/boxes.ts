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

/** The part of `box` inside a width×height image; at least a point of it. */
export function clip(box: Box, width: number, height: number): Box {
  const x = Math.min(Math.max(box.x, 0), width);
  const y = Math.min(Math.max(box.y, 0), height);
  const right = Math.min(Math.max(box.x + box.w, x), width);
  const bottom = Math.min(Math.max(box.y + box.h, y), height);
  return { x, y, w: right - x, h: bottom - y };
}

/** Intersection over union, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (a.w * a.h + b.w * b.h - w * h);
}

/** Centres of a `count`×`count` grid over the box. */
export function gridPoints(box: Box, count: number): Point[] {
  return Array.from({ length: count * count }, (_, i) => ({
    x: box.x + (((i % count) + 0.5) / count) * box.w,
    y: box.y + ((Math.floor(i / count) + 0.5) / count) * box.h,
  }));
}
