import { count } from '../../../shared/text.js';
import { trackItemId } from '../../../shared/tracking.js';
import type { ConnectionEvent } from '../../connection/connection.js';
import { missingBackend } from '../../flow/failure.js';
import type { Flow, FlowEvent, StateOf } from '../../flow/state.js';
import { nameOf } from '../../flow/track/track-preview.js';
import type { TrackStep } from '../../flow/track/track-state.js';
import { Button, Illustration, ProblemNotice, ProgressBar, Screen } from '../components.js';
import { SummaryNotices, UndoFooter, UndoneView } from '../done-view.js';
import { FailedView } from '../failed-view.js';
import { jobProgress, type Progress, Steps } from '../work-view.js';
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
      return (
        <FailedView
          error={state.error}
          download={state.download}
          missing={missingBackend(flow, state)}
          dispatch={dispatch}
          connect={connect}
        />
      );
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
  const { label, fraction } = progressOf(state, flow.daemon.connected);
  return (
    <Screen
      title="Tracking"
      footer={
        <Button wide onClick={() => dispatch({ type: 'cancel' })}>
          Cancel
        </Button>
      }
    >
      <div class="work">
        <h1>Tracking through {count(flow.picks.targets.length + 1, 'frame')}</h1>
        <Steps stages={STAGES} current={stageOf(state)} />
        <ProgressBar label={label} fraction={fraction} />
        <p class="secondary-text">You can close the plugin. It resumes here when you open it again.</p>
      </div>
    </Screen>
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
  const written = summary.created + summary.updated;
  const names = new Map(preview.labels.map(({ regionId, name }) => [trackItemId(regionId), name]));
  return (
    <Screen title="Done" footer={<UndoFooter undo={state.undo} made={summary.made} dispatch={dispatch} />}>
      {state.problem === null ? null : <ProblemNotice problem={state.problem} />}
      <div class="message">
        <Illustration name={written === 0 ? 'warning' : 'done'} />
        <h1>{written === 0 ? 'Nothing placed' : 'Regions placed'}</h1>
        {summary.created === 0 ? null : <p>Placed {count(summary.created, 'region')}</p>}
        {summary.updated === 0 ? null : <p>Replaced {count(summary.updated, 'region')} of an earlier run</p>}
      </div>
      <SummaryNotices summary={summary} />
      {summary.skipped.length === 0 ? null : (
        <section class="section" aria-label="Skipped">
          <h2>
            Skipped <span class="amount">{summary.skipped.length}</span>
          </h2>
          <ul class="skipped">
            {summary.skipped.map(({ targetId, itemId, reason }) => (
              <li key={`${targetId} ${itemId}`}>
                <span class="row-label">{names.get(itemId) ?? 'Region'}</span>
                <span class="row-detail">{nameOf(preview.run, targetId)}</span>
                <span class="row-reason">{reason}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Screen>
  );
}
