import type { Box, Evidence, Layer, Point } from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import type { AssignedLayer } from '../layers/find-counterparts.js';
import { pointsOfBox } from '../sample-points.js';
import { centre, gap, overlapArea, thicken, union } from '../transforms/boxes.js';
import { type Correspondence, median } from '../transforms/fit-similarity.js';
import { type PlacedRegion, TOLERANCE, transformBox } from '../transforms/place-region.js';

/** Which layers place an overlay. Distances are parts of the image's longer side. */
const SURROUNDINGS = {
  /** Overlays nearer to each other than this are one thing, such as a callout and its arrow. */
  together: 0.02,
  /** Layers farther away than this say nothing about an overlay. */
  reach: 0.12,
  /** At this distance a layer has a quarter of the say of one that touches the overlay. */
  quarterSay: 0.02,
  /** The nearest ones are enough. */
  anchors: 8,
  /** A layer this much larger than the overlay is what everything lies on. */
  backgroundFactor: 12,
  /** An overlay counts as at least this thick there, as part of the image's longer side: an arrow may have no area. */
  thickness: 0.02,
  /** A layer that overlays hide to this share is part of them or cannot be seen. */
  hiddenShare: 0.6,
} as const;

/** What is around an overlay in the source. */
export interface Surroundings {
  /** The overlay and those that touch it, as one box. */
  cluster: Box;
  /** The layers that it is placed by, the nearest first. */
  anchors: readonly Anchor[];
}

/** A layer near an overlay: where it goes, the overlay goes. */
export interface Anchor {
  layer: Layer;
  /** 0 to 1, by its distance from the cluster. */
  say: number;
  /** The same, by its distance from the overlay itself. */
  ownSay: number;
  /** The points of the source whose matches say where the layer is. */
  points: readonly Point[];
}

/** @param image size of the source image */
export function surroundingsOf(
  box: Box,
  layers: readonly Layer[],
  overlays: readonly Box[],
  image: Size,
): Surroundings {
  const longSidePx = Math.max(image.width, image.height);
  const cluster = clusterOf(box, overlays, SURROUNDINGS.together * longSidePx);
  const solid = thicken(cluster, SURROUNDINGS.thickness * longSidePx);
  const picture = { x: 0, y: 0, w: image.width, h: image.height };
  const anchors = layers
    .filter(
      (layer) => gap(layer.box, picture) === 0 && layer.box.w * layer.box.h > 0 && isAnchor(layer.box, solid, overlays),
    )
    .map((layer) => ({ layer, distance: gap(cluster, layer.box) / longSidePx }))
    .filter(({ distance }) => distance <= SURROUNDINGS.reach)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, SURROUNDINGS.anchors)
    .map(({ layer, distance }) => ({
      layer,
      say: sayAt(distance),
      ownSay: sayAt(gap(box, layer.box) / longSidePx),
      points: pointsOfBox(layer.box, image),
    }));
  return { cluster, anchors };
}

function sayAt(distance: number): number {
  return 1 / (1 + distance / SURROUNDINGS.quarterSay) ** 2;
}

/** The overlays that touch `box`, those that touch these, and so on, as one box. */
function clusterOf(box: Box, overlays: readonly Box[], nearPx: number): Box {
  const near = overlays.filter((other) => gap(box, other) <= nearPx);
  const cluster = near.reduce(union, box);
  const grew = cluster.w > box.w || cluster.h > box.h;
  return grew ? clusterOf(cluster, overlays, nearPx) : cluster;
}

function isAnchor(box: Box, cluster: Box, overlays: readonly Box[]): boolean {
  const area = box.w * box.h;
  const isBackground = area > SURROUNDINGS.backgroundFactor * cluster.w * cluster.h;
  return !isBackground && overlays.every((overlay) => overlapArea(box, overlay) < SURROUNDINGS.hiddenShare * area);
}

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
