import { count } from '../../../shared/text.js';
import { trackItemId } from '../../../shared/tracking.js';
import type { ConnectionEvent } from '../../connection/connection.js';
import type { Flow, FlowEvent, StateOf } from '../../flow/state.js';
import { nameOf } from '../../flow/track/track-preview.js';
import type { TrackStep } from '../../flow/track/track-state.js';
import { ResultScreen, SkippedList, UndoneView } from '../done-view.js';
import { FailedView } from '../failed-view.js';
import { jobProgress, type Progress, RunScreen } from '../work-view.js';
import { TrackPreviewView } from './track-preview.js';

type Step<K extends TrackStep['step']> = Extract<TrackStep, { step: K }>;
type Work = StateOf<'exporting'> | Step<'flattening' | 'tracking' | 'tracing'>;

interface TrackViewProps {
  flow: Flow;
  state: TrackStep;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

/** The screens of “Track through frames…” after the export. */
export function TrackView({ flow, state, dispatch, connect }: TrackViewProps) {
  switch (state.step) {
    case 'preview':
      return <TrackPreviewView preview={state} applying={false} dispatch={dispatch} />;
    case 'applying':
      return <TrackPreviewView preview={state.preview} applying dispatch={dispatch} />;
    case 'done':
      return <TrackDoneView state={state} dispatch={dispatch} />;
    case 'failed':
      return <FailedView flow={flow} failure={state} dispatch={dispatch} connect={connect} />;
    default:
      return <TrackWorkView flow={flow} state={state} dispatch={dispatch} />;
  }
}

interface WorkProps {
  flow: Flow;
  state: Work;
  dispatch: (event: FlowEvent) => void;
}

const STAGES = [{ label: 'Export frames' }, { label: 'Send to Samepoint' }, { label: 'Track regions' }] as const;

/** The progress of a run, from the export to the traced regions. */
export function TrackWorkView({ flow, state, dispatch }: WorkProps) {
  return (
    <RunScreen
      title="Tracking"
      heading={`Tracking through ${count(flow.picks.targets.length + 1, 'frame')}`}
      stages={STAGES}
      current={stageOf(state)}
      progress={progressOf(state, flow.daemon.connected)}
      dispatch={dispatch}
    />
  );
}

/** Index of the stage. */
function stageOf(state: Work): number {
  if ('name' in state || state.step === 'flattening') return 0;
  return state.step === 'tracking' && state.job.phase === 'sending' ? 1 : 2;
}

function progressOf(state: Work, connected: boolean): Progress {
  if ('name' in state) {
    return { label: `${state.done} of ${count(state.total, 'frame')}`, fraction: state.done / state.total };
  }
  switch (state.step) {
    case 'flattening':
      return { label: 'Drawing the regions', fraction: null };
    case 'tracking':
      return jobProgress(state.job, connected, 'Sending frames');
    case 'tracing':
      return { label: 'Tracing outlines', fraction: null };
  }
}

interface DoneProps {
  state: Step<'done'>;
  dispatch: (event: FlowEvent) => void;
}

function TrackDoneView({ state, dispatch }: DoneProps) {
  const { summary, preview } = state;
  if (state.undo === 'done') return <UndoneView dispatch={dispatch} />;
  const isEmpty = summary.created + summary.updated === 0;
  const names = new Map(preview.labels.map(({ regionId, name }) => [trackItemId(regionId), name]));
  const lines = [
    ...(summary.created === 0 ? [] : [`Placed ${count(summary.created, 'region')}`]),
    ...(summary.updated === 0 ? [] : [`Replaced ${count(summary.updated, 'region')} of an earlier run`]),
  ];
  const skipped = summary.skipped.map(({ targetId, itemId, reason }) => {
    const label = names.get(itemId) ?? 'Region';
    return { key: `${targetId} ${itemId}`, label, targetName: nameOf(preview.run, targetId), reason };
  });
  const heading = isEmpty ? 'Nothing placed' : 'Regions placed';
  return (
    <ResultScreen result={state} {...{ summary, isEmpty, heading, lines, dispatch }}>
      <SkippedList rows={skipped} />
    </ResultScreen>
  );
}
