import type { FrameSummary } from '../../shared/messages.js';
import { currentCommand } from '../editor.js';
import { supportsAnnotations } from './annotations.js';
import { orientationProblem } from './export-space.js';
import { ancestors, type FrameLike, findFrame, isInInstance, isVisible, walkVisible } from './nodes.js';

/** What is known of a frame until something in or around it changes. */
interface KnownFrame {
  summary: FrameSummary;
  /** The frame and its visible layers, so that a deleted layer is found, whose parent is unknown by then. */
  layerIds: ReadonlySet<string>;
  ancestorIds: ReadonlySet<string>;
  /** Layers of instances follow their main component, without a change of their own. */
  hasInstances: boolean;
}

/** The oldest are forgotten beyond this number. */
const MAX_KNOWN = 400;

/** By node id, the oldest first. */
const known = new Map<string, KnownFrame>();
/** The last summaries of frames that have changed since `takeChangedFrames`. */
const changed = new Map<string, FrameSummary>();

/** The summary of a frame. Its layers are read at the first time, and again after `noteChanges` of one of them. */
export function summarizeFrame(frame: FrameLike): FrameSummary {
  const { id } = frame;
  const found = known.get(id);
  if (found !== undefined) return found.summary;
  const read = readFrame(frame, id);
  known.set(id, read);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_KNOWN) break;
    known.delete(oldest);
  }
  return read.summary;
}

function readFrame(frame: FrameLike, nodeId: string): KnownFrame {
  const { name, width, height } = frame;
  const layerIds = new Set<string>([nodeId]);
  let annotations = 0;
  let layers = 0;
  walkVisible(frame, (node) => {
    layers += 1;
    layerIds.add(node.id);
    if (supportsAnnotations(node)) annotations += node.annotations.length;
    return true;
  });
  return {
    summary: { nodeId, name, width, height, annotations, layers, blocked: blockedReason(frame), ...placeOf(frame) },
    layerIds,
    ancestorIds: new Set(ancestors(frame).map(({ id }) => id)),
    hasInstances: frame.type === 'INSTANCE' || [...layerIds].some(isInInstance),
  };
}

/** Sequences are ordered by the places of their frames. */
function placeOf(frame: FrameLike): Pick<FrameSummary, 'x' | 'y'> {
  const box = currentCommand() === 'track-frames' ? frame.absoluteBoundingBox : null;
  return box === null ? {} : { x: box.x, y: box.y };
}

/** Why the frame cannot be exported, as a sentence; null if it can. */
export function blockedReason(frame: FrameLike): string | null {
  if (!isVisible(frame)) return `“${frame.name}” is hidden. Show it and try again.`;
  if (frame.width < 1 || frame.height < 1) return `“${frame.name}” has no size. Resize it and try again.`;
  const isEmpty = 'absoluteRenderBounds' in frame ? frame.absoluteRenderBounds === null : frame.children.length === 0;
  if (isEmpty) {
    return `“${frame.name}” is empty. Choose a frame with content.`;
  }
  return orientationProblem(frame);
}

/** Forgets the frames that changes of a page are about. */
export function noteChanges(changes: readonly NodeChange[]): void {
  if (known.size === 0) return;
  for (const change of changes) {
    const ids = new Set([change.id]);
    let isInComponent = false;
    if (change.type !== 'DELETE' && !change.node.removed) {
      for (const { id, type } of [change.node, ...ancestors(change.node)]) {
        ids.add(id);
        isInComponent ||= type === 'COMPONENT' || type === 'COMPONENT_SET';
      }
    }
    for (const [frameId, frame] of known) {
      const isIn = ids.has(frameId) || frame.layerIds.has(change.id) || frame.ancestorIds.has(change.id);
      if (isIn || (isInComponent && frame.hasInstances)) forget(frameId, frame);
    }
  }
}

function forget(frameId: string, { summary }: KnownFrame): void {
  known.delete(frameId);
  changed.set(frameId, summary);
}

/** Forgets all frames: changes of other pages are not heard. */
export function forgetFrames(): void {
  known.clear();
  changed.clear();
}

/** The frames that have changed since the last call, as they are now. Deleted ones are blocked. */
export async function takeChangedFrames(): Promise<FrameSummary[]> {
  const before = [...changed.values()];
  changed.clear();
  return Promise.all(
    before.map(async (summary) => {
      const frame = await findFrame(summary.nodeId);
      return frame === null ? deleted(summary) : summarizeFrame(frame);
    }),
  );
}

function deleted(summary: FrameSummary): FrameSummary {
  return { ...summary, blocked: `“${summary.name}” was deleted. Remove it here, or undo in Figma.` };
}
