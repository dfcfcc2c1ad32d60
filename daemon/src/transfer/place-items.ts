import type { Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import type { ElementScores } from '../correspond/match-elements.js';
import type { Match } from '../correspond/match-points.js';
import type { Size } from '../images/resize.js';
import { findCounterparts } from './layers/find-counterparts.js';
import { companionsOf } from './layers/layer-context.js';
import type { QueryLayer } from './layers/layer-likeness.js';
import { describeLayers, type LayerTraits } from './layers/layer-traits.js';
import { findOverlayAnchors, type OverlayAnchors } from './overlays/overlay-anchors.js';
import { layoutDirection } from './rtl-layout.js';
import { findLayer, pointsOfLayer, samplePoints } from './sample-points.js';
import { type FoundRegion, type LayerDetails, layerPlacement, toPlacement } from './to-placement.js';
import type { Correspondence } from './transforms/robust-estimator.js';

/** Points a side of the grid over a neighbouring layer. */
const NEIGHBOUR_GRID = 2;

/** Matches one source with one target. */
export interface PairMatcher {
  /**
   * One match a point, in their order.
   * @param single are they items themselves, not the samples of a region?
   */
  match(points: readonly Point[], single: boolean): Promise<readonly Match[]>;
  /**
   * Scores elements of the source against elements of the target; see `matchElements`. Optional.
   * @param mirrored is the target's layout mirrored?
   */
  compare?(parts: readonly Box[], others: readonly Box[], mirrored: boolean): Promise<readonly ElementScores[]>;
}

/** An item with the points of the source that place it. */
interface PreparedItem {
  item: Item;
  points: readonly Point[];
  /** Overlays only. */
  anchors: OverlayAnchors | null;
  /** The layers next to the item's layer, or to the anchors of an overlay. */
  neighbours: readonly SampledLayer[];
}

/** A layer with the points of the source that place it. */
interface SampledLayer {
  layer: Layer;
  points: readonly Point[];
}

/**
 * Everything about the items that does not depend on a target.
 * @param image size of the source image
 * @throws SamepointError `ITEM_OUTSIDE_IMAGE`, `BAD_REQUEST`
 */
export function prepareItems(items: readonly Item[], layers: readonly Layer[], image: Size): PreparedItem[] {
  const overlays = items.flatMap((item) => (item.kind === 'overlay' ? [item.box] : []));
  return items.map((item) => {
    const anchors = item.kind === 'overlay' ? findOverlayAnchors(item.box, layers, overlays, image) : null;
    const ids = item.kind === 'layer' ? [item.layerId] : (anchors?.anchors.map(({ layer }) => layer.layerId) ?? []);
    return {
      item,
      points: samplePoints(item, layers, overlays, image),
      anchors,
      neighbours: neighboursOfLayers(ids, layers, image),
    };
  });
}

function neighboursOfLayers(ids: readonly string[], layers: readonly Layer[], image: Size): SampledLayer[] {
  if (ids.length === 0) return [];
  const neighbours = companionsOf(layers, ({ layerId }) => ids.includes(layerId));
  return [...new Set(neighbours.flat())].flatMap((index) => {
    const layer = layers[index];
    return layer === undefined ? [] : [{ layer, points: pointsOfLayer(layer.box, image, NEIGHBOUR_GRID) }];
  });
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
  matcher: PairMatcher,
  details: LayerDetails = {},
): Promise<Placement[]> {
  const around = targetLayers.length === 0 ? [] : layersAround(prepared);
  const matches = await matchAll(matcher, prepared, around);
  const targetSidePx = Math.max(target.width, target.height);
  const direction = layoutDirection(matches);
  let next = 0;
  const find = (box: Box, points: readonly Point[]): FoundRegion => {
    const correspondences = points.map((source) => toCorrespondence(source, matches[next++]));
    return { correspondences, placed: direction.placeRegion(box, correspondences, targetSidePx) };
  };
  const found = prepared.map((entry) => ({ ...entry, ...find(boxOf(entry.item, sourceLayers), entry.points) }));
  const foundAround = new Map(around.map(({ layer, points }) => [layer.layerId, find(layer.box, points)]));
  const items = layersOfItems(found);
  const sources = describeLayers(direction.layersInTarget(sourceLayers));
  const others = sourceLayers.map(({ layerId }) => [layerId, UNMATCHED] as const);
  const regions = items.size + foundAround.size === 0 ? items : new Map([...others, ...foundAround, ...items]);
  const compares = regions.size > 0 && targetLayers.length > 0;
  const scores = compares ? await scoreLayers(matcher, sourceLayers, targetLayers, direction.mirrored) : new Map();
  const counterparts = findCounterparts(
    queriesOf(regions, sources, scores),
    sources,
    describeLayers(targetLayers),
    targetSidePx,
    // a layer around an item may match any layer, an item only candidates
    (source, candidate) => candidate.candidate || !items.has(source.layerId),
  );
  return found.map((entry) => {
    const { item, anchors } = entry;
    if (item.kind === 'layer') return layerPlacement(item, entry.placed, counterparts.get(item.layerId), details);
    if (item.kind !== 'overlay' || anchors === null) return toPlacement({ ...entry, item });
    const byAnchors = direction.placeByAnchors(item.box, anchors, counterparts, targetSidePx, entry);
    return toPlacement({ ...entry, item, placed: byAnchors });
  });
}

/** The matches of the points of all items, then of the layers around them. */
async function matchAll(
  matcher: PairMatcher,
  prepared: readonly PreparedItem[],
  around: readonly SampledLayer[],
): Promise<Match[]> {
  const entries = [
    ...prepared.map(({ item, points }) => ({ single: item.kind === 'point', points })),
    ...around.map(({ points }) => ({ single: false, points })),
  ];
  const matched = async (single: boolean) => {
    const points = entries.flatMap((entry) => (entry.single === single ? entry.points : []));
    return (points.length === 0 ? [] : await matcher.match(points, single)).values();
  };
  const [singles, samples] = [await matched(true), await matched(false)];
  return entries.flatMap(({ single, points }) => points.flatMap(() => (single ? singles : samples).next().value ?? []));
}

/** The layers around all items, each once, without those that are items. */
function layersAround(prepared: readonly PreparedItem[]): SampledLayer[] {
  const items = new Set(prepared.map(({ item }) => (item.kind === 'layer' ? item.layerId : undefined)));
  const neighbours = prepared.flatMap((entry) => entry.neighbours);
  // anchors have more points, so they come last and replace neighbours
  const anchors = prepared.flatMap((entry) => entry.anchors?.anchors ?? []);
  const byId = new Map([...neighbours, ...anchors].map((one) => [one.layer.layerId, one]));
  return [...byId.values()].filter(({ layer }) => !items.has(layer.layerId));
}

/** A layer whose points are not matched. */
const UNMATCHED: FoundRegion = { correspondences: [], placed: null };

interface FoundItem extends FoundRegion {
  item: Item;
}

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

/** The source layers of the items. Several items may share one. */
function layersOfItems(found: readonly FoundItem[]): FoundLayers {
  return new Map(found.flatMap((entry) => (entry.item.kind === 'layer' ? [[entry.item.layerId, entry]] : [])));
}

/** By the id of the source layer. Always scores all layers, so scores do not depend on the items. */
async function scoreLayers(
  matcher: PairMatcher,
  sources: readonly Layer[],
  candidates: readonly Layer[],
  mirrored: boolean,
): Promise<ReadonlyMap<string, ElementScores>> {
  const [parts, others] = [sources.map(({ box }) => box), candidates.map(({ box }) => box)];
  const rows = (await matcher.compare?.(parts, others, mirrored)) ?? [];
  return new Map(rows.map((row, n) => [sources[n]?.layerId ?? '', row]));
}

function queriesOf(
  found: FoundLayers,
  sources: readonly LayerTraits[],
  scores: ReadonlyMap<string, ElementScores>,
): QueryLayer[] {
  const byId = new Map(sources.map((traits) => [traits.layer.layerId, traits]));
  return [...found].flatMap(([layerId, region]) => {
    const traits = byId.get(layerId);
    return traits === undefined ? [] : [{ ...region, traits, resemblance: scores.get(layerId) }];
  });
}
