import type { FrameSummary, SelectedLayer, SelectionSummary } from './messages.js';

/** Selected layers of one frame. */
export interface PickedLayers {
  frame: FrameSummary;
  layers: SelectedLayer[];
}

/**
 * The selected layers if all of them are in one frame; else how many frames they are in. A selected screen inside another
 * frame is a layer only if nothing else is.
 */
export function selectedLayersOf(selection: SelectionSummary): PickedLayers | { frames: number } {
  const inFrames = selection.layers.filter(({ frameId }) => frameId !== null);
  const screens = new Set(selection.frames.map(({ nodeId }) => nodeId));
  const plain = inFrames.filter(({ nodeId }) => !screens.has(nodeId));
  const layers = plain.length > 0 ? plain : inFrames;
  const frameIds = [...new Set(layers.map(({ frameId }) => frameId))];
  const frame = selection.layerFrames.find(({ nodeId }) => nodeId === frameIds[0]);
  return frameIds.length === 1 && frame !== undefined ? { frame, layers } : { frames: frameIds.length };
}

/** The other selected frames: candidates for targets of these layers. */
export function framesBeside({ frame, layers }: PickedLayers, frames: readonly FrameSummary[]): FrameSummary[] {
  const own = new Set([frame.nodeId, ...layers.flatMap(({ nodeId, ancestorIds }) => [nodeId, ...ancestorIds])]);
  return frames.filter(({ nodeId }) => !own.has(nodeId));
}
