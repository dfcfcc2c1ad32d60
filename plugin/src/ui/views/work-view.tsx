import type { JobProgress } from '@samepoint/shared-protocol';
import { count, seconds } from '../../shared/text.js';
import type { ImageJob } from '../flow/image-job.js';
import type { FlowEvent, StateOf } from '../flow/state.js';
import { Button, ProgressBar, Screen } from './components.js';

type WorkStage = 'exporting' | 'sending' | 'running';

interface WorkViewProps {
  state: StateOf<WorkStage>;
  targets: number;
  connected: boolean;
  dispatch: (event: FlowEvent) => void;
}

const STAGES: readonly { name: WorkStage; label: string }[] = [
  { name: 'exporting', label: 'Export frames' },
  { name: 'sending', label: 'Send to Samepoint' },
  { name: 'running', label: 'Find matches' },
];

/** The progress of a transfer. */
export function WorkView({ state, targets, connected, dispatch }: WorkViewProps) {
  return (
    <RunScreen
      title="Finding matches"
      heading={`Finding matches in ${count(targets - failedIn(state), 'frame')}`}
      stages={STAGES}
      current={STAGES.findIndex(({ name }) => name === stageOf(state))}
      progress={progressOf(state, targets, connected)}
      dispatch={dispatch}
    />
  );
}

interface RunScreenProps {
  /** Screen readers announce it. */
  title: string;
  heading: string;
  stages: readonly { label: string }[];
  /** Index of the stage. */
  current: number;
  progress: Progress;
  dispatch: (event: FlowEvent) => void;
}

/** The progress of a run, with a cancel button. */
export function RunScreen({ title, heading, stages, current, progress, dispatch }: RunScreenProps) {
  return (
    <Screen
      title={title}
      footer={
        <Button wide onClick={() => dispatch({ type: 'cancel' })}>
          Cancel
        </Button>
      }
    >
      <div class="work">
        <h1>{heading}</h1>
        <Steps stages={stages} current={current} />
        <ProgressBar label={progress.label} fraction={progress.fraction} />
        <p class="secondary-text">You can close the plugin. It resumes here when you open it again.</p>
      </div>
    </Screen>
  );
}

/** The number of targets that the run leaves out. */
function failedIn(state: StateOf<WorkStage>): number {
  return (state.name === 'exporting' ? state : state.run).failed.length;
}

/** The progress of a job over whole images. */
export function jobProgress(job: ImageJob, connected: boolean, sendingLabel: string): Progress {
  if (job.phase === 'sending') return { label: connected ? sendingLabel : 'Connecting…', fraction: null };
  if (!connected) return { label: 'Reconnecting… The run continues.', fraction: null };
  if (job.position > 0) return { label: `Waiting for ${count(job.position, 'other run')}`, fraction: null };
  if (job.progress === null) return { label: 'Starting…', fraction: null };
  const { done, total, elapsedMs } = job.progress;
  return { label: `${done} of ${total} (${seconds(elapsedMs)})`, fraction: Math.min(done / total, 1) };
}

/** The stages of a run; `current` is an index. */
function Steps({ stages, current }: { stages: readonly { label: string }[]; current: number }) {
  return (
    <ol class="steps">
      {stages.map(({ label }, index) => (
        <li
          key={label}
          class={index < current ? 'step past' : index === current ? 'step now' : 'step'}
          {...(index === current ? { 'aria-current': 'step' } : {})}
        >
          <span class="step-mark" aria-hidden="true" />
          {label}
        </li>
      ))}
    </ol>
  );
}

/** The later parts of a run are sent while it runs. */
function stageOf(state: StateOf<WorkStage>): WorkStage {
  return state.name === 'sending' && state.run.finished.length > 0 ? 'running' : state.name;
}

const STAGE_LABELS: Record<JobProgress['stage'], string> = {
  loading: 'Loading the model',
  features: 'Analyzing frames',
  matching: 'Finding matches',
};

/** How much of a part's job each stage takes. */
const STAGE_SPANS: Record<JobProgress['stage'], readonly [from: number, to: number]> = {
  loading: [0, 0],
  features: [0, 0.8],
  matching: [0.8, 1],
};

export interface Progress {
  label: string;
  /** Null while unknown. */
  fraction: number | null;
}

function progressOf(state: StateOf<WorkStage>, targets: number, connected: boolean): Progress {
  switch (state.name) {
    case 'exporting':
      return { label: `${state.done} of ${count(state.total, 'frame')}`, fraction: state.done / state.total };
    case 'sending': {
      if (!connected) return { label: 'Connecting…', fraction: null };
      const { part, unanswered } = state;
      if (part === null) return { label: 'Starting…', fraction: null };
      const frames = [part.request.source, ...part.request.targets.map(({ frame }) => frame)];
      const total = new Set(frames.map(({ imageId }) => imageId)).size;
      const sent = total - unanswered.length;
      return ofAllParts(state, targets, { label: `${sent} of ${count(total, 'image')}`, fraction: sent / total }, 0);
    }
    case 'running': {
      if (!connected) return { label: 'Reconnecting… The run continues.', fraction: null };
      if (state.position > 0) return { label: `Waiting for ${count(state.position, 'other run')}`, fraction: null };
      if (state.progress === null) return ofAllParts(state, targets, { label: 'Starting…', fraction: null }, 0);
      const { stage, done, total, elapsedMs } = state.progress;
      const fraction = Math.min(done / total, 1);
      const [from, to] = STAGE_SPANS[stage];
      const label = `${STAGE_LABELS[stage]}, ${done} of ${total} (${seconds(elapsedMs)})`;
      return ofAllParts(state, targets, { label, fraction }, from + (to - from) * fraction);
    }
  }
}

/**
 * The progress over all parts of a run; of a run in one part, its own.
 * @param own progress of the part
 * @param ofPart the fraction of the part's job that is done
 */
function ofAllParts(
  { run, part }: StateOf<'sending' | 'running'>,
  targets: number,
  own: Progress,
  ofPart: number,
): Progress {
  const [finished, current] = [run.finished.length, part?.request.targets.length ?? 0];
  const all = Math.max(targets - run.failed.length, finished + current);
  if (current === all) return own;
  return {
    label: `${own.label} · ${finished} of ${count(all, 'frame')} done`,
    fraction: Math.min((finished + ofPart * current) / all, 1),
  };
}
