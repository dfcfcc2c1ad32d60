import type { Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import type { Match } from '../correspond/match-points.js';
import type { Size } from '../images/resize.js';
import { assignLayers } from './assign-layers.js';
import type { Correspondence } from './fit-similarity.js';
import { compareLayers, type Likeness } from './layer-cues.js';
import { type PlacedRegion, placeRegion } from './place-region.js';
import { findLayer, samplePoints } from './sample-points.js';

/** A match less probable than this is reported as no counterpart. */
const MIN_POINT_CONFIDENCE = 0.05;

/** Finds the counterparts of source points in one target. */
export type MatchSource = (points: readonly Point[]) => Promise<readonly Match[]>;

/** An item together with the points of the source that place it. */
interface PreparedItem {
  item: Item;
  points: readonly Point[];
}

/**
 * @param image size of the source image
 * @throws SamepointError `ITEM_OUTSIDE_IMAGE`, `BAD_REQUEST`
 */
export function prepareItems(items: readonly Item[], layers: readonly Layer[], image: Size): PreparedItem[] {
  const overlays = items.flatMap((item) => (item.kind === 'overlay' ? [item.box] : []));
  return items.map((item) => ({ item, points: samplePoints(item, layers, overlays, image) }));
}

/**
 * Places every item in one target.
 * @param target size of the target image
 * @returns one placement an item, in their order
 */
export async function placeItems(
  prepared: readonly PreparedItem[],
  sourceLayers: readonly Layer[],
  targetLayers: readonly Layer[],
  target: Size,
  match: MatchSource,
): Promise<Placement[]> {
  const matches = await match(prepared.flatMap(({ points }) => points));
  const targetSidePx = Math.max(target.width, target.height);
  let next = 0;
  const found = prepared.map(({ item, points }) => {
    const correspondences = points.map((source) => toCorrespondence(source, matches[next++]));
    return { item, correspondences, placed: placeRegion(boxOf(item, sourceLayers), correspondences, targetSidePx) };
  });
  const assigned = assignItems(found, sourceLayers, targetLayers);
  return found.map((entry) => toPlacement(entry, assigned));
}

interface FoundItem {
  item: Item;
  correspondences: readonly Correspondence[];
  placed: PlacedRegion | null;
}

interface AssignedLayer {
  layer: Layer;
  likeness: Likeness;
}

function toCorrespondence(source: Point, match: Match | undefined): Correspondence {
  if (match === undefined) throw new Error('every point has a match');
  return { source, target: match.point, weight: match.confidence, scale: match.scale };
}

function boxOf(item: Item, layers: readonly Layer[]): Box {
  switch (item.kind) {
    case 'point':
      return { ...item.point, w: 0, h: 0 };
    case 'layer':
      return findLayer(item, layers).box;
    case 'box':
    case 'overlay':
      return item.box;
  }
}

/** The target layer of every source layer that an item names; several items may hang on one. */
function assignItems(
  found: readonly FoundItem[],
  sourceLayers: readonly Layer[],
  targetLayers: readonly Layer[],
): Map<string, AssignedLayer> {
  const sources = new Map<string, FoundItem & { layer: Layer }>();
  for (const entry of found) {
    if (entry.item.kind !== 'layer') continue;
    sources.set(entry.item.layerId, { ...entry, layer: findLayer(entry.item, sourceLayers) });
  }
  const candidates = targetLayers.filter(({ candidate }) => candidate);
  const rows = [...sources.values()].map(({ layer, placed, correspondences }) =>
    candidates.map((candidate) => compareLayers(layer, candidate, placed, correspondences)),
  );
  const assigned = new Map<string, AssignedLayer>();
  const columns = assignLayers(rows);
  for (const [row, layerId] of [...sources.keys()].entries()) {
    const column = columns[row] ?? null;
    const layer = column === null ? undefined : candidates[column];
    const likeness = column === null ? undefined : rows[row]?.[column];
    if (layer !== undefined && likeness !== undefined) assigned.set(layerId, { layer, likeness });
  }
  return assigned;
}

function toPlacement({ item, correspondences, placed }: FoundItem, assigned: Map<string, AssignedLayer>): Placement {
  const { itemId } = item;
  const confidence = placed?.confidence ?? 0;
  const evidence = { image: confidence };
  switch (item.kind) {
    case 'point':
      return { kind: 'point', itemId, ...pointPlacement(correspondences[0]) };
    case 'box':
      return { kind: 'box', itemId, box: placed?.box ?? null, confidence, evidence };
    case 'layer': {
      const target = assigned.get(item.layerId);
      const box = placed?.box ?? null;
      if (target === undefined) return { kind: 'layer', itemId, layerId: null, box, confidence, evidence };
      const { score, evidence: why } = target.likeness;
      return { kind: 'layer', itemId, layerId: target.layer.layerId, box, confidence: score, evidence: why };
    }
    case 'overlay':
      return {
        kind: 'overlay',
        itemId,
        transform: placed?.fit.transform ?? null,
        inliers: placed?.fit.inliers.length ?? 0,
        samples: correspondences.length,
        residualPx: placed?.fit.residualPx ?? 0,
        confidence,
        evidence,
      };
  }
}

function pointPlacement(match: Correspondence | undefined) {
  const confidence = match?.weight ?? 0;
  const found = match !== undefined && confidence >= MIN_POINT_CONFIDENCE;
  return { point: found ? match.target : null, confidence, evidence: { image: confidence } };
}
