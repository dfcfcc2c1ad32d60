import { count, summaryLines } from '../../../shared/text.js';
import type { ConnectionEvent } from '../../connection/connection.js';
import { missingBackend } from '../../flow/failure.js';
import type { PicturesStep } from '../../flow/pictures/pictures-state.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { Button, Illustration, ProblemNotice, ProgressBar, Screen } from '../components.js';
import { SummaryNotices, UndoFooter } from '../done-view.js';
import { FailedView } from '../failed-view.js';
import { jobProgress, Steps } from '../work-view.js';
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
  const { label, fraction } = progressOf(state, connected);
  return (
    <Screen
      title="Propagating the edit"
      footer={
        <Button wide onClick={() => dispatch({ type: 'cancel' })}>
          Cancel
        </Button>
      }
    >
      <div class="work">
        <h1>Propagating the edit onto {count(state.run.targetIds.length, 'picture')}</h1>
        <Steps stages={STAGES} current={stageOf(state)} />
        <ProgressBar label={label} fraction={fraction} />
        <p class="secondary-text">You can close the plugin. It resumes here when you open it again.</p>
      </div>
    </Screen>
  );
}

function progressOf(state: Work, connected: boolean): { label: string; fraction: number | null } {
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
  if (state.undo === 'done') return <UndoneView dispatch={dispatch} />;
  const { summary, preview } = state;
  const written = summary.created + summary.updated;
  const nameOf = (id: string) => preview.run.frames.find(({ nodeId }) => nodeId === id)?.name ?? 'Picture';
  return (
    <Screen title="Done" footer={<UndoFooter undo={state.undo} made={summary.made} dispatch={dispatch} />}>
      {state.problem === null ? null : <ProblemNotice problem={state.problem} />}
      <div class="message">
        <Illustration name={written === 0 ? 'warning' : 'done'} />
        <h1>{written === 0 ? 'Nothing transferred' : 'Edit propagated'}</h1>
        {written === 0 ? null : summaryLines('propagate-pictures', summary).map((line) => <p key={line}>{line}</p>)}
      </div>
      <SummaryNotices summary={summary} />
      {summary.skipped.length === 0 ? null : (
        <section class="section" aria-label="Skipped">
          <h2>
            Skipped <span class="amount">{summary.skipped.length}</span>
          </h2>
          <ul class="skipped">
            {summary.skipped.map(({ targetId, reason }) => (
              <li key={targetId}>
                <span class="row-label">{nameOf(targetId)}</span>
                <span class="row-reason">{reason}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Screen>
  );
}

function UndoneView({ dispatch }: Pick<DoneProps, 'dispatch'>) {
  return (
    <Screen
      title="Undone"
      footer={
        <Button look="primary" wide onClick={() => dispatch({ type: 'back' })}>
          Back to preview
        </Button>
      }
    >
      <div class="message">
        <Illustration name="undo" />
        <h1>Edit undone</h1>
        <p>The pictures are as they were before.</p>
      </div>
    </Screen>
  );
}
