import { agreeOnLayers } from '../../daemon/src/transfer/layers/agree-on-layers.js';
import { layerConfidence, likeliestOption, optionValues } from '../../daemon/src/transfer/layers/layer-confidence.js';
import { describeScene } from '../../daemon/src/transfer/layers/layer-odds.js';
import { describeLayers } from '../../daemon/src/transfer/layers/layer-traits.js';
import { layoutDirection } from '../../daemon/src/transfer/rtl-layout.js';
import { documentLayerPairs } from './document-layer-pairs.js';
import { drawnLayerPairs } from './drawn-layer-pairs.js';
import type { LookedExample } from './examples.js';
import type { LayerPair } from './layer-pair.js';
import { LayerMatching, type SeenLayer } from './match-layers.js';
import { knowsLayers, setLayerPairs } from './set-layer-pairs.js';

/** What is said of a layer's likeliest candidate, and was it the one? */
export interface LayerExample extends LookedExample {
  /** As shipped. */
  confidence: number;
}

/**
 * Documents, drawn screens, and the pairs of those folders whose layers are known; `drawn` counts the screens, each of
 * which makes four pairs.
 */
export async function collectLayerExamples(
  folders: readonly string[],
  drawn: number,
  file: string,
): Promise<LayerExample[]> {
  const matching = new LayerMatching(file);
  const examples: LayerExample[] = [];
  for await (const pair of allPairs(folders, drawn)) {
    examples.push(...layerExamples(pair, await matching.seenByLayer(pair)));
  }
  return examples;
}

async function* allPairs(folders: readonly string[], drawn: number): AsyncGenerator<LayerPair> {
  yield* documentLayerPairs();
  yield* drawnLayerPairs(drawn);
  for (const folder of folders.filter(knowsLayers)) yield* setLayerPairs(folder, Number.POSITIVE_INFINITY, 'in turns');
}

/** @param seen of each layer of the source */
export function layerExamples(pair: LayerPair, seen: readonly SeenLayer[]): LayerExample[] {
  const { source, target, truth } = pair;
  const targetSidePx = Math.max(target.image.width, target.image.height);
  const direction = layoutDirection(seen.flatMap(({ matches }) => matches.map(({ match }) => match)));
  const sources = describeLayers(direction.layersInTarget(source.layers));
  const candidates = describeLayers(target.layers);
  const sought = sources.map((traits, n) => {
    const correspondences = (seen[n]?.matches ?? []).map(({ source, match: { point, confidence, scale } }) => {
      return { source, target: point, weight: confidence, scale };
    });
    return {
      traits,
      correspondences,
      resemblance: seen[n]?.resemblance,
      placed: direction.placeRegion(source.layers[n]?.box ?? traits.layer.box, correspondences, targetSidePx),
    };
  });
  const scene = describeScene(sought, sources, candidates, targetSidePx);
  const agreed = agreeOnLayers(sought, sources, candidates, scene);
  return sought.flatMap(({ traits, resemblance }, n) => {
    const { options, company } = agreed[n] ?? { options: [], company: 0 };
    const best = likeliestOption(options);
    const expected = truth.get(traits.layer.layerId);
    if (best === undefined || expected === undefined) return [];
    const lead = resemblance?.margin[best.candidate] ?? Number.NaN;
    const values = optionValues(best, { company }, lead);
    return {
      // all pairs of one drawn screen stay together
      pair: pair.name.split(/,| in /, 1)[0] ?? pair.name,
      values: [values.odds, values.doubt, values.own, values.companyOdds, values.lead],
      right: expected !== null && candidates[best.candidate]?.layer.layerId === expected,
      hasCounterpart: expected !== null,
      weight: 1,
      confidence: layerConfidence(best, { company }, lead),
    };
  });
}
