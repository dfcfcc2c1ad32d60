import type { Layer } from '@samepoint/shared-protocol';
import { agreeOnLayers, type Option } from './agree-on-layers.js';
import { assignLayers } from './assign-layers.js';
import { optionConfidences } from './layer-confidence.js';
import { compareLayers, type Likeness } from './layer-cues.js';
import type { QueryLayer } from './layer-likeness.js';
import { describeScene } from './layer-odds.js';
import type { LayerTraits } from './layer-traits.js';

/** A layer of the target that is the counterpart of one of the source, and why. */
export interface AssignedLayer {
  layer: Layer;
  /** Probability that it is. */
  confidence: number;
  likeness: Likeness;
  option: Option;
}

/**
 * The target layer of every source layer, by the id of the source layer; one to one, and none for those that are better
 * off without. All are found together: what one became says something of those around it.
 * @param sources all layers of the source, of which `sought` are some
 * @param mayEndOn may this source layer become that candidate?
 */
export function findCounterparts(
  sought: readonly QueryLayer[],
  sources: readonly LayerTraits[],
  candidates: readonly LayerTraits[],
  targetSidePx: number,
  mayEndOn: (source: Layer, candidate: Layer) => boolean,
): Map<string, AssignedLayer> {
  const scene = describeScene(sought, sources, candidates, targetSidePx);
  const agreed = agreeOnLayers(sought, sources, candidates, scene);
  const probability = sought.map(({ traits, resemblance }, row) => {
    const line = new Array<number>(candidates.length).fill(0);
    const one = agreed[row] ?? { options: [], company: 0 };
    const confidences = optionConfidences(one, resemblance?.margin);
    for (const [n, option] of one.options.entries()) {
      const candidate = candidates[option.candidate];
      if (candidate !== undefined && mayEndOn(traits.layer, candidate.layer))
        line[option.candidate] = confidences[n] ?? 0;
    }
    return line;
  });
  const columns = assignLayers(probability);
  return new Map(
    sought.flatMap((one, row): [string, AssignedLayer][] => {
      const option = agreed[row]?.options.find(({ candidate }) => candidate === columns[row]);
      const candidate = candidates[option?.candidate ?? -1];
      if (option === undefined || candidate === undefined) return [];
      const look = one.resemblance?.log[option.candidate] ?? Number.NaN;
      const likeness = compareLayers(one, candidate, look, scene, option.support);
      const confidence = probability[row]?.[option.candidate] ?? 0;
      return [[one.traits.layer.layerId, { layer: candidate.layer, confidence, likeness, option }]];
    }),
  );
}
