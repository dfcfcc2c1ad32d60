import type { Point } from '@samepoint/shared-protocol';

/** Unit feature columns of one image at one size, with the way from cells to pixels of the original image. */
export interface FeatureMap {
  channels: number;
  rows: number;
  columns: number;
  /** (channels, rows, columns) */
  chw: Float32Array;
  /** Pixels of the original image per cell, along x and y. */
  cellWidthPx: number;
  cellHeightPx: number;
  /** Lengths of the columns as the network gave them, cell by cell; a fusion has none. */
  lengths?: Float32Array;
}

/**
 * The features before they were scaled to unit length: published protocols interpolate these, which is not the same.
 * Those of a fusion stay as they are.
 */
export function unscaledFeatures(map: FeatureMap): FeatureMap {
  const { chw, lengths } = map;
  if (lengths === undefined) return map;
  return { ...map, chw: chw.map((value, at) => value * (lengths[at % lengths.length] ?? 0)) };
}

/** Centre of a cell, by its index row by row, in pixels of the original image. */
export function cellCentre(map: FeatureMap, index: number): Point {
  return {
    x: ((index % map.columns) + 0.5) * map.cellWidthPx,
    y: (Math.floor(index / map.columns) + 0.5) * map.cellHeightPx,
  };
}

/** Side of a square as large as a cell: those of an image that was squashed are not square. */
export function cellSidePx({ cellWidthPx, cellHeightPx }: FeatureMap): number {
  return Math.sqrt(cellWidthPx * cellHeightPx);
}

/** Position in cells; (0,0) is the centre of the first cell. Clamped to the map. */
export function toCells(map: FeatureMap, point: Point): Point {
  return {
    x: clamp(point.x / map.cellWidthPx - 0.5, 0, map.columns - 1),
    y: clamp(point.y / map.cellHeightPx - 0.5, 0, map.rows - 1),
  };
}

/** Bilinear samples at `points` (pixels of the original image), each scaled to unit length: (points, channels). */
export function sampleFeatures(map: FeatureMap, points: readonly Point[]): Float32Array {
  return sampleWith(map, points, toUnit);
}

/** Bilinear samples as they are. */
export function sampleUnscaled(map: FeatureMap, points: readonly Point[]): Float32Array {
  return sampleWith(map, points, (column) => column);
}

function sampleWith(
  map: FeatureMap,
  points: readonly Point[],
  finish: (column: Float32Array) => Float32Array,
): Float32Array {
  const samples = new Float32Array(points.length * map.channels);
  for (const [n, point] of points.entries()) {
    samples.set(finish(sampleColumn(map, toCells(map, point))), n * map.channels);
  }
  return samples;
}

function toUnit(column: Float32Array): Float32Array {
  const length = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0)) || 1;
  return column.map((value) => value / length);
}

function sampleColumn(map: FeatureMap, { x, y }: Point): Float32Array {
  const { channels, rows, columns, chw } = map;
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const right = Math.min(x0 + 1, columns - 1) - x0;
  const below = (Math.min(y0 + 1, rows - 1) - y0) * columns;
  const column = new Float32Array(channels);
  for (let c = 0, at = y0 * columns + x0; c < channels; c++, at += rows * columns) {
    const top = mix(chw[at] ?? 0, chw[at + right] ?? 0, x - x0);
    const bottom = mix(chw[at + below] ?? 0, chw[at + below + right] ?? 0, x - x0);
    column[c] = mix(top, bottom, y - y0);
  }
  return column;
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
