import type { Box, Placement } from '@samepoint/shared-protocol';
import { centre, overlap, thicken } from '../../daemon/src/transfer/transforms/boxes.js';
import type { LayerPair } from './layer-pair.js';
import type { LayerEvidence } from './match-layers.js';

/** Boxes are thickened to this before comparison, as a line has no area. */
const MIN_THICKNESS_PX = 4;

/** Outcomes of layers with a counterpart, then of layers without one. */
type Outcome = 'right' | 'wrong' | 'missed' | 'absent right' | 'false';

/** A placed source layer. */
export interface JudgedLayer {
  outcome: Outcome;
  confidence: number;
  /** Its box from pixels against the true one; null without a counterpart or without a box. */
  box: { iou: number; middleErrorPart: number } | null;
}

/** Judges the placements of all layers of the source, in their order. */
export function judgeLayers({ source, target, truth }: LayerPair, placements: readonly Placement[]): JudgedLayer[] {
  const sidePx = Math.max(target.image.width, target.image.height);
  const boxes = new Map(target.layers.map(({ layerId, box }) => [layerId, box]));
  return source.layers.flatMap(({ layerId }, n) => {
    const [placement, expected] = [placements[n], truth.get(layerId)];
    if (placement?.kind !== 'layer' || expected === undefined) return [];
    const [there, placed] = [expected === null ? undefined : boxes.get(expected), placement.box];
    return {
      outcome: outcomeOf(expected, placement.layerId),
      confidence: placement.confidence,
      box: there === undefined || placed === null ? null : compareBoxes(placed, there, sidePx),
    };
  });
}

function outcomeOf(expected: string | null, found: string | null): Outcome {
  if (expected === null) return found === null ? 'absent right' : 'false';
  if (found === null) return 'missed';
  return found === expected ? 'right' : 'wrong';
}

function compareBoxes(placed: Box, there: Box, sidePx: number) {
  const [from, to] = [centre(placed), centre(there)];
  return {
    iou: overlap(thicken(placed, MIN_THICKNESS_PX), thicken(there, MIN_THICKNESS_PX)),
    middleErrorPart: Math.hypot(from.x - to.x, from.y - to.y) / sidePx,
  };
}

/** Confidence in the best candidate of a layer. */
export interface LayerConfidence {
  confidence: number;
  hasCounterpart: boolean;
}

/** Precision of "no counterpart" at a given recall, with the least confident layers reported first. */
export function absencePrecisionAt(recall: number, layers: readonly LayerConfidence[]): number {
  const sorted = [...layers].sort((a, b) => a.confidence - b.confidence);
  const required = recall * sorted.filter(({ hasCounterpart }) => !hasCounterpart).length;
  let found = 0;
  for (const [n, { hasCounterpart }] of sorted.entries()) {
    if (!hasCounterpart) found++;
    if (found > 0 && found >= required) return found / (n + 1);
  }
  return Number.NaN;
}

/** Totals over layers; ratios of nothing are NaN. */
export interface LayerScore {
  counts: { readonly [outcome in Outcome]: number };
  /** Of all layers. */
  accuracy: number;
  /** Of "no counterpart". */
  absentPrecision: number;
  absentRecall: number;
  /** Boxes from pixels, of layers with a counterpart. */
  boxes: { found: number; sought: number; medianIou: number; medianMiddleErrorPart: number };
}

export function scoreLayers(layers: readonly JudgedLayer[], median: (values: readonly number[]) => number): LayerScore {
  const count = (outcome: Outcome) => layers.filter((one) => one.outcome === outcome).length;
  const [right, wrong, missed, absentRight] = [count('right'), count('wrong'), count('missed'), count('absent right')];
  const boxes = layers.flatMap(({ box }) => box ?? []);
  return {
    counts: { right, wrong, missed, 'absent right': absentRight, false: count('false') },
    accuracy: (right + absentRight) / layers.length,
    absentPrecision: absentRight / (absentRight + missed),
    absentRecall: absentRight / (absentRight + count('false')),
    boxes: {
      found: boxes.length,
      sought: right + wrong + missed,
      medianIou: median(boxes.map(({ iou }) => iou)),
      medianMiddleErrorPart: median(boxes.map(({ middleErrorPart }) => middleErrorPart)),
    },
  };
}

/** The best candidate by element scores alone. */
export interface ElementConfidence extends LayerConfidence {
  right: boolean;
}

/**
 * The best target layer of each source layer by the element matcher alone, without points, types and texts. Confidence is the
 * log probability. Of several layers with the same box, each is right. Skips layers whose centre lies outside the image,
 * and all layers if the features have no element matcher.
 * @param evidence of each source layer
 */
export function likeliestByElements(
  { source, target, truth }: LayerPair,
  evidence: readonly LayerEvidence[],
): ElementConfidence[] {
  const boxes = new Map(target.layers.map(({ layerId, box }) => [layerId, JSON.stringify(box)]));
  return source.layers.flatMap(({ layerId }, n) => {
    const expected = truth.get(layerId);
    const log = Array.from(evidence[n]?.resemblance?.log ?? [], (value) => (Number.isNaN(value) ? -Infinity : value));
    const confidence = Math.max(...log);
    const likeliest = target.layers[log.indexOf(confidence)]?.layerId;
    if (expected === undefined || likeliest === undefined || confidence === -Infinity) return [];
    const right = expected !== null && boxes.get(likeliest) === boxes.get(expected);
    return [{ right, confidence, hasCounterpart: expected !== null }];
  });
}
