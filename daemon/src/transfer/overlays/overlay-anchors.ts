import type { Affine, Box, Evidence, Layer, Point } from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import type { AssignedLayer, Counterpart } from '../layers/find-counterparts.js';
import { pointsOfBox } from '../sample-points.js';
import type { FoundRegion } from '../to-placement.js';
import { centre, gap, overlapArea, thicken, union } from '../transforms/boxes.js';
import { type PlacedRegion, TOLERANCE, transformBox } from '../transforms/place-region.js';
import { type Correspondence, median } from '../transforms/robust-estimator.js';

/** Which layers anchor an overlay. Distances are parts of the image's longer side. */
const ANCHORS = {
  /** Overlays within this distance form one cluster, such as a callout and its arrow. */
  clusterDistance: 0.02,
  /** Layers beyond this distance are no anchors. */
  reach: 0.12,
  /** At this distance an anchor has a quarter of the weight of one that touches the overlay. */
  quarterWeight: 0.02,
  /** At most this many, the nearest. */
  count: 8,
  /** A layer with more than this many times the area of the cluster is background. */
  backgroundFactor: 12,
  /** For that comparison a cluster has at least this thickness: an arrow may have no area. */
  thickness: 0.02,
  /** A layer that an overlay covers to this part is hidden by it, or part of it. */
  hiddenPart: 0.6,
} as const;

/** Below this confidence of the anchors, the pixels around the overlay may place it instead. */
const MIN_CONFIDENCE = 0.3;

/** The target layer of an anchor. */
type TargetLayer = Pick<AssignedLayer, 'layer' | 'confidence'> & {
  likeness: Pick<AssignedLayer['likeness'], 'evidence'>;
};

/** What an anchor became. */
export type AnchorCounterpart = Pick<Counterpart, 'present'> & { assigned: TargetLayer | null };

/** What an overlay is placed by. */
export interface OverlayAnchors {
  /** The bounding box of the overlay and those that touch it. */
  cluster: Box;
  /** The nearest first. */
  anchors: readonly OverlayAnchor[];
}

/** A source layer near an overlay. The overlay moves with it. */
export interface OverlayAnchor {
  layer: Layer;
  /** 0 to 1, by its distance from the cluster. */
  weight: number;
  /** 0 to 1, by its distance from the overlay itself. */
  ownWeight: number;
  /** The points of the source that are matched to place the layer. */
  points: readonly Point[];
}

/**
 * @param overlays boxes of all overlays on the source
 * @param image size of the source image
 */
export function findOverlayAnchors(
  box: Box,
  layers: readonly Layer[],
  overlays: readonly Box[],
  image: Size,
): OverlayAnchors {
  const longSidePx = Math.max(image.width, image.height);
  const cluster = clusterOf(box, overlays, ANCHORS.clusterDistance * longSidePx);
  const solid = thicken(cluster, ANCHORS.thickness * longSidePx);
  const whole = { x: 0, y: 0, w: image.width, h: image.height };
  const anchors = layers
    .filter((layer) => gap(layer.box, whole) === 0 && canAnchor(layer.box, solid, overlays))
    .map((layer) => ({ layer, distance: gap(cluster, layer.box) / longSidePx }))
    .filter(({ distance }) => distance <= ANCHORS.reach)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, ANCHORS.count)
    .map(({ layer, distance }) => ({
      layer,
      weight: weightAt(distance),
      ownWeight: weightAt(gap(box, layer.box) / longSidePx),
      points: pointsOfBox(layer.box, image),
    }));
  return { cluster, anchors };
}

function weightAt(distance: number): number {
  return 1 / (1 + distance / ANCHORS.quarterWeight) ** 2;
}

/** The bounding box of `box` and all overlays connected to it. */
function clusterOf(box: Box, overlays: readonly Box[], nearPx: number): Box {
  const near = overlays.filter((other) => gap(box, other) <= nearPx);
  const cluster = near.reduce(union, box);
  const grew = cluster.w > box.w || cluster.h > box.h;
  return grew ? clusterOf(cluster, overlays, nearPx) : cluster;
}

function canAnchor(box: Box, cluster: Box, overlays: readonly Box[]): boolean {
  const area = box.w * box.h;
  const isBackground = area > ANCHORS.backgroundFactor * cluster.w * cluster.h;
  const isHidden = overlays.some((overlay) => overlapArea(box, overlay) >= ANCHORS.hiddenPart * area);
  return area > 0 && !isBackground && !isHidden;
}

/**
 * Places an overlay by the counterparts of its anchors. Layers keep their sizes where spacing changes, so the scale is the
 * median scale of the layers, and only the shift is a weighted vote. Touching overlays choose their anchors as one cluster;
 * each then follows them by its own distances.
 * @param counterparts by the id of the source layer
 * @param matches of the points around the overlay
 * @param byPixels the place by these points, the fallback if the anchors disagree
 * @returns its confidence is that of the inlier anchors, times their part of the weight, times the part of the points around
 *   that do not contradict them, times the part of the anchors that the target has
 */
export function placeByAnchors(
  box: Box,
  { cluster, anchors }: OverlayAnchors,
  counterparts: ReadonlyMap<string, AnchorCounterpart>,
  targetSidePx: number,
  { correspondences: matches, placed: byPixels }: FoundRegion,
): PlacedRegion | null {
  const tolerancePx = TOLERANCE * targetSidePx;
  const pairs = anchors.flatMap((anchor) => {
    const counterpart = counterparts.get(anchor.layer.layerId)?.assigned ?? null;
    return counterpart === null ? [] : [{ anchor, counterpart }];
  });
  const scale = median(pairs.map(({ anchor, counterpart }) => scaleOf(anchor.layer.box, counterpart.layer.box)));
  const votes = pairs.map((pair) => voteOf(pair, pair.anchor.weight, centre(cluster), scale));
  const inliers = heaviestGroup(votes, tolerancePx);
  const inlierPairs = pairs.filter((_, index) => inliers.has(index));
  const inlierShare = totalWeight(votes.filter((_, index) => inliers.has(index))) / totalWeight(votes);
  const byLayers = inlierShare * weightedMean(inlierPairs, (counterpart) => counterpart.confidence);
  const own = inlierPairs.map((pair) => voteOf(pair, pair.anchor.ownWeight, centre(box), scale));
  const shift = meanShift(own);
  const transform = { a: scale, b: 0, c: 0, d: scale, e: shift.x, f: shift.y };
  const presence = presenceOf(anchors, counterparts);
  if (!(byLayers >= Math.min(MIN_CONFIDENCE, byPixels?.confidence ?? 0) && byLayers > 0)) {
    return byPixels && { ...byPixels, confidence: presence * byPixels.confidence };
  }
  return {
    fit: { transform, inliers: own, residualPx: median(own.map((vote) => distance(vote.shift, shift))) },
    box: transformBox(transform, box),
    confidence: presence * byLayers * (1 - dissent(matches, transform, tolerancePx)),
    samples: anchors.length,
    evidence: evidenceOf(inlierPairs),
  };
}

/** How probable it is that the target has the anchors at all: the surroundings of an overlay on a row that it lacks do not. */
function presenceOf(anchors: readonly OverlayAnchor[], counterparts: ReadonlyMap<string, AnchorCounterpart>): number {
  const known = anchors.flatMap(({ layer, weight }) => {
    const { assigned, present } = counterparts.get(layer.layerId) ?? { assigned: null, present: null };
    return present === null ? [] : [{ weight, present: assigned === null ? present : 1 }];
  });
  return known.length === 0
    ? 1
    : known.reduce((sum, { weight, present }) => sum + weight * present, 0) / totalWeight(known);
}

/** The part of the matches, by their confidence, that moved elsewhere, 0 to 1. */
function dissent(matches: readonly Correspondence[], { a, e, f }: Affine, tolerancePx: number): number {
  const sum = matches.reduce((total, { source, target, weight }) => {
    const moved = { x: a * source.x + e, y: a * source.y + f };
    return distance(moved, target) <= tolerancePx ? total : total + weight;
  }, 0);
  return sum / Math.max(1, matches.length);
}

interface AnchorPair {
  anchor: OverlayAnchor;
  counterpart: TargetLayer;
}

interface Vote extends Correspondence {
  /** The translation of the overlay, after scaling. */
  shift: Point;
}

/** Maps the point of the layer nearest to the overlay to the same point of its counterpart. */
function voteOf({ anchor, counterpart }: AnchorPair, weight: number, overlay: Point, scale: number): Vote {
  const [from, to] = [anchor.layer.box, counterpart.layer.box];
  const part = (value: number, start: number, size: number) => Math.min(Math.max((value - start) / size, 0), 1);
  const [u, v] = [part(overlay.x, from.x, from.w), part(overlay.y, from.y, from.h)];
  const source = { x: from.x + u * from.w, y: from.y + v * from.h };
  const target = { x: to.x + u * to.w, y: to.y + v * to.h };
  const shift = { x: target.x - scale * source.x, y: target.y - scale * source.y };
  return { source, target, weight: weight * counterpart.confidence, scale, shift };
}

function scaleOf(from: Box, to: Box): number {
  return Math.sqrt((to.w * to.h) / (from.w * from.h));
}

/** Indices of the votes within the tolerance of one of them; of all such groups the heaviest. */
function heaviestGroup(votes: readonly Vote[], tolerancePx: number): ReadonlySet<number> {
  const groups = votes.map((vote) =>
    [...votes.keys()].filter((index) => distance(vote.shift, votes[index]?.shift ?? vote.shift) <= tolerancePx),
  );
  const weigh = (group: readonly number[]) => totalWeight(group.flatMap((index) => votes[index] ?? []));
  return new Set(groups.reduce((best, group) => (weigh(group) > weigh(best) ? group : best), []));
}

function meanShift(votes: readonly Vote[]): Point {
  const mean = (pick: (vote: Vote) => number) =>
    votes.reduce((total, vote) => total + vote.weight * pick(vote), 0) / totalWeight(votes);
  return { x: mean((vote) => vote.shift.x), y: mean((vote) => vote.shift.y) };
}

function evidenceOf(pairs: readonly AnchorPair[]): Evidence {
  return {
    image: weightedMean(pairs, ({ likeness }) => likeness.evidence.image),
    structure: weightedMean(pairs, ({ likeness }) => likeness.evidence.structure ?? 0),
  };
}

function weightedMean(pairs: readonly AnchorPair[], pick: (counterpart: TargetLayer) => number): number {
  const total = pairs.reduce((sum, { anchor }) => sum + anchor.weight, 0);
  const mean = pairs.reduce((sum, { anchor, counterpart }) => sum + anchor.weight * pick(counterpart), 0) / total;
  // rounding may lift a mean of ones above one
  return Math.min(1, mean);
}

function totalWeight(votes: readonly { weight: number }[]): number {
  return votes.reduce((total, { weight }) => total + weight, 0);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
