import { type Candidate, notCompared, onlySelected, type SelectedCandidate } from '../preview/candidates.js';
import type { Flow } from '../state.js';
import { boxAround, type EditRow } from './edits-rows.js';

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
export function selectedCandidate({ selection }: Flow, { target }: EditRow): SelectedCandidate | string {
  const selected = onlySelected(selection.layers, target.frame.name);
  if (typeof selected === 'string') return selected;
  const { nodeId, name } = selected;
  if (target.edits.design.layers[nodeId] === undefined) return notCompared(selected, target.frame);
  return { layerId: nodeId, label: `Use selected layer “${name}”` };
}
