import type { Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import type { Match } from '../correspond/match-points.js';
import type { Size } from '../images/resize.js';
import { assignLayers } from './assign-layers.js';
import type { Correspondence } from './fit-similarity.js';
import { compareLayers, type SoughtLayer, scoreLayers } from './layer-cues.js';
import { describeLayers, type LayerTraits } from './layer-traits.js';
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
 * @param withCues say of layers what each cue weighed
 * @returns one placement an item, in their order
 */
export async function placeItems(
  prepared: readonly PreparedItem[],
  sourceLayers: readonly Layer[],
  targetLayers: readonly Layer[],
  target: Size,
  match: MatchSource,
  withCues = false,
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
  const foundAnchors = new Map(anchors.map(({ layer, points }) => [layer.layerId, find(layer.box, points)]));
  const sources = describeLayers(sourceLayers);
  const candidates = describeLayers(targetLayers);
  const assigned = assign(
    seek(layersOfItems(found), sources),
    candidates.filter(({ layer }) => layer.candidate),
  );
  const assignedAnchors = assign(seek(foundAnchors, sources), candidates);
  return found.map((entry) => {
    const { item, surroundings, placed } = entry;
    if (item.kind === 'layer') return layerPlacement(item, placed, assigned.get(item.layerId), withCues);
    if (item.kind !== 'overlay' || surroundings === null) return toPlacement({ ...entry, item });
    const around = placeBySurroundings(item.box, surroundings, assignedAnchors, targetSidePx, placed);
    return toPlacement({ ...entry, item, placed: around });
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

/** An item that no layer is assigned to. */
type PlacedItem = Exclude<Item, { kind: 'layer' }>;

/** By the id of the layer. */
type FoundLayers = ReadonlyMap<string, FoundRegion>;

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
function layersOfItems(found: readonly FoundItem[]): FoundLayers {
  return new Map(found.flatMap((entry) => (entry.item.kind === 'layer' ? [[entry.item.layerId, entry]] : [])));
}

function seek(found: FoundLayers, sources: readonly LayerTraits[]): SoughtLayer[] {
  const unique = new Map(sources.map((traits) => [traits.layer.layerId, traits]));
  return [...found].flatMap(([layerId, region]) => {
    const traits = unique.get(layerId);
    return traits === undefined ? [] : [{ ...region, traits }];
  });
}

/** The target layer of every source layer, by the id of the source layer. */
function assign(sought: readonly SoughtLayer[], candidates: readonly LayerTraits[]): Map<string, AssignedLayer> {
  const columns = assignLayers(sought.map((one) => candidates.map((candidate) => scoreLayers(one, candidate))));
  return new Map(
    sought.flatMap((one, row): [string, AssignedLayer][] => {
      const candidate = candidates[columns[row] ?? -1];
      if (candidate === undefined) return [];
      return [[one.traits.layer.layerId, { layer: candidate.layer, likeness: compareLayers(one, candidate) }]];
    }),
  );
}

function layerPlacement(
  { itemId }: Item,
  placed: PlacedRegion | null,
  assigned: AssignedLayer | undefined,
  withCues: boolean,
): Placement {
  const box = placed?.box ?? null;
  if (assigned === undefined) return { kind: 'layer', itemId, layerId: null, box, ...standing(placed) };
  const { score, evidence, cues } = assigned.likeness;
  const why = withCues ? { cues: [...cues] } : {};
  return { kind: 'layer', itemId, layerId: assigned.layer.layerId, box, confidence: score, evidence, ...why };
}

/** How sure a region is, by the pixels alone. */
function standing(placed: PlacedRegion | null) {
  const confidence = placed?.confidence ?? 0;
  return { confidence, evidence: placed?.evidence ?? { image: confidence } };
}

function toPlacement({ item, correspondences, placed }: FoundRegion & { item: PlacedItem }): Placement {
  const { itemId } = item;
  switch (item.kind) {
    case 'point':
      return { kind: 'point', itemId, ...pointPlacement(correspondences[0]) };
    case 'box':
      return { kind: 'box', itemId, box: placed?.box ?? null, ...standing(placed) };
    case 'overlay':
      return {
        kind: 'overlay',
        itemId,
        transform: placed?.fit.transform ?? null,
        inliers: placed?.fit.inliers.length ?? 0,
        samples: placed?.samples ?? correspondences.length,
        residualPx: placed?.fit.residualPx ?? 0,
        ...standing(placed),
      };
  }
}

function pointPlacement(match: Correspondence | undefined) {
  const confidence = match?.weight ?? 0;
  const found = match !== undefined && confidence >= MIN_POINT_CONFIDENCE;
  return { point: found ? match.target : null, confidence, evidence: { image: confidence } };
}
