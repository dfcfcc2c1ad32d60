import type { TopNeighbours } from '../../correspond/top-neighbours.js';
import { emptyLabelMap, type LabelMap } from './label-map.js';

/**
 * Gives every cell the labels of its neighbours, weighted by exp(similarity / temperature) and made to sum to 1.
 * Source: Jabri et al., Space-Time Correspondence as a Contrastive Random Walk, 2020, section 3.4; the settings for
 * diffusion features are those of Tang et al., 2023.
 * @param neighbours of each cell of the new frame, in the frames that `contexts` are the labels of
 */
export function propagateLabels(
  neighbours: TopNeighbours,
  contexts: readonly LabelMap[],
  temperature: number,
): LabelMap {
  const [first] = contexts;
  if (first === undefined) throw new RangeError('labels come from at least one frame');
  const to = emptyLabelMap(first, first.labels);
  for (let cell = 0; cell < neighbours.queries; cell++) mixLabels(to, cell, neighbours, contexts, temperature);
  return to;
}

function mixLabels(
  { labels, shares }: LabelMap,
  cell: number,
  { maps, cells, similarities, count }: TopNeighbours,
  contexts: readonly LabelMap[],
  temperature: number,
): void {
  const start = cell * count;
  // the best similarity is taken out of every exponent, which changes no ratio and cannot overflow
  const best = similarities[start] ?? 0;
  let total = 0;
  for (let n = start; n < start + count; n++) {
    const weight = Math.exp(((similarities[n] ?? 0) - best) / temperature);
    if (weight === 0) continue;
    total += weight;
    const context = contexts[maps[n] ?? 0]?.shares;
    const from = (cells[n] ?? 0) * labels;
    for (let label = 0; label < labels; label++) {
      const at = cell * labels + label;
      shares[at] = (shares[at] ?? 0) + weight * (context?.[from + label] ?? 0);
    }
  }
  for (let at = cell * labels; at < (cell + 1) * labels; at++) shares[at] = (shares[at] ?? 0) / total;
}
