import type { Problem } from '../../../shared/messages.js';
import { type Flow, type FlowEvent, type Run, stay, type Transition, toPick } from '../state.js';
import { moved, sequenceOf } from './sequence.js';
import { enterTrack, reduceTrackFailed, reduceTracking, sendTrack } from './track-job.js';
import { openPreview, reduceApplying, reduceDone, reducePreview } from './track-preview.js';
import type { TrackRun, TrackStep } from './track-state.js';

type Step<K extends TrackStep['step']> = Extract<TrackStep, { step: K }>;

/** What follows the export: the regions are flattened into one mask. */
export function startTrack(flow: Flow, { jobId, frames, failed, notices, regions = [] }: Run): Transition {
  const { picks, tracking } = flow;
  const ordered = sequenceOf(picks, tracking).flatMap(
    ({ nodeId }) => frames.find((one) => one.nodeId === nodeId) ?? [],
  );
  const sourceId = picks.source?.nodeId ?? '';
  if (!ordered.some(({ nodeId }) => nodeId === sourceId)) return toPick(flow, ANNOTATED_MISSING);
  if (ordered.length < 2) return toPick(flow, OTHERS_MISSING);
  if (regions.length === 0) return toPick(flow, { ...REGIONS_MISSING, message: notices[0] ?? REGIONS_MISSING.message });
  const run: TrackRun = { jobId, sourceId, frames: ordered, failed, notices, tracking };
  return enterTrack(flow, { step: 'flattening', run, regions }, [{ type: 'track.flatten', run, regions }]);
}

/** The state `track`: from the flattened regions to the result of Apply. */
export function reduceTrack(flow: Flow, state: TrackStep, event: FlowEvent): Transition {
  switch (state.step) {
    case 'flattening':
      return reduceFlattening(flow, state, event);
    case 'tracking':
      return reduceTracking(flow, state, event);
    case 'failed':
      return reduceTrackFailed(flow, state, event);
    case 'tracing':
      return reduceTracing(flow, state, event);
    case 'preview':
      return reducePreview(flow, state, event);
    case 'applying':
      return reduceApplying(flow, state, event);
    case 'done':
      return reduceDone(flow, state, event);
  }
}

function reduceFlattening(flow: Flow, { run }: Step<'flattening'>, event: FlowEvent): Transition {
  switch (event.type) {
    case 'cancel':
      return toPick(flow);
    case 'track.undrawable':
      return event.jobId === run.jobId ? toPick(flow, UNDRAWABLE) : stay(flow);
    case 'track.flattened': {
      if (event.jobId !== run.jobId) return stay(flow);
      const { labels, frames, notices } = event.flat;
      if (labels.length === 0) return toPick(flow, { ...REGIONS_MISSING, message: notices.join(' ') });
      return sendTrack(flow, { ...run, frames, notices: [...run.notices, ...notices] }, event.flat);
    }
    default:
      return stay(flow);
  }
}

function reduceTracing(flow: Flow, { run, labels }: Step<'tracing'>, event: FlowEvent): Transition {
  switch (event.type) {
    case 'cancel':
      return toPick(flow);
    case 'track.undrawable':
      return event.jobId === run.jobId ? toPick(flow, UNDRAWABLE) : stay(flow);
    case 'track.traced':
      return event.jobId === run.jobId ? openPreview(flow, run, labels, event.frames) : stay(flow);
    default:
      return stay(flow);
  }
}

/** Events of the pick screen; null for others. */
export function reduceTrackPick(flow: Flow, event: FlowEvent): Flow | null {
  const { picks, tracking } = flow;
  switch (event.type) {
    case 'track.choose':
      return { ...flow, tracking: event.tracking };
    case 'track.move':
      return { ...flow, tracking: moved(picks, tracking, event.nodeId, event.by) };
    case 'track.annotated': {
      const source = picks.targets.find(({ nodeId }) => nodeId === event.nodeId);
      if (source === undefined) return flow;
      const others = picks.targets.filter((frame) => frame !== source);
      const targets = picks.source === null ? others : [picks.source, ...others];
      return { ...flow, picks: { ...picks, source, targets } };
    }
    default:
      return null;
  }
}

const ANNOTATED_MISSING: Problem = {
  message: 'The annotated frame was not exported.',
  hint: 'It may be deleted or hidden. Choose the frames again.',
};

const OTHERS_MISSING: Problem = {
  message: 'None of the other frames was exported.',
  hint: 'They may be deleted or hidden. Choose the frames again.',
};

const REGIONS_MISSING: Problem = {
  message: 'There is no region on the annotated frame.',
  hint: 'Draw a shape over what you want to track, or choose a layer of the annotated frame.',
};

const UNDRAWABLE: Problem = {
  message: 'The regions can’t be drawn: a frame is damaged, or memory is short.',
  hint: 'Try again with fewer or smaller frames.',
};
