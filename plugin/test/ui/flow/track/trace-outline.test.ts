import { expect, test } from 'vitest';
import { boxOfOutline, pathData } from '../../../../src/shared/outline.js';
import { traceOutline } from '../../../../src/ui/flow/track/trace-outline.js';

const [WIDTH, HEIGHT] = [320, 240];

function trace(isInside: (x: number, y: number) => boolean) {
  return traceOutline((pixel) => isInside(pixel % WIDTH, Math.floor(pixel / WIDTH)), WIDTH, HEIGHT);
}

test('a rectangle is four lines, its corners at most a pixel off', () => {
  const [ring, ...others] = trace((x, y) => x >= 40 && x < 200 && y >= 30 && y < 130);
  expect(others).toEqual([]);
  expect(ring?.segments.map(({ length }) => length)).toEqual([2, 2, 2, 2]);
  const corners = ring?.segments.map(([x, y]) => [Math.round((x ?? 0) / 10) * 10, Math.round((y ?? 0) / 10) * 10]);
  expect(new Set(corners?.map(String))).toEqual(new Set(['40,30', '200,30', '200,130', '40,130']));
  for (const [x = 0, y = 0] of ring?.segments ?? []) {
    expect(Math.min(Math.abs(x - 40), Math.abs(x - 200))).toBeLessThan(1);
    expect(Math.min(Math.abs(y - 30), Math.abs(y - 130))).toBeLessThan(1);
  }
});

test('a disc is a few curves, at most two pixels off', () => {
  const rings = trace((x, y) => (x + 0.5 - 150) ** 2 + (y + 0.5 - 120) ** 2 < 80 ** 2);
  expect(rings).toHaveLength(1);
  const segments = rings[0]?.segments ?? [];
  expect(segments.every(({ length }) => length === 6)).toBe(true);
  expect(segments.length).toBeLessThan(10);
  const { x = 0, y = 0, w = 0, h = 0 } = boxOfOutline(rings) ?? {};
  for (const [edge, expected] of [
    [x, 70],
    [y, 40],
    [x + w, 230],
    [y + h, 200],
  ] as const) {
    expect(Math.abs(edge - expected)).toBeLessThan(2);
  }
});

test('a hole is a ring of its own, and islands and holes of a few pixels are noise', () => {
  const isRing = (x: number, y: number) => {
    const radius = Math.hypot(x - 100, y - 100);
    return radius < 60 && radius > 25;
  };
  const isNoise = (x: number, y: number) => x >= 300 && x < 303 && y >= 200 && y < 203;
  expect(trace((x, y) => isRing(x, y) || isNoise(x, y))).toHaveLength(2);
});

test('a region at the edge of the frame ends at the edge', () => {
  expect(boxOfOutline(trace((x, y) => x < 50 && y >= 140))).toMatchObject({ x: 0 });
  const { y = 0, h = 0 } = boxOfOutline(trace((x, y) => x < 50 && y >= 140)) ?? {};
  expect(y + h).toBe(HEIGHT);
});

test('no pixel, no outline', () => {
  expect(trace(() => false)).toEqual([]);
  expect(boxOfOutline([])).toBeNull();
});

test('path data has the syntax that Figma reads, and its box is that of the curves, not of their control points', () => {
  const outline = [{ start: { x: 0, y: 10 }, segments: [[0, -10, 20, -10, 20, 10] as const, [0, 10] as const] }];
  expect(pathData(outline)).toBe('M 0 10 C 0 -10 20 -10 20 10 L 0 10 Z');
  expect(boxOfOutline(outline)).toEqual({ x: 0, y: -5, w: 20, h: 15 });
});
