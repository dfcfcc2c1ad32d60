import { framesBeside, selectedLayersOf } from './layer-picks.js';
import type { Command, FrameSummary, Picks, SelectionSummary } from './messages.js';

/** What a selection says about the roles of its frames; null if it does not. Its frames are in order of position. */
export function proposePicks(command: Command, selection: SelectionSummary): Picks | null {
  switch (command) {
    case 'transfer-annotations':
      return withSource(selection, annotatedOf(selection.frames));
    case 'inspect-point':
      return withPoint(selection);
    case 'transfer-layers':
    case 'propagate-pictures':
      return withOverlays(selection);
    case 'transfer-difference':
    case 'align-compare':
      return beforeAndAfter(selection.frames);
    default:
      return null;
  }
}

/** The only frame with annotations. */
function annotatedOf(frames: readonly FrameSummary[]): FrameSummary | null {
  const [only, ...more] = frames.filter(({ annotations, blocked }) => annotations > 0 && blocked === null);
  return only === undefined || more.length > 0 ? null : only;
}

function withSource({ frames }: SelectionSummary, source: FrameSummary | null): Picks | null {
  if (source === null || frames.length < 2) return null;
  const targets = frames.filter(({ nodeId }) => nodeId !== source.nodeId);
  return { source, after: null, targets, overlays: [], layers: [] };
}

/** The frame around the selected layers, which the point starts on, else a selected frame. One is enough. */
function withPoint(selection: SelectionSummary): Picks | null {
  const { frames } = selection;
  const picked = selectedLayersOf(selection);
  const source = 'frame' in picked ? picked.frame : (annotatedOf(frames) ?? frames[0] ?? null);
  if (source === null) return null;
  const others = 'frame' in picked ? framesBeside(picked, frames) : frames;
  const targets = others.filter(({ nodeId }) => nodeId !== source.nodeId);
  return { source, after: null, targets, overlays: [], layers: [] };
}

/** The frame that all selected layers are in, with other frames as targets. */
function withOverlays({ frames, overlays, layers }: SelectionSummary): Picks | null {
  const ids = new Set(overlays.map(({ nodeId }) => nodeId));
  const overlayLayers = layers.filter(({ nodeId }) => ids.has(nodeId));
  const [frameId, ...more] = [...new Set(overlayLayers.map((layer) => layer.frameId))];
  const source = frames.find(({ nodeId }) => nodeId === frameId);
  if (source === undefined || more.length > 0) return null;
  const targets = framesBeside({ frame: source, layers: overlayLayers }, frames);
  return targets.length === 0 ? null : { source, after: null, targets, overlays, layers: [] };
}

/** Of two frames the left one is the one before, as designers lay out versions. */
function beforeAndAfter(frames: readonly FrameSummary[]): Picks | null {
  const [source, after, ...more] = frames;
  if (source === undefined || after === undefined || more.length > 0) return null;
  return { source, after, targets: [], overlays: [], layers: [] };
}
