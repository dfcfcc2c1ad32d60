import type { Box, Layer } from '@samepoint/shared-protocol';
import type { Match } from '../correspond/match-points.js';
import { placeByAnchors } from './overlays/overlay-anchors.js';
import { type PlacedRegion, placeRegion, type RegionByPoints } from './transforms/place-region.js';
import type { Correspondence } from './transforms/robust-estimator.js';

/*
 * A right-to-left layout of a left-to-right source mirrors positions, but not the content of images, icons and text. Such a
 * source is placed with its positions mirrored about x = 0.
 */

/** How a source is placed in a target whose layout has the same or the opposite direction. */
export interface LayoutDirection {
  mirrored: boolean;
  placeRegion(box: Box, correspondences: readonly Correspondence[], targetSidePx: number): RegionByPoints | null;
  placeByAnchors: typeof placeByAnchors;
  /** The source layers, positioned relative to each other as in the target. */
  layersInTarget(layers: readonly Layer[]): readonly Layer[];
}

const SAME_DIRECTION: LayoutDirection = {
  mirrored: false,
  placeRegion,
  placeByAnchors,
  layersInTarget: (layers) => layers,
};

const OPPOSITE_DIRECTION: LayoutDirection = {
  mirrored: true,
  placeRegion: placeRegionEitherWay,
  placeByAnchors: placeByMirroredAnchors,
  layersInTarget: (layers) => layers.map(mirrorLayer),
};

/** @param matches of one pair of images */
export function layoutDirection(matches: readonly Pick<Match, 'mirrored'>[]): LayoutDirection {
  return matches.some(({ mirrored }) => mirrored) ? OPPOSITE_DIRECTION : SAME_DIRECTION;
}

function mirrorBox(box: Box): Box {
  return { ...box, x: -box.x - box.w };
}

function mirrorLayer(layer: Layer): Layer {
  return { ...layer, box: mirrorBox(layer.box) };
}

/** Places a region unmirrored, like an icon, or mirrored, like a row: whichever has more inlier weight. */
function placeRegionEitherWay(
  box: Box,
  correspondences: readonly Correspondence[],
  targetSidePx: number,
): RegionByPoints | null {
  const asIs = placeRegion(box, correspondences, targetSidePx);
  const flipped = correspondences.map(mirrorSource);
  const mirrored = placeRegion(mirrorBox(box), flipped, targetSidePx);
  // for a thin line, half a turn equals a reflection
  const upright = asIs !== null && asIs.fit.transform.a > 0;
  if (mirrored === null || (upright && mirrored.inlierShare <= asIs.inlierShare)) return asIs;
  return { ...mirrored, ...forUnmirroredBox(mirrored, box) };
}

/** Like `placeByAnchors`, with everything in the source mirrored. */
function placeByMirroredAnchors(...[box, around, counterparts, sidePx, region]: Parameters<typeof placeByAnchors>) {
  const mirrored = {
    cluster: mirrorBox(around.cluster),
    anchors: around.anchors.map((anchor) => ({ ...anchor, layer: mirrorLayer(anchor.layer) })),
  };
  const correspondences = region.correspondences.map(mirrorSource);
  const placed = placeByAnchors(mirrorBox(box), mirrored, counterparts, sidePx, { ...region, correspondences });
  return placed === null || placed.fit === region.placed?.fit ? placed : forUnmirroredBox(placed, box);
}

function mirrorSource(one: Correspondence): Correspondence {
  return { ...one, source: { ...one.source, x: -one.source.x } };
}

/** Shifts a transform of the mirrored box so that it maps the box itself to the same place. */
function forUnmirroredBox(placed: PlacedRegion, box: Box): PlacedRegion {
  const { transform } = placed.fit;
  const shift = mirrorBox(box).x - box.x;
  const moved = { ...transform, e: transform.e + transform.a * shift, f: transform.f + transform.b * shift };
  return { ...placed, fit: { ...placed.fit, transform: moved } };
}
