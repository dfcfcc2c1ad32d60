import type { Backend, DaemonMessage, JobStatus } from '@samepoint/shared-protocol';
import type { MainToUi } from '../../shared/messages.js';
import { cancelDownload, pullModel, resumeDownload, stepFailed } from './flow-download.js';
import {
  changePicks,
  missingPick,
  picksOfPending,
  startExport,
  withOverlays,
  withSource,
  withTargets,
} from './flow-pick.js';
import { apply, failApply, failUndo, finishApply, finishUndo, include, undo } from './flow-preview.js';
import { enter, type Flow, type FlowEvent, type FlowStep, stay, toPick } from './flow-state.js';
import { cancel, finishExport, resume, retry, stepRunning, stepSending, takeFrame } from './flow-work.js';

/** The next state and what to do. Events that make no sense in a state change nothing. */
export function stepFlow(flow: Flow, event: FlowEvent): FlowStep {
  const { picks, step } = flow;
  switch (event.type) {
    case 'main':
      return stepMain(flow, event.message);
    case 'daemon':
      return stepDaemon(flow, event.message);
    case 'connected':
      return connected({ ...flow, link: { connected: true, backends: event.backends } }, event.jobs);
    case 'disconnected':
      return stay({ ...flow, link: { ...flow.link, connected: false } });
    case 'pick.source':
      return changePicks(
        flow,
        withSource(picks, event.frame),
        event.frame === null
          ? []
          : [{ type: 'main', message: { type: 'source.remember', nodeId: event.frame.nodeId } }],
      );
    case 'pick.targets':
      return changePicks(flow, withTargets(picks, event.frames));
    case 'pick.remove-target':
      return changePicks(flow, { ...picks, targets: picks.targets.filter(({ nodeId }) => nodeId !== event.nodeId) });
    case 'pick.overlays':
      return changePicks(flow, withOverlays(picks, event.overlays));
    case 'pick.remove-overlay':
      return changePicks(flow, { ...picks, overlays: picks.overlays.filter(({ nodeId }) => nodeId !== event.nodeId) });
    case 'pick.backend':
      return step.name === 'pick' ? stay({ ...flow, backend: event.id }) : stay(flow);
    case 'go':
      return step.name === 'pick' && missingPick(flow) === null ? startExport(flow, event.jobId) : stay(flow);
    case 'cancel':
      return step.name === 'failed' ? cancelDownload(flow, step) : cancel(flow);
    case 'retry':
      return step.name === 'failed' ? retry(flow, step.work) : stay(flow);
    case 'back':
      return back(flow);
    case 'pull-model':
      return step.name === 'failed' ? pullModel(flow, step) : stay(flow);
    case 'include':
      return include(flow, event.keys, event.on);
    case 'reveal':
      return { flow, effects: [{ type: 'main', message: { type: 'reveal', nodeId: event.nodeId, box: event.box } }] };
    case 'apply':
      return apply(flow);
    case 'undo':
      return undo(flow);
    case 'close':
      return { flow, effects: [{ type: 'main', message: { type: 'close' } }] };
  }
}

function stepMain(flow: Flow, message: MainToUi): FlowStep {
  const { step } = flow;
  switch (message.type) {
    case 'session': {
      const { command, picks, pending } = message;
      if (pending === null) return enter({ ...flow, command, picks }, { name: 'pick', problem: null });
      const resumed = { ...flow, command: pending.command, picks: picksOfPending(pending, picks) };
      return startExport(resumed, pending.jobId);
    }
    case 'selection':
      return stay({ ...flow, selection: message.selection });
    case 'export.frame':
      return step.name === 'exporting' ? takeFrame(flow, step, message.frame) : stay(flow);
    case 'export.done':
      return step.name === 'exporting' ? finishExport(flow, step, message.items, message.notices) : stay(flow);
    case 'export.failed':
      return step.name === 'exporting' ? toPick(flow, message.problem) : stay(flow);
    case 'applied':
      return finishApply(flow, message.summary);
    case 'apply.failed':
      return failApply(flow, message.problem);
    case 'undo.failed':
      return failUndo(flow, message.problem);
    case 'undone':
      return finishUndo(flow);
  }
}

function connected(flow: Flow, jobs: readonly JobStatus[]): FlowStep {
  const { step } = flow;
  return step.name === 'failed' ? resumeDownload(flow, step) : resume(flow, jobs);
}

function stepDaemon(before: Flow, message: DaemonMessage): FlowStep {
  const flow = message.type === 'status' ? withBackends(before, message.backends) : before;
  const { step } = flow;
  switch (step.name) {
    case 'sending':
      return stepSending(flow, step, message);
    case 'running':
      return stepRunning(flow, step, message);
    case 'failed':
      return stepFailed(flow, step, message);
    default:
      return stay(flow);
  }
}

function withBackends(flow: Flow, backends: readonly Backend[]): Flow {
  return { ...flow, link: { ...flow.link, backends } };
}

/** One step back; what was made on the way here is kept as long as it can be of use. */
function back(flow: Flow): FlowStep {
  const { step } = flow;
  switch (step.name) {
    case 'preview':
    case 'failed':
      return toPick(flow);
    case 'done':
      return step.undo === 'done' ? enter(flow, step.preview) : stay(flow);
    default:
      return stay(flow);
  }
}
