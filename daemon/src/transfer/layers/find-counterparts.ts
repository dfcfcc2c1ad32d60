import type { Layer } from '@samepoint/shared-protocol';
import { agreeOnLayers, type Option } from './agree-on-layers.js';
import { assignLayers } from './assign-layers.js';
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
): Map<string, AssignedLayer> {
  const scene = describeScene(queries, sources, candidates, targetSidePx);
  const agreed = agreeOnLayers(queries, sources, candidates, scene);
  const probability = queries.map(({ traits, resemblance }, row) => {
    const line = new Array<number>(candidates.length).fill(0);
    const one = agreed[row] ?? { options: [], company: 0 };
    const confidences = optionConfidences(one, resemblance?.margin);
    for (const [n, option] of one.options.entries()) {
      const candidate = candidates[option.candidate];
      if (candidate !== undefined && mayMatch(traits.layer, candidate.layer))
        line[option.candidate] = confidences[n] ?? 0;
    }
    return line;
  });
  const columns = assignLayers(probability);
  return new Map(
    queries.flatMap((one, row): [string, AssignedLayer][] => {
      const option = agreed[row]?.options.find(({ candidate }) => candidate === columns[row]);
      const candidate = candidates[option?.candidate ?? -1];
      if (option === undefined || candidate === undefined) return [];
      const score = one.resemblance?.log[option.candidate] ?? Number.NaN;
      const likeness = compareLayers(one, candidate, score, scene, option.support);
      const confidence = probability[row]?.[option.candidate] ?? 0;
      return [[one.traits.layer.layerId, { layer: candidate.layer, confidence, likeness, option }]];
    }),
  );
}
