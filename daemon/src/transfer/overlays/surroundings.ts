import type { Box, Layer, Point } from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import { pointsOfBox } from '../sample-points.js';
import { gap, overlapArea, thicken, union } from '../transforms/boxes.js';

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
