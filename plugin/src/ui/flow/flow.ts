import type { Backend } from '@samepoint/shared-protocol';
import { type FrameSummary, type MainToUi, NO_JOB } from '../../shared/messages.js';
import { reduceAlign } from './align/align.js';
import { reduceApplying } from './applying.js';
import { COMMAND_FLOWS } from './commands.js';
import { reduceDone } from './done.js';
import { reduceEdits } from './edits/edits-preview.js';
import { reduceExporting, startExport } from './exporting.js';
import { reduceFailed } from './failed.js';
import { reduceInspect } from './inspect/inspect.js';
import { picksOfPending, reducePick } from './pick.js';
import { refreshPicks } from './picks.js';
import { reducePictures, startPictures } from './pictures/pictures.js';
import { reducePreview } from './preview/preview.js';
import { reduceRemove } from './remove/remove.js';
import { reduceRunning } from './running.js';
import { reduceSelected } from './select.js';
import { reduceSending } from './sending.js';
import { enter, type Flow, type FlowEffect, type FlowEvent, savePending, stay, type Transition } from './state.js';
import { reduceTrack } from './track/track.js';

/** Returns the next state and the effects of an event. An event without meaning in the current state is ignored. */
export function reduceFlow(flow: Flow, event: FlowEvent): Transition {
  switch (event.type) {
    case 'reveal':
      return { flow, effects: [{ type: 'main', message: { type: 'reveal', nodeId: event.nodeId, box: event.box } }] };
    case 'thumbnail.want': {
      const { nodeId, isWanted } = event;
      return { flow, effects: [{ type: 'main', message: { type: 'thumbnail.want', nodeId, isWanted } }] };
    }
    case 'finish':
      return { flow, effects: [{ type: 'main', message: { type: 'finish', nodeIds: [...event.nodeIds] } }] };
    case 'command':
      return enter(flow, { name: 'waiting' }, [{ type: 'main', message: { type: 'command', command: event.command } }]);
    case 'close':
      return { flow, effects: [...keepPicks(flow), { type: 'main', message: { type: 'close' } }] };
    case 'preferences': {
      const preferences = { ...flow.preferences, ...event.preferences };
      const { flow: next, effects } = reduceState({ ...flow, preferences }, event);
      return {
        flow: next,
        effects: [{ type: 'main', message: { type: 'preferences.save', preferences } }, ...effects],
      };
    }
    case 'connected':
      return reduceState({ ...flow, daemon: daemonOf(event) }, event);
    case 'disconnected':
      return stay({ ...flow, daemon: { ...flow.daemon, connected: false } });
    case 'daemon':
      return reduceState(event.message.type === 'status' ? withBackends(flow, event.message.backends) : flow, event);
    case 'main':
      if (event.message.type === 'home') return enter(flow, { name: 'home', editor: event.message.editor });
      if (event.message.type === 'session') return startSession(flow, event.message);
      if (event.message.type === 'selection')
        return reduceState({ ...flow, selection: event.message.selection }, event);
      if (event.message.type === 'frames.changed') return refreshFrames(flow, event.message.frames);
      if (event.message.type === 'thumbnail') return addThumbnail(flow, event.message);
      return reduceState(flow, event);
    default:
      return reduceState(flow, event);
  }
}

function reduceState(flow: Flow, event: FlowEvent): Transition {
  const { state } = flow;
  switch (state.name) {
    case 'waiting':
      return stay(flow);
    case 'home':
    case 'connect':
    case 'preferences':
      return stay(flow);
    case 'pick':
      return reducePick(flow, event);
    case 'pictures':
      return reducePictures(flow, state.pictures, event);
    case 'inspect':
      return reduceInspect(flow, state.inspect, event);
    case 'remove':
      return reduceRemove(flow, state.remove, event);
    case 'align':
      return reduceAlign(flow, state.align, event);
    case 'track':
      return reduceTrack(flow, state.track, event);
    case 'exporting':
      return reduceExporting(flow, state, event);
    case 'sending':
      return reduceSending(flow, state, event);
    case 'running':
      return reduceRunning(flow, state, event);
    case 'failed':
      return reduceFailed(flow, state, event);
    case 'preview':
      return reducePreview(flow, state, event);
    case 'applying':
      return reduceApplying(flow, state, event);
    case 'selected':
      return reduceSelected(flow, state, event);
    case 'done':
      return reduceDone(flow, state, event);
    case 'edits':
    case 'applying-edits':
    case 'edits-done':
      return reduceEdits(flow, state, event);
  }
}

function daemonOf({ backends, features }: Extract<FlowEvent, { type: 'connected' }>): Flow['daemon'] {
  return { connected: true, backends, features };
}

/** Opens the pick screen, or resumes the job that was running when the plugin was closed. */
function startSession(flow: Flow, message: Extract<MainToUi, { type: 'session' }>): Transition {
  const { command, picks, pending, recordings, preferences } = message;
  const tracking = pending?.tracking ?? message.tracking ?? flow.tracking;
  const started = { ...flow, command, picks, recordings, preferences, tracking, left: null, leftPreview: null };
  const { opens } = COMMAND_FLOWS[command];
  if (opens !== undefined) return opens(started);
  if (pending === null) return enter(started, { name: 'pick', problem: null });
  const resumed = { ...started, command: pending.command, picks: picksOfPending(pending, picks) };
  if (resumed.command === 'propagate-pictures') return startPictures(resumed, pending.jobId);
  return startExport(resumed, pending.jobId, pending.finished);
}

/** The picks of a window that closes before a run are those of the next one. */
function keepPicks(flow: Flow): FlowEffect[] {
  const isPicking = flow.state.name === 'pick' && flow.picks.source !== null;
  return isPicking ? [savePending(flow, { jobId: NO_JOB, finished: [] })] : [];
}

/** Frames that have changed: the picks are as they are now, and old thumbnails are dropped. */
function refreshFrames(flow: Flow, frames: readonly FrameSummary[]): Transition {
  const changed = new Set(frames.map(({ nodeId }) => nodeId));
  const thumbnails = new Map([...flow.thumbnails].filter(([nodeId]) => !changed.has(nodeId)));
  // a run is about the frames as they were
  const picks = flow.state.name === 'pick' ? refreshPicks(flow.picks, frames) : flow.picks;
  return stay({ ...flow, picks, thumbnails });
}

function addThumbnail(flow: Flow, { nodeId, png }: Extract<MainToUi, { type: 'thumbnail' }>): Transition {
  return stay({ ...flow, thumbnails: new Map([...flow.thumbnails, [nodeId, png]]) });
}

function withBackends(flow: Flow, backends: readonly Backend[]): Flow {
  return { ...flow, daemon: { ...flow.daemon, backends } };
}
