import type { LayerPair } from './layer-pair.js';
import type { SeenLayer } from './match-layers.js';
import type { LayerBelief } from './score-layers.js';

/** Which layer looks most like one, and is it the one? */
export interface LooksBelief extends LayerBelief {
  right: boolean;
}

/**
 * What the matcher of elements says alone: no points, no types, no words. The likeliest of those of the target as `matchElements`
 * has it; confidence is the log probability that both are the same. Two layers in one box look the same, and
 * either is right. Layers whose middle lies outside the image are left out; all are, where no matcher belongs to the features.
 * @param seen of each layer of the source
 */
export function likeliestByLooks({ source, target, truth }: LayerPair, seen: readonly SeenLayer[]): LooksBelief[] {
  const boxes = new Map(target.layers.map(({ layerId, box }) => [layerId, JSON.stringify(box)]));
  return source.layers.flatMap(({ layerId }, n) => {
    const expected = truth.get(layerId);
    const log = Array.from(seen[n]?.resemblance?.log ?? [], (value) => (Number.isNaN(value) ? -Infinity : value));
    const confidence = Math.max(...log);
    const likeliest = target.layers[log.indexOf(confidence)]?.layerId;
    if (expected === undefined || likeliest === undefined || confidence === -Infinity) return [];
    const right = expected !== null && boxes.get(likeliest) === boxes.get(expected);
    return [{ right, confidence, hasCounterpart: expected !== null }];
  });
}
