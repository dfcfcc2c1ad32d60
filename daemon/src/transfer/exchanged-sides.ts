import type { Box, Layer } from '@samepoint/shared-protocol';
import type { AssignedLayer } from './find-counterparts.js';
import type { Correspondence } from './fit-similarity.js';
import { placeBySurroundings } from './place-by-surroundings.js';
import { type PlacedRegion, placeRegion, type RegionByPoints } from './place-region.js';
import type { Surroundings } from './surroundings.js';

/*
 * Where left and right are exchanged, as in interfaces that are read from the other side, the source is placed as it looks in a
 * mirror that stands at its left edge. What is placed is not turned itself: pictures, icons and words never are.
 */

export function mirrorBox(box: Box): Box {
  return { ...box, x: -box.x - box.w };
}

export function mirrorLayers(layers: readonly Layer[]): Layer[] {
  return layers.map((layer) => ({ ...layer, box: mirrorBox(layer.box) }));
}

/** A region placed as it is or as in a mirror, whichever more of its points agree on: an icon stays, a row turns round. */
export function placeRegionEitherWay(
  box: Box,
  correspondences: readonly Correspondence[],
  targetSidePx: number,
): RegionByPoints | null {
  const asIs = placeRegion(box, correspondences, targetSidePx);
  const turned = correspondences.map((one) => ({ ...one, source: { ...one.source, x: -one.source.x } }));
  const mirrored = placeRegion(mirrorBox(box), turned, targetSidePx);
  if (mirrored === null || mirrored.share <= (asIs?.share ?? 0)) return asIs;
  return { ...mirrored, ...turnedBack(mirrored, box) };
}

/** As `placeBySurroundings`, with the layers around the overlay as in a mirror. */
export function placeByMirroredSurroundings(
  box: Box,
  { cluster, anchors }: Surroundings,
  counterparts: ReadonlyMap<string, AssignedLayer>,
  targetSidePx: number,
  byPixels: PlacedRegion | null,
): PlacedRegion | null {
  const around = {
    cluster: mirrorBox(cluster),
    anchors: anchors.map((anchor) => ({ ...anchor, layer: { ...anchor.layer, box: mirrorBox(anchor.layer.box) } })),
  };
  const placed = placeBySurroundings(mirrorBox(box), around, counterparts, targetSidePx, byPixels);
  return placed === null || placed === byPixels ? placed : turnedBack(placed, box);
}

/** The same place for the box itself instead of for the one in the mirror. */
function turnedBack(placed: PlacedRegion, box: Box): PlacedRegion {
  const { transform } = placed.fit;
  const shift = mirrorBox(box).x - box.x;
  const moved = { ...transform, e: transform.e + transform.a * shift, f: transform.f + transform.b * shift };
  return { ...placed, fit: { ...placed.fit, transform: moved } };
}
