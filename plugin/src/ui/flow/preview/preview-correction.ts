import type { Affine, Box, Layer, Placement } from '@samepoint/shared-protocol';
import { uniformScale } from '../../../shared/affine.js';
import type { HashedFrame } from '../request.js';
import type { Flow } from '../state.js';
import { type Candidate, notCompared, onlySelected, type SelectedCandidate } from './candidates.js';
import type { PreviewRow } from './preview-rows.js';
import type { PreviewState } from './preview-state.js';
import { layerUnder } from './target-place.js';

/** The layers that the daemon found for an annotation: the match and its runners-up, best first. None for other items. */
export function candidatesOf({ result }: PreviewState, { target, item, placement }: PreviewRow): Candidate[] {
  const found = placementIn(result, target.nodeId, item.itemId);
  if (placement.kind !== 'layer' || found?.kind !== 'layer') return [];
  const { layerId, confidence, runnersUp = [] } = found;
  const known = [...(layerId === null ? [] : [{ layerId, confidence }]), ...runnersUp];
  const isListed = known.some((one) => one.layerId === placement.layerId);
  const chosen = placement.layerId === null || isListed ? [] : [{ layerId: placement.layerId, confidence: null }];
  const layers = new Map(target.layers.map((layer) => [layer.layerId, layer]));
  return [...chosen, ...known].flatMap((one) => {
    const layer = layers.get(one.layerId);
    if (layer === undefined) return [];
    const isCurrent = one.layerId === placement.layerId;
    return [{ ...one, name: layer.name, box: layer.box, isCurrent }];
  });
}

/** The layer selected in Figma, if the item can go there; else what to select. */
export function selectedCandidate(flow: Flow, { target, item, sourceBox }: PreviewRow): SelectedCandidate | string {
  const selected = onlySelected(flow.selection.layers, target.name);
  if (typeof selected === 'string') return selected;
  const { nodeId, name } = selected;
  const layer = target.layers.find(({ layerId }) => layerId === nodeId);
  if (layer === undefined) return notCompared(selected, target);
  if (item.kind === 'overlay') {
    const anchor = anchorOf(sourceOf(flow), sourceBox ?? item.box);
    const original = anchor === null ? 'the frame' : `“${anchor.name}”`;
    return { layerId: nodeId, label: `Place on “${name}” as on ${original}` };
  }
  if (layer.candidate) return { layerId: nodeId, label: `Use selected layer “${name}”` };
  const type = layer.type.toLowerCase().replace(/_/g, ' ');
  return `“${name}” is a ${type}, which can’t have annotations. Select a layer in it.`;
}

function sourceOf({ picks, state }: Flow): HashedFrame | undefined {
  return state.name === 'preview' ? state.run.frames.find(({ nodeId }) => nodeId === picks.source?.nodeId) : undefined;
}

/** The layer of the source that an overlay lies on; null for the frame itself. */
function anchorOf(source: HashedFrame | undefined, box: Box): Layer | null {
  const layer = source === undefined ? undefined : layerUnder(source, box);
  return layer === undefined || layer.layerId === source?.nodeId ? null : layer;
}

/**
 * The row's placement on another layer, or on none; null to return to the one that the daemon found, or if the layer is
 * not in the target.
 */
export function correctedPlacement(
  flow: Flow,
  { result }: PreviewState,
  row: PreviewRow,
  layerId: string | null,
): Placement | null {
  const { target, item } = row;
  const found = placementIn(result, target.nodeId, item.itemId);
  if (found === null) return null;
  const layer = target.layers.find((one) => one.layerId === layerId);
  if (found.kind === 'layer') {
    if (found.layerId === layerId) return null;
    const { box } = found;
    return { ...found, layerId, box: layer?.box ?? box, confidence: layer === undefined ? 0 : 1 };
  }
  if (found.kind !== 'overlay' || item.kind !== 'overlay' || layer === undefined) return null;
  const source = sourceOf(flow);
  const anchor = anchorOf(source, item.box)?.box ?? item.box;
  const scale =
    found.transform === null ? target.width / (source?.width ?? target.width) : uniformScale(found.transform);
  return { ...found, transform: overLayer(item.box, anchor, layer.box, scale), confidence: 1 };
}

/** Puts the centre of `box` on the point of `to` where it lies in `from`. */
function overLayer(box: Box, from: Box, to: Box, scale: number): Affine {
  const centre = { x: box.x + box.w / 2, y: box.y + box.h / 2 };
  const fraction = { x: fractionOf(centre.x - from.x, from.w), y: fractionOf(centre.y - from.y, from.h) };
  const e = to.x + fraction.x * to.w - scale * centre.x;
  const f = to.y + fraction.y * to.h - scale * centre.y;
  return { a: scale, b: 0, c: 0, d: scale, e, f };
}

function fractionOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0.5;
}

function placementIn(result: PreviewState['result'], targetId: string, itemId: string): Placement | null {
  const target = result.targets.find((one) => one.targetId === targetId);
  if (target === undefined || target.state === 'failed') return null;
  return target.placements.find((placement) => placement.itemId === itemId) ?? null;
}
