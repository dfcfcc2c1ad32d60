import { count, summaryLines } from '../../../shared/text.js';
import type { ConnectionEvent } from '../../connection/connection.js';
import type { PicturesStep } from '../../flow/pictures/pictures-state.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { ResultScreen, SkippedList, UndoneView } from '../done-view.js';
import { FailedView } from '../failed-view.js';
import { jobProgress, type Progress, RunScreen } from '../work-view.js';
import { PicturesPreviewView } from './pictures-preview.js';

type Step<K extends PicturesStep['step']> = Extract<PicturesStep, { step: K }>;
type Work = Step<'exporting' | 'flattening' | 'comparing' | 'clipping'>;

interface PicturesViewProps {
  flow: Flow;
  state: PicturesStep;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

/** The screens of "Propagate edit onto pictures…" after the picks. */
export function PicturesView({ flow, state, dispatch, connect }: PicturesViewProps) {
  switch (state.step) {
    case 'preview':
      return <PicturesPreviewView preview={state} applying={false} dispatch={dispatch} />;
    case 'applying':
      return <PicturesPreviewView preview={state.preview} applying dispatch={dispatch} />;
    case 'done':
      return <PicturesDoneView state={state} dispatch={dispatch} />;
    case 'failed':
      return <FailedView flow={flow} failure={state} dispatch={dispatch} connect={connect} />;
    default:
      return <PicturesWorkView state={state} connected={flow.daemon.connected} dispatch={dispatch} />;
  }
}

interface WorkProps {
  state: Work;
  connected: boolean;
  dispatch: (event: FlowEvent) => void;
}

const STAGES = [{ label: 'Export pictures' }, { label: 'Send to Samepoint' }, { label: 'Fit the edit' }] as const;

/** Index of the stage. */
function stageOf(state: Work): number {
  switch (state.step) {
    case 'exporting':
    case 'flattening':
      return 0;
    case 'comparing':
      return state.job.phase === 'sending' ? 1 : 2;
    case 'clipping':
      return 2;
  }
}

function PicturesWorkView({ state, connected, dispatch }: WorkProps) {
  return (
    <RunScreen
      title="Propagating the edit"
      heading={`Propagating the edit onto ${count(state.run.targetIds.length, 'picture')}`}
      stages={STAGES}
      current={stageOf(state)}
      progress={progressOf(state, connected)}
      dispatch={dispatch}
    />
  );
}

function progressOf(state: Work, connected: boolean): Progress {
  switch (state.step) {
    case 'exporting':
      return { label: `${state.done} of ${count(state.total, 'picture')}`, fraction: state.done / state.total };
    case 'flattening':
      return { label: 'Flattening the edit', fraction: null };
    case 'comparing':
      return jobProgress(state.job, connected, 'Sending pictures');
    case 'clipping':
      return { label: 'Clipping the edits to their pictures', fraction: null };
  }
}

interface DoneProps {
  state: Step<'done'>;
  dispatch: (event: FlowEvent) => void;
}

function PicturesDoneView({ state, dispatch }: DoneProps) {
  if (state.undo === 'done') {
    const text = 'The pictures are as they were before.';
    return <UndoneView heading="Edit undone" text={text} dispatch={dispatch} />;
  }
  const { summary, preview } = state;
  const isEmpty = summary.created + summary.updated === 0;
  const skipped = summary.skipped.map(({ targetId, reason }) => {
    const label = preview.run.frames.find(({ nodeId }) => nodeId === targetId)?.name ?? 'Picture';
    return { key: targetId, label, reason };
  });
  const heading = isEmpty ? 'Nothing transferred' : 'Edit propagated';
  const lines = isEmpty ? [] : summaryLines('propagate-pictures', summary);
  return (
    <ResultScreen result={state} {...{ summary, isEmpty, heading, lines, dispatch }}>
      <SkippedList rows={skipped} />
    </ResultScreen>
  );
}
