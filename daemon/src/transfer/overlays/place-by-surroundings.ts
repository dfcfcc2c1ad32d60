import type { Box, Evidence, Point } from '@samepoint/shared-protocol';
import type { AssignedLayer } from '../layers/find-counterparts.js';
import { centre } from '../transforms/boxes.js';
import { type Correspondence, median } from '../transforms/fit-similarity.js';
import { type PlacedRegion, TOLERANCE, transformBox } from '../transforms/place-region.js';
import type { Anchor, Surroundings } from './surroundings.js';

/** With less agreement than this among the layers around an overlay, the pixels may decide. */
const MIN_AGREEMENT = 0.3;

/**
 * Places an overlay as the layers around it are placed. Layers keep their sizes where spacing changes, so the scale is
 * that of the layers themselves and only the shift is voted on, the nearest having most say. Overlays that touch each
 * other decide together which layers to follow, and each follows those by its own distance from them.
 * @param counterparts by the id of the layer in the source
 * @param byPixels where the pixels around it put the overlay, which counts where the layers hardly agree
 * @returns confidence is that of the layers it follows, times their share of the say
 */
export function placeBySurroundings(
  box: Box,
  { cluster, anchors }: Surroundings,
  counterparts: ReadonlyMap<string, AssignedLayer>,
  targetSidePx: number,
  byPixels: PlacedRegion | null,
): PlacedRegion | null {
  const pairs = anchors.flatMap((anchor) => {
    const counterpart = counterparts.get(anchor.layer.layerId);
    return counterpart === undefined ? [] : [{ anchor, counterpart }];
  });
  const scale = median(pairs.map(({ anchor, counterpart }) => scaleOf(anchor.layer.box, counterpart.layer.box)));
  const common = pairs.map((pair) => voteOf(pair, pair.anchor.say, centre(cluster), scale));
  const followed = heaviestGroup(common, TOLERANCE * targetSidePx);
  const share = sum(common.filter((_, index) => followed.has(index))) / sum(common);
  const followedPairs = pairs.filter((_, index) => followed.has(index));
  const confidence = share * meanBySay(followedPairs, (counterpart) => counterpart.confidence);
  if (!(confidence >= Math.min(MIN_AGREEMENT, byPixels?.confidence ?? 0) && confidence > 0)) return byPixels;
  const own = followedPairs.map((pair) => voteOf(pair, pair.anchor.ownSay, centre(box), scale));
  const mean = (pick: (vote: Vote) => number) =>
    own.reduce((total, vote) => total + vote.weight * pick(vote), 0) / sum(own);
  const shift = { x: mean((vote) => vote.shift.x), y: mean((vote) => vote.shift.y) };
  const transform = { a: scale, b: 0, c: 0, d: scale, e: shift.x, f: shift.y };
  const residualPx = median(own.map((vote) => distance(vote.shift, shift)));
  return {
    fit: { transform, inliers: own, residualPx },
    box: transformBox(transform, box),
    confidence,
    samples: anchors.length,
    evidence: evidenceOf(followedPairs),
  };
}

interface Vote extends Correspondence {
  /** Where the overlay would go, after scaling. */
  shift: Point;
}

/** The point of the layer nearest to the overlay goes where the same point of its counterpart is. */
function voteOf({ anchor, counterpart }: Pair, say: number, overlay: Point, scale: number): Vote {
  const [from, to] = [anchor.layer.box, counterpart.layer.box];
  const part = (value: number, start: number, size: number) => Math.min(Math.max((value - start) / size, 0), 1);
  const [u, v] = [part(overlay.x, from.x, from.w), part(overlay.y, from.y, from.h)];
  const source = { x: from.x + u * from.w, y: from.y + v * from.h };
  const target = { x: to.x + u * to.w, y: to.y + v * to.h };
  const shift = { x: target.x - scale * source.x, y: target.y - scale * source.y };
  return { source, target, weight: say * counterpart.confidence, scale, shift };
}

function scaleOf(from: Box, to: Box): number {
  return Math.sqrt((to.w * to.h) / (from.w * from.h));
}

interface Pair {
  anchor: Anchor;
  counterpart: AssignedLayer;
}

function meanBySay(pairs: readonly Pair[], pick: (counterpart: AssignedLayer) => number): number {
  const total = pairs.reduce((sum, { anchor }) => sum + anchor.say, 0);
  const mean = pairs.reduce((sum, { anchor, counterpart }) => sum + anchor.say * pick(counterpart), 0) / total;
  // rounding may lift a mean of ones above one
  return Math.min(1, mean);
}

function evidenceOf(pairs: readonly Pair[]): Evidence {
  return {
    image: meanBySay(pairs, ({ likeness }) => likeness.evidence.image),
    structure: meanBySay(pairs, ({ likeness }) => likeness.evidence.structure ?? 0),
  };
}

/** Indices of the votes that agree with one of them, of all such groups the one with the most weight. */
function heaviestGroup(votes: readonly Vote[], tolerancePx: number): ReadonlySet<number> {
  const groups = votes.map((vote) =>
    [...votes.keys()].filter((index) => distance(vote.shift, votes[index]?.shift ?? vote.shift) <= tolerancePx),
  );
  const weigh = (group: readonly number[]) => sum(group.flatMap((index) => votes[index] ?? []));
  return new Set(groups.reduce((best, group) => (weigh(group) > weigh(best) ? group : best), []));
}

function sum(votes: readonly { weight: number }[]): number {
  return votes.reduce((total, { weight }) => total + weight, 0);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
