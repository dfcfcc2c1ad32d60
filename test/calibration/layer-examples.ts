import { agreeOnLayers } from '../../daemon/src/transfer/layers/agree-on-layers.js';
import { layerConfidence, likeliestOption, optionValues } from '../../daemon/src/transfer/layers/layer-confidence.js';
import { describeScene } from '../../daemon/src/transfer/layers/layer-odds.js';
import { describeLayers } from '../../daemon/src/transfer/layers/layer-traits.js';
import { layoutDirection } from '../../daemon/src/transfer/rtl-layout.js';
import { documentLayerPairs } from './document-layer-pairs.js';
import { drawnLayerPairs } from './drawn-layer-pairs.js';
import type { MatchExample } from './examples.js';
import type { LayerPair } from './layer-pair.js';
import { type LayerEvidence, LayerMatching } from './match-layers.js';
import { hasLayers, setLayerPairs } from './set-layer-pairs.js';

/** The best candidate of a layer, as an example for the fit. */
export interface LayerExample extends MatchExample {
  /** With the shipped coefficients. */
  confidence: number;
}

/**
 * Examples from documents, drawn screens, and folders with layers.
 * @param drawn number of screens; each makes four pairs
 */
export async function collectLayerExamples(
  folders: readonly string[],
  drawn: number,
  file: string,
): Promise<LayerExample[]> {
  const matching = new LayerMatching(file);
  const examples: LayerExample[] = [];
  for await (const pair of allPairs(folders, drawn)) {
    examples.push(...layerExamples(pair, await matching.evidenceByLayer(pair)));
  }
  return examples;
}

async function* allPairs(folders: readonly string[], drawn: number): AsyncGenerator<LayerPair> {
  yield* documentLayerPairs();
  yield* drawnLayerPairs(drawn);
  for (const folder of folders.filter(hasLayers)) yield* setLayerPairs(folder, Number.POSITIVE_INFINITY, 'alternating');
}

/** @param evidence of each source layer */
export function layerExamples(pair: LayerPair, evidence: readonly LayerEvidence[]): LayerExample[] {
  const { source, target, truth } = pair;
  const targetSidePx = Math.max(target.image.width, target.image.height);
  const direction = layoutDirection(evidence.flatMap(({ matches }) => matches.map(({ match }) => match)));
  const sources = describeLayers(direction.layersInTarget(source.layers));
  const candidates = describeLayers(target.layers);
  const sought = sources.map((traits, n) => {
    const correspondences = (evidence[n]?.matches ?? []).map(({ source, match: { point, confidence, scale } }) => {
      return { source, target: point, weight: confidence, scale };
    });
    return {
      traits,
      correspondences,
      resemblance: evidence[n]?.resemblance,
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
