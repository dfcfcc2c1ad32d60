import type { Box, Point } from '@samepoint/shared-protocol';
import type { Calibration } from '../../daemon/src/correspond/confidence.js';
import { confidenceOf, regressionInputs } from '../../daemon/src/correspond/confidence.js';
import { inlierShareFeatures, placeRegion } from '../../daemon/src/transfer/transforms/place-region.js';
import type { MatchedItem } from './collect-confidence-features.js';
import type { Example } from './fit-logistic.js';

/** A match is right within this distance of the truth, as part of the target's longer side. */
const RIGHT_WITHIN = 0.02;

/** A box is right if its centre is, and its sides are within this factor. */
const RIGHT_SIZE = 1.5;

/** Total weight of items without a counterpart, relative to that of the others. */
const SHARE_WITHOUT = 0.5;

/** A matched item as an example for the fit. */
export interface MatchExample extends Example {
  pair: string;
  hasCounterpart: boolean;
}

/** A box with its weighted share of inliers. */
export interface BoxExample extends MatchExample {
  share: number;
}

export function pointExamples(points: readonly MatchedItem<Point>[]): MatchExample[] {
  return weighted(
    points.flatMap((matched) => {
      const [match] = matched.matches;
      if (match === undefined) return [];
      const { similarity, cycle, logSupport, logOdds, margin, marginBeyond } = regressionInputs(
        finite(match.confidenceFeatures),
      );
      return [
        {
          ...about(matched),
          values: [similarity, cycle, logSupport, logOdds, margin, marginBeyond],
          right: isAt(matched, match.point),
        },
      ];
    }),
  );
}

/** @param calibration of the points that place the boxes */
export function boxExamples(boxes: readonly MatchedItem<Box>[], calibration: Calibration): BoxExample[] {
  return weighted(
    boxes.flatMap((matched) => {
      const { item, matches, targetSidePx } = matched;
      const correspondences = matches.map(({ source, point, scale, confidenceFeatures }) => {
        return { source, target: point, scale, weight: confidenceOf(finite(confidenceFeatures), calibration) };
      });
      const placed = placeRegion(item.source, correspondences, targetSidePx);
      if (placed === null) return [];
      const { x, y, w, h } = placed.box;
      const sizeFits = item.truth !== null && within(w, item.truth.w) && within(h, item.truth.h);
      const right = sizeFits && isAt(matched, { x: x + w / 2, y: y + h / 2 });
      const { odds, oddsBeyond } = inlierShareFeatures(placed.inlierShare);
      return [{ ...about(matched), values: [odds, oddsBeyond], share: placed.inlierShare, right }];
    }),
  );
}

/** JSON has no infinity. */
function finite<T extends { cycleCells: number | null }>(features: T) {
  return { ...features, cycleCells: features.cycleCells ?? Number.POSITIVE_INFINITY };
}

function about({ pair, item }: MatchedItem<Point | Box>) {
  return { pair, hasCounterpart: item.truth !== null, weight: 1 };
}

function isAt({ item: { truth }, targetSidePx }: MatchedItem<Point | Box>, point: Point): boolean {
  if (truth === null) return false;
  const middle = 'w' in truth ? { x: truth.x + truth.w / 2, y: truth.y + truth.h / 2 } : truth;
  return Math.hypot(point.x - middle.x, point.y - middle.y) <= RIGHT_WITHIN * targetSidePx;
}

function within(side: number, truth: number): boolean {
  return Math.max(side / truth, truth / side) <= RIGHT_SIZE;
}

function weighted<T extends MatchExample>(examples: readonly T[]): T[] {
  const having = examples.filter(({ hasCounterpart }) => hasCounterpart).length;
  const weight = (SHARE_WITHOUT * having) / (examples.length - having);
  return examples.map((example) => (example.hasCounterpart ? example : { ...example, weight }));
}
