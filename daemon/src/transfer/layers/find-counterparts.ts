import { type Layer, LIMITS, type RunnerUp } from '@samepoint/shared-protocol';
import { agreeOnLayers, type Option } from './agree-on-layers.js';
import { assignLayers, NO_COUNTERPART } from './assign-layers.js';
import { optionConfidences } from './layer-confidence.js';
import { compareLayers, type Likeness } from './layer-cues.js';
import type { QueryLayer } from './layer-likeness.js';
import { describeScene } from './layer-odds.js';
import type { LayerTraits } from './layer-traits.js';

/** The target layer that a source layer is assigned to. */
export interface AssignedLayer {
  layer: Layer;
  /** Probability that the assignment is correct. */
  confidence: number;
  likeness: Likeness;
  option: Option;
}

/** What a source layer became. */
export interface Counterpart {
  /** Null for none. */
  assigned: AssignedLayer | null;
  /** The next candidates, best first, none more confident than the assigned one. */
  runnersUp: readonly RunnerUp[];
  /** Probability of the best layer of the target, whether it may be assigned or not; null without layers in the target. */
  present: number | null;
}

/**
 * Assigns source layers to target layers, one to one, all together. Layers without a counterpart stay unassigned.
 * @param queries the source layers to assign
 * @param sources all layers of the source
 * @param mayMatch may this source layer be assigned to that candidate?
 * @returns by the id of the source layer
 */
export function findCounterparts(
  queries: readonly QueryLayer[],
  sources: readonly LayerTraits[],
  candidates: readonly LayerTraits[],
  targetSidePx: number,
  mayMatch: (source: Layer, candidate: Layer) => boolean,
): Map<string, Counterpart> {
  const scene = describeScene(queries, sources, candidates, targetSidePx);
  const agreed = agreeOnLayers(queries, sources, candidates, scene);
  const present: (number | null)[] = [];
  const probability = queries.map(({ traits, resemblance }, row) => {
    const line = new Array<number>(candidates.length).fill(0);
    const one = agreed[row] ?? { options: [], company: 0 };
    const confidences = optionConfidences(one, resemblance?.margin);
    for (const [n, option] of one.options.entries()) {
      const candidate = candidates[option.candidate];
      if (candidate === undefined) continue;
      const may = mayMatch(traits.layer, candidate.layer);
      const value = confidences[n] ?? 0;
      if (may) line[option.candidate] = value;
      // one that another layer is assigned to is not this layer's
      present[row] = Math.max(present[row] ?? 0, may ? Math.min(value, NO_COUNTERPART) : value);
    }
    return line;
  });
  const columns = assignLayers(probability);
  const assignedOf = (one: QueryLayer, row: number): AssignedLayer | null => {
    const option = agreed[row]?.options.find(({ candidate }) => candidate === columns[row]);
    const candidate = candidates[option?.candidate ?? -1];
    if (option === undefined || candidate === undefined) return null;
    const score = one.resemblance?.log[option.candidate] ?? Number.NaN;
    const likeness = compareLayers(one, candidate, score, scene, option.support);
    return { layer: candidate.layer, confidence: probability[row]?.[option.candidate] ?? 0, likeness, option };
  };
  return new Map(
    queries.map((one, row): [string, Counterpart] => {
      const assigned = assignedOf(one, row);
      const runnersUp = nextCandidates(probability[row] ?? [], candidates, assigned);
      return [one.traits.layer.layerId, { assigned, runnersUp, present: present[row] ?? null }];
    }),
  );
}

/** A candidate that another layer is assigned to may be more probable here than the layer's own: its confidence is capped. */
function nextCandidates(
  probability: readonly number[],
  candidates: readonly LayerTraits[],
  assigned: AssignedLayer | null,
): RunnerUp[] {
  const most = assigned?.confidence ?? NO_COUNTERPART;
  return probability
    .flatMap((value, n): RunnerUp[] => {
      const layer = candidates[n]?.layer;
      if (layer === undefined || value === 0 || layer === assigned?.layer) return [];
      return [{ layerId: layer.layerId, confidence: Math.min(value, most) }];
    })
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, LIMITS.runnersUpPerPlacement);
}
