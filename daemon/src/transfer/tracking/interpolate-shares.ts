import type { Size } from '../../images/resize.js';
import type { LabelMap } from './label-map.js';

/** Hands the interpolated shares of each pixel's centre to `take`, which may not keep them. */
export function forEachPixel(
  { labels, shares, ...grid }: LabelMap,
  { width, height }: Size,
  take: (pixel: number, shares: Float32Array) => void,
): void {
  const across = Array.from({ length: width }, (_, x) => between((x + 0.5) / grid.cellWidthPx - 0.5, grid.columns));
  const mixed = new Float32Array(labels);
  for (let y = 0; y < height; y++) {
    const down = between((y + 0.5) / grid.cellHeightPx - 0.5, grid.rows);
    const top = down.first * grid.columns;
    const bottom = down.second * grid.columns;
    for (const [x, { first, second, part }] of across.entries()) {
      for (let label = 0; label < labels; label++) {
        const at = (cell: number) => shares[cell * labels + label] ?? 0;
        const upper = at(top + first) * (1 - part) + at(top + second) * part;
        const lower = at(bottom + first) * (1 - part) + at(bottom + second) * part;
        mixed[label] = upper * (1 - down.part) + lower * down.part;
      }
      take(y * width + x, mixed);
    }
  }
}

/** The two cells a position lies between, and how far it is on the way to the second. */
function between(position: number, cells: number): { first: number; second: number; part: number } {
  const inside = Math.min(Math.max(position, 0), cells - 1);
  const first = Math.floor(inside);
  return { first, second: Math.min(first + 1, cells - 1), part: inside - first };
}
