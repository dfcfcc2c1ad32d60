import type { Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import type { Match } from '../correspond/match-points.js';
import type { Size } from '../images/resize.js';
import { assignLayers } from './assign-layers.js';
import type { Correspondence } from './fit-similarity.js';
import { compareLayers } from './layer-cues.js';
import { type AssignedLayer, placeBySurroundings } from './place-by-surroundings.js';
import { type PlacedRegion, placeRegion } from './place-region.js';
import { findLayer, samplePoints } from './sample-points.js';
import { type Surroundings, surroundingsOf } from './surroundings.js';

/** A match less probable than this is reported as no counterpart. */
const MIN_POINT_CONFIDENCE = 0.05;

/** Finds the counterparts of source points in one target. */
export type MatchSource = (points: readonly Point[]) => Promise<readonly Match[]>;

/** An item together with the points of the source that place it. */
interface PreparedItem {
  item: Item;
  points: readonly Point[];
  /** Of an overlay: what is around it. */
  surroundings: Surroundings | null;
}

/**
 * @param image size of the source image
 * @throws SamepointError `ITEM_OUTSIDE_IMAGE`, `BAD_REQUEST`
 */
export function prepareItems(items: readonly Item[], layers: readonly Layer[], image: Size): PreparedItem[] {
  const overlays = items.flatMap((item) => (item.kind === 'overlay' ? [item.box] : []));
  return items.map((item) => ({
    item,
    points: samplePoints(item, layers, overlays, image),
    surroundings: item.kind === 'overlay' ? surroundingsOf(item.box, layers, overlays, image) : null,
  }));
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
  const anchors = targetLayers.length === 0 ? [] : distinctLayers(prepared);
  const matches = await match([...prepared, ...anchors].flatMap(({ points }) => points));
  const targetSidePx = Math.max(target.width, target.height);
  let next = 0;
  const find = (box: Box, points: readonly Point[]): FoundRegion => {
    const correspondences = points.map((source) => toCorrespondence(source, matches[next++]));
    return { correspondences, placed: placeRegion(box, correspondences, targetSidePx) };
  };
  const found = prepared.map((entry) => ({ ...entry, ...find(boxOf(entry.item, sourceLayers), entry.points) }));
  const foundAnchors = new Map(
    anchors.map(({ layer, points }) => [layer.layerId, { layer, ...find(layer.box, points) }]),
  );
  const assigned = assign(
    layersOfItems(found, sourceLayers),
    targetLayers.filter(({ candidate }) => candidate),
  );
  const assignedAnchors = assign(foundAnchors, targetLayers);
  return found.map((entry) => {
    const { item, surroundings, placed } = entry;
    if (item.kind !== 'overlay' || surroundings === null) return toPlacement(entry, assigned);
    const around = placeBySurroundings(item.box, surroundings, assignedAnchors, targetSidePx);
    return toPlacement({ ...entry, placed: around ?? placed }, assigned);
  });
}

/** Every layer around an overlay, once. */
function distinctLayers(prepared: readonly PreparedItem[]): { layer: Layer; points: readonly Point[] }[] {
  const all = prepared.flatMap(({ surroundings }) => surroundings?.anchors ?? []);
  return [...new Map(all.map((anchor) => [anchor.layer.layerId, anchor])).values()];
}

/** A region of the source and where its points and itself are in the target. */
interface FoundRegion {
  correspondences: readonly Correspondence[];
  placed: PlacedRegion | null;
}

interface FoundItem extends FoundRegion {
  item: Item;
}

type FoundLayers = ReadonlyMap<string, FoundRegion & { layer: Layer }>;

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

/** The source layers that items name; several items may hang on one. */
function layersOfItems(found: readonly FoundItem[], sourceLayers: readonly Layer[]): FoundLayers {
  const layers = new Map<string, FoundRegion & { layer: Layer }>();
  for (const entry of found) {
    if (entry.item.kind !== 'layer') continue;
    layers.set(entry.item.layerId, { ...entry, layer: findLayer(entry.item, sourceLayers) });
  }
  return layers;
}

/** The target layer of every source layer, by the id of the source layer. */
function assign(sources: FoundLayers, candidates: readonly Layer[]): Map<string, AssignedLayer> {
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
  const evidence = placed?.evidence ?? { image: confidence };
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
        samples: placed?.samples ?? correspondences.length,
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
