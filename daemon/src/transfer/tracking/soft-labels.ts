import type { TopNeighbours } from '../../correspond/window-matcher.js';
import type { FeatureMap } from '../../diffusion/feature-map.js';
import type { Size } from '../../images/resize.js';

/** The layout of a feature map's cells. */
export type CellGrid = Pick<FeatureMap, 'rows' | 'columns' | 'cellWidthPx' | 'cellHeightPx'>;

/** The label probabilities of each cell of a frame. */
export interface SoftLabels extends CellGrid {
  labels: number;
  /** (rows, columns, labels), 0 to 1 */
  probabilities: Float32Array;
}

export function emptySoftLabels({ rows, columns, cellWidthPx, cellHeightPx }: CellGrid, labels: number): SoftLabels {
  return { rows, columns, cellWidthPx, cellHeightPx, labels, probabilities: new Float32Array(rows * columns * labels) };
}

/**
 * Propagates labels to a new frame: each cell gets the mean of its neighbours' labels, weighted by exp(similarity /
 * temperature).
 * Source: Jabri et al., Space-Time Correspondence as a Contrastive Random Walk, 2020, section 3.4.
 * @param neighbours of each cell of the new frame, in the context frames
 * @param contexts labels of the context frames
 * @throws RangeError without contexts
 */
export function propagateLabels(
  neighbours: TopNeighbours,
  contexts: readonly SoftLabels[],
  temperature: number,
): SoftLabels {
  const [first] = contexts;
  if (first === undefined) throw new RangeError('propagation needs at least one context frame');
  const to = emptySoftLabels(first, first.labels);
  for (let cell = 0; cell < neighbours.queries; cell++) mixLabels(to, cell, neighbours, contexts, temperature);
  return to;
}

function mixLabels(
  { labels, probabilities }: SoftLabels,
  cell: number,
  { maps, cells, similarities, count }: TopNeighbours,
  contexts: readonly SoftLabels[],
  temperature: number,
): void {
  const start = cell * count;
  // subtracting the best similarity from each exponent avoids overflow
  const best = similarities[start] ?? 0;
  let total = 0;
  for (let n = start; n < start + count; n++) {
    const weight = Math.exp(((similarities[n] ?? 0) - best) / temperature);
    if (weight === 0) continue;
    total += weight;
    const context = contexts[maps[n] ?? 0]?.probabilities;
    const from = (cells[n] ?? 0) * labels;
    for (let label = 0; label < labels; label++) {
      const at = cell * labels + label;
      probabilities[at] = (probabilities[at] ?? 0) + weight * (context?.[from + label] ?? 0);
    }
  }
  for (let at = cell * labels; at < (cell + 1) * labels; at++) probabilities[at] = (probabilities[at] ?? 0) / total;
}

/**
 * Calls `visit` with the bilinearly interpolated probabilities at each pixel's centre. The array is reused between calls.
 */
export function interpolateLabels(
  { labels, probabilities, ...grid }: SoftLabels,
  { width, height }: Size,
  visit: (pixel: number, probabilities: Float32Array) => void,
): void {
  const across = Array.from({ length: width }, (_, x) => between((x + 0.5) / grid.cellWidthPx - 0.5, grid.columns));
  const mixed = new Float32Array(labels);
  for (let y = 0; y < height; y++) {
    const down = between((y + 0.5) / grid.cellHeightPx - 0.5, grid.rows);
    const top = down.first * grid.columns;
    const bottom = down.second * grid.columns;
    for (const [x, { first, second, part }] of across.entries()) {
      for (let label = 0; label < labels; label++) {
        const at = (cell: number) => probabilities[cell * labels + label] ?? 0;
        const upper = at(top + first) * (1 - part) + at(top + second) * part;
        const lower = at(bottom + first) * (1 - part) + at(bottom + second) * part;
        mixed[label] = upper * (1 - down.part) + lower * down.part;
      }
      visit(y * width + x, mixed);
    }
  }
}

/** The two cells around a position, and the weight of the second. */
function between(position: number, cells: number): { first: number; second: number; part: number } {
  const inside = Math.min(Math.max(position, 0), cells - 1);
  const first = Math.floor(inside);
  return { first, second: Math.min(first + 1, cells - 1), part: inside - first };
}
