import type { Box } from '@samepoint/shared-protocol';
import type { Flow } from '../state.js';
import { boxAround, type EditRow } from './edits-rows.js';

/** A layer of the target that may be the counterpart. */
export interface Candidate {
  layerId: string;
  name: string;
  confidence: number | null;
  box: Box | null;
  /** The counterpart of now. */
  isCurrent: boolean;
}

/** The counterpart of now and its runners-up. */
export function candidatesOf({ target, sourceLayerId }: EditRow): Candidate[] {
  const counterpart = target.counterparts[sourceLayerId];
  const current = counterpart?.layerId ?? null;
  const others = (counterpart?.runnersUp ?? []).filter(({ layerId }) => layerId !== current);
  const all = [
    ...(current === null ? [] : [{ layerId: current, confidence: counterpart?.confidence ?? null }]),
    ...others,
  ];
  const boxes = new Map(target.frame.layers.map(({ layerId, box }) => [layerId, box]));
  const { design } = target.edits;
  return all.flatMap(({ layerId, confidence }) => {
    const layer = design.layers[layerId];
    if (layer === undefined) return [];
    const box = boxAround(layerId, design, boxes);
    return [{ layerId, name: layer.name, confidence, box, isCurrent: layerId === current }];
  });
}

/** The layer selected in Figma, if it can become the counterpart; else what to select. */
export function selectedCandidate(
  { selection }: Flow,
  { target }: EditRow,
): { layerId: string; name: string } | string {
  const { name } = target.frame;
  const [selected, ...more] = selection.layers;
  if (selected === undefined) return `Or select the right layer in “${name}” on the canvas.`;
  if (more.length > 0) return `Select one layer only in “${name}”.`;
  if (target.edits.design.layers[selected.nodeId] !== undefined)
    return { layerId: selected.nodeId, name: selected.name };
  return selected.ancestorIds.includes(target.frame.nodeId)
    ? `“${selected.name}” is new. Start again to include it.`
    : `“${selected.name}” isn’t in “${name}”. Select a layer in that frame.`;
}
