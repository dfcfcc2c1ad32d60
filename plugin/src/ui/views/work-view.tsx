import type { JobProgress } from '@samepoint/shared-protocol';
import { count, seconds } from '../../shared/text.js';
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

/** The progress of a run, with a cancel button. */
export function WorkView({ state, targets, connected, dispatch }: WorkViewProps) {
  const current = STAGES.findIndex(({ name }) => name === state.name);
  const { label, fraction } = progressOf(state, connected);
  return (
    <Screen
      title="Finding matches"
      footer={
        <Button wide onClick={() => dispatch({ type: 'cancel' })}>
          Cancel
        </Button>
      }
    >
      <div class="work">
        <h1>Finding matches in {count(targets, 'frame')}</h1>
        <ol class="steps">
          {STAGES.map((stage, index) => (
            <li
              key={stage.name}
              class={index < current ? 'step past' : index === current ? 'step now' : 'step'}
              {...(index === current ? { 'aria-current': 'step' } : {})}
            >
              <span class="step-mark" aria-hidden="true" />
              {stage.label}
            </li>
          ))}
        </ol>
        <ProgressBar label={label} fraction={fraction} />
        <p class="secondary-text">You can close the plugin. It resumes here when you open it again.</p>
      </div>
    </Screen>
  );
}

const STAGE_LABELS: Record<JobProgress['stage'], string> = {
  loading: 'Loading the model',
  features: 'Analyzing frames',
  matching: 'Finding matches',
};

function progressOf(state: StateOf<WorkStage>, connected: boolean): { label: string; fraction: number | null } {
  switch (state.name) {
    case 'exporting':
      return { label: `${state.done} of ${count(state.total, 'frame')}`, fraction: state.done / state.total };
    case 'sending': {
      if (!connected) return { label: 'Connecting…', fraction: null };
      const total = new Set(state.run.frames.map((frame) => frame.imageId)).size;
      const sent = total - state.unanswered.length;
      return { label: `${sent} of ${count(total, 'image')}`, fraction: sent / total };
    }
    case 'running': {
      if (!connected) return { label: 'Reconnecting… The run continues.', fraction: null };
      if (state.position > 0) return { label: `Waiting for ${count(state.position, 'other run')}`, fraction: null };
      if (state.progress === null) return { label: 'Starting…', fraction: null };
      const { stage, done, total, elapsedMs } = state.progress;
      return {
        label: `${STAGE_LABELS[stage]}, ${done} of ${total} (${seconds(elapsedMs)})`,
        fraction: Math.min(done / total, 1),
      };
    }
  }
}
