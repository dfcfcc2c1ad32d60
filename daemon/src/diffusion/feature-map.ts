import type { Point } from '@samepoint/shared-protocol';

/** Descriptors of one image at one size, of unit length, and the size of a cell in the original image. */
export interface FeatureMap {
  channels: number;
  rows: number;
  columns: number;
  /** (channels, rows, columns) */
  chw: Float32Array;
  /** Pixels of the original image per cell, along x and y. */
  cellWidthPx: number;
  cellHeightPx: number;
  /** Lengths before normalisation, per cell; absent in fused maps. */
  lengths?: Float32Array;
}

/**
 * The features before normalisation, which published protocols interpolate: the result differs.
 * Fused maps are returned unchanged.
 */
export function unscaledFeatures(map: FeatureMap): FeatureMap {
  const { chw, lengths } = map;
  if (lengths === undefined) return map;
  return { ...map, chw: chw.map((value, at) => value * (lengths[at % lengths.length] ?? 0)) };
}

/** Centre of a cell in pixels of the original image. `index` is row-major. */
export function cellCentre(map: FeatureMap, index: number): Point {
  return {
    x: ((index % map.columns) + 0.5) * map.cellWidthPx,
    y: (Math.floor(index / map.columns) + 0.5) * map.cellHeightPx,
  };
}

/** Side of a square with the area of a cell. Cells of a squashed image are not square. */
export function cellSidePx({ cellWidthPx, cellHeightPx }: FeatureMap): number {
  return Math.sqrt(cellWidthPx * cellHeightPx);
}

/** Pixels of the original image → cells, clamped to the map. (0,0) is the centre of the first cell. */
export function toCells(map: FeatureMap, point: Point): Point {
  return {
    x: clamp(point.x / map.cellWidthPx - 0.5, 0, map.columns - 1),
    y: clamp(point.y / map.cellHeightPx - 0.5, 0, map.rows - 1),
  };
}

/** Descriptors (points, channels) at `points` in pixels of the original image: bilinear, then unit length. */
export function sampleFeatures(map: FeatureMap, points: readonly Point[]): Float32Array {
  return sampleWith(map, points, toUnit);
}

/** Like {@link sampleFeatures}, without normalisation. */
export function sampleUnscaled(map: FeatureMap, points: readonly Point[]): Float32Array {
  return sampleWith(map, points, (sample) => sample);
}

function sampleWith(
  map: FeatureMap,
  points: readonly Point[],
  finish: (sample: Float32Array) => Float32Array,
): Float32Array {
  const samples = new Float32Array(points.length * map.channels);
  for (const [n, point] of points.entries()) {
    samples.set(finish(sampleBilinear(map, toCells(map, point))), n * map.channels);
  }
  return samples;
}

function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
  return vector.map((value) => value / length);
}

function sampleBilinear(map: FeatureMap, { x, y }: Point): Float32Array {
  const { channels, rows, columns, chw } = map;
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const right = Math.min(x0 + 1, columns - 1) - x0;
  const below = (Math.min(y0 + 1, rows - 1) - y0) * columns;
  const sample = new Float32Array(channels);
  for (let c = 0, at = y0 * columns + x0; c < channels; c++, at += rows * columns) {
    const top = lerp(chw[at] ?? 0, chw[at + right] ?? 0, x - x0);
    const bottom = lerp(chw[at + below] ?? 0, chw[at + below + right] ?? 0, x - x0);
    sample[c] = lerp(top, bottom, y - y0);
  }
  return sample;
}

function lerp(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
