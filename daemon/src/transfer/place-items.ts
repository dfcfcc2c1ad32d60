import type { Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import type { Match } from '../correspond/match-points.js';
import type { Resemblance } from '../correspond/resemblances.js';
import type { Size } from '../images/resize.js';
import { findCounterparts } from './layers/find-counterparts.js';
import { companionsOf } from './layers/layer-context.js';
import type { SoughtLayer } from './layers/layer-likeness.js';
import { describeLayers, type LayerTraits } from './layers/layer-traits.js';
import { type Surroundings, surroundingsOf } from './overlays/overlay-anchors.js';
import { sidesOf } from './rtl-layout.js';
import { findLayer, pointsOfLayer, samplePoints } from './sample-points.js';
import { type FoundRegion, layerPlacement, toPlacement } from './to-placement.js';
import type { Correspondence } from './transforms/fit-similarity.js';

/** Points a side of the grid over a layer that is but seen together with one that is asked for. */
const COMPANION_GRID = 2;

/** What the features of the source and of one target say of each other. */
export interface PairSight {
  /** Finds the counterparts of source points. */
  match(points: readonly Point[]): Promise<readonly Match[]>;
  /**
   * How parts of the source resemble parts of the target, as `resemblances` has it; without it, nothing is compared.
   * @param exchanged are left and right?
   */
  compare?(parts: readonly Box[], others: readonly Box[], exchanged: boolean): Promise<readonly Resemblance[]>;
}

/** An item together with the points of the source that place it. */
interface PreparedItem {
  item: Item;
  points: readonly Point[];
  /** Of an overlay: what is around it. */
  surroundings: Surroundings | null;
  /** What the layer, or the layers around an overlay, are seen together with. */
  companions: readonly SampledLayer[];
}

/** A layer and the points of the source whose matches say where it is. */
interface SampledLayer {
  layer: Layer;
  points: readonly Point[];
}

/**
 * @param image size of the source image
 * @throws SamepointError `ITEM_OUTSIDE_IMAGE`, `BAD_REQUEST`
 */
export function prepareItems(items: readonly Item[], layers: readonly Layer[], image: Size): PreparedItem[] {
  const overlays = items.flatMap((item) => (item.kind === 'overlay' ? [item.box] : []));
  const surroundings = items.map((item) =>
    item.kind === 'overlay' ? surroundingsOf(item.box, layers, overlays, image) : null,
  );
  return items.map((item, n) => {
    const around = surroundings[n] ?? null;
    const ids = item.kind === 'layer' ? [item.layerId] : (around?.anchors.map(({ layer }) => layer.layerId) ?? []);
    return {
      item,
      points: samplePoints(item, layers, overlays, image),
      surroundings: around,
      companions: companionsOfLayers(ids, layers, image),
    };
  });
}

function companionsOfLayers(ids: readonly string[], layers: readonly Layer[], image: Size): SampledLayer[] {
  if (ids.length === 0) return [];
  const companions = companionsOf(layers, ({ layerId }) => ids.includes(layerId));
  return [...new Set(companions.flat())].flatMap((index) => {
    const layer = layers[index];
    return layer === undefined ? [] : [{ layer, points: pointsOfLayer(layer.box, image, COMPANION_GRID) }];
  });
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
  sight: PairSight,
  withCues = false,
): Promise<Placement[]> {
  const around = targetLayers.length === 0 ? [] : layersAround(prepared);
  const matches = await sight.match([...prepared, ...around].flatMap(({ points }) => points));
  const targetSidePx = Math.max(target.width, target.height);
  const sides = sidesOf(matches);
  let next = 0;
  const find = (box: Box, points: readonly Point[]): FoundRegion => {
    const correspondences = points.map((source) => toCorrespondence(source, matches[next++]));
    return { correspondences, placed: sides.placeRegion(box, correspondences, targetSidePx) };
  };
  const found = prepared.map((entry) => ({ ...entry, ...find(boxOf(entry.item, sourceLayers), entry.points) }));
  const foundAround = new Map(around.map(({ layer, points }) => [layer.layerId, find(layer.box, points)]));
  const asked = layersOfItems(found);
  const sources = describeLayers(sides.layersAsPlaced(sourceLayers));
  const sought = new Map([...foundAround, ...asked]);
  const isCompared = sought.size > 0 && targetLayers.length > 0;
  const alike = isCompared ? await resemblancesOf(sight, sourceLayers, targetLayers, sides.exchanged) : new Map();
  const counterparts = findCounterparts(
    seek(sought, sources, alike),
    sources,
    describeLayers(targetLayers),
    targetSidePx,
    // what is but around an item carries nothing
    (source, candidate) => candidate.candidate || !asked.has(source.layerId),
  );
  return found.map((entry) => {
    const { item, surroundings, placed } = entry;
    if (item.kind === 'layer') return layerPlacement(item, placed, counterparts.get(item.layerId), withCues);
    if (item.kind !== 'overlay' || surroundings === null) return toPlacement({ ...entry, item });
    const byLayers = sides.placeBySurroundings(item.box, surroundings, counterparts, targetSidePx, placed);
    return toPlacement({ ...entry, item, placed: byLayers });
  });
}

/** Every layer around an item, once, but those that are items themselves. */
function layersAround(prepared: readonly PreparedItem[]): SampledLayer[] {
  const asked = new Set(prepared.map(({ item }) => (item.kind === 'layer' ? item.layerId : undefined)));
  const companions = prepared.flatMap((entry) => entry.companions);
  // the anchors of an overlay have more points, and come last to be the ones that stay
  const anchors = prepared.flatMap(({ surroundings }) => surroundings?.anchors ?? []);
  const byId = new Map([...companions, ...anchors].map((one) => [one.layer.layerId, one]));
  return [...byId.values()].filter(({ layer }) => !asked.has(layer.layerId));
}

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

/** The source layers that items name; several items may hang on one. */
function layersOfItems(found: readonly FoundItem[]): FoundLayers {
  return new Map(found.flatMap((entry) => (entry.item.kind === 'layer' ? [[entry.item.layerId, entry]] : [])));
}

/** By the id of the source layer. All layers are compared, so that it makes no difference which are asked for. */
async function resemblancesOf(
  sight: PairSight,
  sources: readonly Layer[],
  candidates: readonly Layer[],
  exchanged: boolean,
): Promise<ReadonlyMap<string, Resemblance>> {
  const [parts, others] = [sources.map(({ box }) => box), candidates.map(({ box }) => box)];
  const rows = (await sight.compare?.(parts, others, exchanged)) ?? [];
  return new Map(rows.map((row, n) => [sources[n]?.layerId ?? '', row]));
}

function seek(
  found: FoundLayers,
  sources: readonly LayerTraits[],
  alike: ReadonlyMap<string, Resemblance>,
): SoughtLayer[] {
  const unique = new Map(sources.map((traits) => [traits.layer.layerId, traits]));
  return [...found].flatMap(([layerId, region]) => {
    const traits = unique.get(layerId);
    return traits === undefined ? [] : [{ ...region, traits, resemblance: alike.get(layerId) }];
  });
}
