import type { Box } from '@samepoint/shared-protocol';
import type { SelectedLayer } from '../../../shared/messages.js';

/** A layer of the target that may be the counterpart. */
export interface Candidate {
  layerId: string;
  name: string;
  confidence: number | null;
  /** In pixels of the target's picture. */
  box: Box | null;
  /** The counterpart of now. */
  isCurrent: boolean;
}

/** The layer that is selected in Figma as a correction, with the label of its button. */
export interface SelectedCandidate {
  layerId: string;
  label: string;
}

/** The one layer that is selected in Figma; else what to select in the target of this name. */
export function onlySelected(layers: readonly SelectedLayer[], targetName: string): SelectedLayer | string {
  const [selected, ...more] = layers;
  if (selected === undefined) return `Or select the right layer in “${targetName}” on the canvas.`;
  return more.length > 0 ? `Select one layer only in “${targetName}”.` : selected;
}

/** Why a selected layer that was not compared is no candidate in the target. */
export function notCompared({ name, ancestorIds }: SelectedLayer, target: { nodeId: string; name: string }): string {
  return ancestorIds.includes(target.nodeId)
    ? `“${name}” is new or hidden. Start again to include it.`
    : `“${name}” isn’t in “${target.name}”. Select a layer in that frame.`;
}
