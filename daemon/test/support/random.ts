import type { FeatureMap } from '../../src/diffusion/feature-map.js';

/** Numbers in [0,1) that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A map of random unit descriptors, with `cellPx` image pixels per cell. */
export function randomMap(channels: number, rows: number, columns: number, seed: number, cellPx = 4): FeatureMap {
  const random = seededRandom(seed);
  const chw = Float32Array.from({ length: channels * rows * columns }, () => random() - 0.5);
  const map = { channels, rows, columns, chw, cellWidthPx: cellPx, cellHeightPx: cellPx };
  for (let cell = 0; cell < rows * columns; cell++) {
    const length = Math.hypot(...columnAt(map, cell));
    for (let c = 0; c < channels; c++) chw[c * rows * columns + cell] = (chw[c * rows * columns + cell] ?? 0) / length;
  }
  return map;
}

/** The features of one cell, counted row by row. */
export function columnAt({ channels, rows, columns, chw }: FeatureMap, cell: number): number[] {
  return Array.from({ length: channels }, (_, c) => chw[c * rows * columns + cell] ?? 0);
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
