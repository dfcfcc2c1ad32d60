import type { MainToUi } from '../../../shared/messages.js';
import { exportRequest } from '../exporting.js';
import { hashFrame } from '../request.js';
import type { Flow, FlowEvent } from '../state.js';
import { type Advance, askNext } from './inspect-jobs.js';
import type { InspectOpen, InspectRun } from './inspect-state.js';

type Exporting = NonNullable<InspectOpen['exporting']>;

/** Exports the frames again, since they have changed. The point stays, and so does the screen. */
export function startExportAgain(flow: Flow, open: InspectOpen): Advance {
  const request = exportRequest(flow);
  if (request === null || open.exporting !== null) return { open, effects: [] };
  const next = { ...open, exporting: { frames: [], failed: [] }, changed: new Set<string>(), problem: null };
  return { open: next, effects: [{ type: 'main', message: request }] };
}

/** What a message of the main thread does to the new export, and to what is known of changes; null for another event. */
export function reduceExportAgain(flow: Flow, open: InspectOpen, event: FlowEvent): Advance | null {
  if (event.type !== 'main') return null;
  const { message } = event;
  if (message.type === 'export.outdated') return { open: withChanges(open, message), effects: [] };
  const { exporting } = open;
  if (exporting === null) return null;
  switch (message.type) {
    case 'export.frame': {
      const frames = [...exporting.frames, hashFrame(message.frame)];
      return { open: { ...open, exporting: { ...exporting, frames } }, effects: [] };
    }
    case 'export.frame-failed': {
      const { nodeId, name, problem } = message;
      const failed = [...exporting.failed, { nodeId, name, problem }];
      return { open: { ...open, exporting: { ...exporting, failed } }, effects: [] };
    }
    case 'export.failed':
      return { open: { ...open, exporting: null, problem: message.problem }, effects: [] };
    case 'export.done':
      return askNext(flow, withNewFrames(flow, { ...open, exporting: null }, exporting, message.notices));
    default:
      return null;
  }
}

function withChanges(open: InspectOpen, { frameIds, deletedIds }: Extract<MainToUi, { type: 'export.outdated' }>) {
  const { source, targets } = open.run;
  const [ids, deleted] = [new Set(frameIds), new Set(deletedIds)];
  const changed = [source, ...targets].filter(
    ({ nodeId, layers }) => ids.has(nodeId) || layers.some(({ layerId }) => deleted.has(layerId)),
  );
  return { ...open, changed: new Set([...open.changed, ...changed.map(({ nodeId }) => nodeId)]) };
}

/** Replaces the frames. Results stay until there are new ones; the point keeps its place in the picture. */
function withNewFrames(flow: Flow, open: InspectOpen, exported: Exporting, notices: readonly string[]): InspectOpen {
  const { run, point } = open;
  const frameOf = (id: string) => exported.frames.find(({ nodeId }) => nodeId === id);
  const source = frameOf(run.source.nodeId) ?? run.source;
  const hasSelf = run.targets.some(({ nodeId }) => nodeId === run.source.nodeId);
  const targets = flow.picks.targets.flatMap(({ nodeId }) => frameOf(nodeId) ?? []);
  const next: InspectRun = {
    ...run,
    source,
    targets: hasSelf ? [...targets, source] : targets,
    failed: exported.failed,
    notices,
  };
  const [scaleX, scaleY] = [source.width / run.source.width, source.height / run.source.height];
  const moved = { x: point.x * scaleX, y: point.y * scaleY, number: point.number + 1 };
  return { ...open, run: next, point: moved, problems: new Map(), note: null };
}
