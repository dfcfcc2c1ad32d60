import type { Item, Placement } from '@samepoint/shared-protocol';
import type { Counterpart } from './layers/find-counterparts.js';
import type { PlacedRegion } from './transforms/place-region.js';
import type { Correspondence } from './transforms/robust-estimator.js';

/** Matches below this confidence are reported as unmatched. */
export const MIN_POINT_CONFIDENCE = 0.05;

/** A region of the source and its place in the target. */
export interface FoundRegion {
  correspondences: readonly Correspondence[];
  placed: PlacedRegion | null;
}

/** Every item but layers, which are assigned to layers. */
type PlacedItem = Exclude<Item, { kind: 'layer' }>;

/** Optional parts of the placements of layers. */
export interface LayerDetails {
  /** The weight of each cue. */
  cues?: boolean;
  /** The next candidates. */
  runnersUp?: boolean;
}

export function layerPlacement(
  { itemId }: Item,
  placed: PlacedRegion | null,
  counterpart: Counterpart | undefined,
  details: LayerDetails,
): Placement {
  const box = placed?.box ?? null;
  const runnersUp = details.runnersUp === true ? { runnersUp: [...(counterpart?.runnersUp ?? [])] } : {};
  const assigned = counterpart?.assigned ?? null;
  if (assigned === null) {
    const { confidence, evidence } = confidenceOf(placed);
    const stated = confidence * (counterpart?.present ?? 1);
    return { kind: 'layer', itemId, layerId: null, box, confidence: stated, evidence, ...runnersUp };
  }
  const { layer, confidence, likeness } = assigned;
  const { evidence, cues } = likeness;
  const withCues = details.cues === true ? { cues: [...cues] } : {};
  return { kind: 'layer', itemId, layerId: layer.layerId, box, confidence, evidence, ...withCues, ...runnersUp };
}

/** By the pixels alone. */
function confidenceOf(placed: PlacedRegion | null) {
  const confidence = placed?.confidence ?? 0;
  return { confidence, evidence: placed?.evidence ?? { image: confidence } };
}

/** The placement of a point, box or overlay. */
export function toPlacement({ item, correspondences, placed }: FoundRegion & { item: PlacedItem }): Placement {
  const { itemId } = item;
  switch (item.kind) {
    case 'point':
      return { kind: 'point', itemId, ...pointPlacement(correspondences[0]) };
    case 'box':
      return { kind: 'box', itemId, box: placed?.box ?? null, ...confidenceOf(placed) };
    case 'overlay':
      return {
        kind: 'overlay',
        itemId,
        transform: placed?.fit.transform ?? null,
        inliers: placed?.fit.inliers.length ?? 0,
        samples: placed?.samples ?? correspondences.length,
        residualPx: placed?.fit.residualPx ?? 0,
        ...confidenceOf(placed),
      };
  }
}

function pointPlacement(match: Correspondence | undefined) {
  const confidence = match?.weight ?? 0;
  const found = match !== undefined && confidence >= MIN_POINT_CONFIDENCE;
  return { point: found ? match.target : null, confidence, evidence: { image: confidence } };
}
