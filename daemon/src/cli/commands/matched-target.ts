import type { Box, Layer, LayerCue, Placement, Point } from '@samepoint/shared-protocol';
import type { LayerLists } from '../files/read-layers.js';
import type { MatchedItem, MatchedLayer, MatchedTarget, NamedLayer } from '../format/match-report.js';

/** What to find. */
export interface Asked {
  shapes: readonly (Point | Box)[];
  layers?: LayerLists;
}

/**
 * The answer for one target as it is reported.
 * @param n which of the targets
 * @param placements of the shapes, then of the layers
 */
export function toMatchedTarget(
  image: string,
  n: number,
  { shapes, layers }: Asked,
  placements: readonly Placement[],
): MatchedTarget {
  const items = shapes.map((shape, k) => toMatchedItem(shape, placements[k]));
  if (layers === undefined) return { image, items };
  const candidates = layers.targets[n] ?? [];
  const matched = layers.source.map((layer, k) => toMatchedLayer(layer, candidates, placements[shapes.length + k]));
  return { image, items, layers: matched };
}

function toMatchedItem(source: Point | Box, placement: Placement | undefined): MatchedItem {
  if (placement?.kind !== 'point' && placement?.kind !== 'box') throw notAsked(placement);
  const target = placement.kind === 'point' ? placement.point : placement.box;
  return { source, target, confidence: placement.confidence };
}

function toMatchedLayer(source: Layer, candidates: readonly Layer[], placement: Placement | undefined): MatchedLayer {
  if (placement?.kind !== 'layer') throw notAsked(placement);
  const { confidence, box: placed, cues = [] } = placement;
  const target = candidates.find(({ layerId }) => layerId === placement.layerId);
  if (target === undefined) return { source: named(source), target: null, placed, confidence, cues: null };
  const isPixels = ({ cue }: LayerCue) => cue === 'image';
  const split = { pixels: cues.filter(isPixels), structure: cues.filter((cue) => !isPixels(cue)) };
  return { source: named(source), target: named(target), placed, confidence, cues: split };
}

function named({ layerId, name, box }: Layer): NamedLayer {
  return { layerId, name, box };
}

function notAsked(placement: Placement | undefined): TypeError {
  return new TypeError(`an answer of kind ${placement?.kind ?? 'none'} was not asked for`);
}
