import type { Box, Layer } from '@samepoint/shared-protocol';
import type { Match } from '../correspond/match-points.js';
import { placeBySurroundings } from './overlays/overlay-anchors.js';
import type { Correspondence } from './transforms/fit-similarity.js';
import { type PlacedRegion, placeRegion, type RegionByPoints } from './transforms/place-region.js';

/*
 * Where left and right are exchanged, as in interfaces that are read from the other side, the source is placed as it looks in a
 * mirror that stands at its left edge. What is placed is not turned itself: pictures, icons and words never are.
 */

/** How things are placed, with the sides of the source kept or exchanged. */
export interface Sides {
  exchanged: boolean;
  placeRegion(box: Box, correspondences: readonly Correspondence[], targetSidePx: number): RegionByPoints | null;
  placeBySurroundings: typeof placeBySurroundings;
  /** The layers of the source as they lie to each other in the target. */
  layersAsPlaced(layers: readonly Layer[]): readonly Layer[];
}

const KEPT: Sides = { exchanged: false, placeRegion, placeBySurroundings, layersAsPlaced: (layers) => layers };

/** As `placeBySurroundings`, with the layers around the overlay as in a mirror. */
const placeByMirroredSurroundings: Sides['placeBySurroundings'] = (
  box,
  surroundings,
  counterparts,
  sidePx,
  byPixels,
) => {
  const around = {
    cluster: mirrorBox(surroundings.cluster),
    anchors: surroundings.anchors.map((anchor) => ({ ...anchor, layer: mirrorLayer(anchor.layer) })),
  };
  const placed = placeBySurroundings(mirrorBox(box), around, counterparts, sidePx, byPixels);
  return placed === null || placed === byPixels ? placed : turnedBack(placed, box);
};

const EXCHANGED: Sides = {
  exchanged: true,
  placeRegion: placeRegionEitherWay,
  placeBySurroundings: placeByMirroredSurroundings,
  layersAsPlaced: (layers) => layers.map(mirrorLayer),
};

/** @param matches of one pair of images */
export function sidesOf(matches: readonly Pick<Match, 'mirrored'>[]): Sides {
  return matches.some(({ mirrored }) => mirrored) ? EXCHANGED : KEPT;
}

function mirrorBox(box: Box): Box {
  return { ...box, x: -box.x - box.w };
}

function mirrorLayer(layer: Layer): Layer {
  return { ...layer, box: mirrorBox(layer.box) };
}

/** A region placed as it is or as in a mirror, whichever more of its points agree on: an icon stays, a row turns round. */
function placeRegionEitherWay(
  box: Box,
  correspondences: readonly Correspondence[],
  targetSidePx: number,
): RegionByPoints | null {
  const asIs = placeRegion(box, correspondences, targetSidePx);
  const turned = correspondences.map((one) => ({ ...one, source: { ...one.source, x: -one.source.x } }));
  const mirrored = placeRegion(mirrorBox(box), turned, targetSidePx);
  // a thin line that was turned by half is one in a mirror, too
  const upright = asIs !== null && asIs.fit.transform.a > 0;
  if (mirrored === null || (upright && mirrored.share <= asIs.share)) return asIs;
  return { ...mirrored, ...turnedBack(mirrored, box) };
}

/** The same place for the box itself instead of for the one in the mirror. */
function turnedBack(placed: PlacedRegion, box: Box): PlacedRegion {
  const { transform } = placed.fit;
  const shift = mirrorBox(box).x - box.x;
  const moved = { ...transform, e: transform.e + transform.a * shift, f: transform.f + transform.b * shift };
  return { ...placed, fit: { ...placed.fit, transform: moved } };
}
