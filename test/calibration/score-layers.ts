import type { Box, Placement } from '@samepoint/shared-protocol';
import { centre, overlap, thicken } from '../../daemon/src/transfer/transforms/boxes.js';
import type { LayerPair } from './layer-pair.js';

/** Boxes are compared as at least this thick, in pixels: a line has no area. */
const MIN_THICKNESS_PX = 4;

/** What became of a layer that has a counterpart, and of one that has none. */
type Outcome = 'right' | 'wrong' | 'missed' | 'absent right' | 'false';

/** A layer of a source that was looked for. */
export interface JudgedLayer {
  outcome: Outcome;
  confidence: number;
  /** Where the pixels put it against where it is; null where it is nowhere or no place was found. */
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

/** What is said of the likeliest candidate of a layer, and has the layer a counterpart at all? */
export interface LayerBelief {
  confidence: number;
  hasCounterpart: boolean;
}

/** How often "no counterpart" is true where it is said of the least sure layers, as many as find `recall` of those without one. */
export function absencePrecisionAt(recall: number, layers: readonly LayerBelief[]): number {
  const sorted = [...layers].sort((a, b) => a.confidence - b.confidence);
  const wanted = recall * sorted.filter(({ hasCounterpart }) => !hasCounterpart).length;
  let found = 0;
  for (const [n, { hasCounterpart }] of sorted.entries()) {
    if (!hasCounterpart) found++;
    if (found > 0 && found >= wanted) return found / (n + 1);
  }
  return Number.NaN;
}

/** Sums over layers; shares are NaN where there is nothing to share. */
export interface LayerScore {
  counts: { readonly [outcome in Outcome]: number };
  /** Right ones among all that are asked about. */
  accuracy: number;
  /** Of "no counterpart": how often it is true, and how many of those without one it is said of. */
  absentPrecision: number;
  absentRecall: number;
  /** Of the places that the pixels gave to layers with a counterpart. */
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
