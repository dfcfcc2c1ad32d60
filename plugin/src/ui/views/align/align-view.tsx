import type { ConnectionEvent } from '../../connection/connection.js';
import type { AlignStep } from '../../flow/align/align-state.js';
import { missingBackend } from '../../flow/failure.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { Button, ProgressBar, Screen } from '../components.js';
import { FailedView } from '../failed-view.js';
import { jobProgress, Steps } from '../work-view.js';
import { ComparisonView } from './comparison-view.js';

interface AlignViewProps {
  flow: Flow;
  state: AlignStep;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

/** The screens of "Align and compare…" after the export. */
export function AlignView({ flow, state, dispatch, connect }: AlignViewProps) {
  switch (state.step) {
    case 'comparing':
      return <AligningView state={state} connected={flow.daemon.connected} dispatch={dispatch} />;
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
    case 'result':
      return <ComparisonView state={state} connected={flow.daemon.connected} dispatch={dispatch} />;
  }
}

const STAGES = [{ label: 'Export frames' }, { label: 'Send to Samepoint' }, { label: 'Align' }] as const;

interface AligningProps {
  state: Extract<AlignStep, { step: 'comparing' }>;
  connected: boolean;
  dispatch: (event: FlowEvent) => void;
}

function AligningView({ state: { job, versions }, connected, dispatch }: AligningProps) {
  const { label, fraction } = jobProgress(job, connected, 'Sending the frames…');
  return (
    <Screen
      title="Aligning"
      footer={
        <Button wide onClick={() => dispatch({ type: 'cancel' })}>
          Cancel
        </Button>
      }
    >
      <div class="work">
        <h1>
          Aligning “{versions.before.name}” with “{versions.after.name}”
        </h1>
        <Steps stages={STAGES} current={job.phase === 'sending' ? 1 : 2} />
        <ProgressBar label={label} fraction={fraction} />
        <p class="secondary-text">You can close the plugin. It resumes here when you open it again.</p>
      </div>
    </Screen>
  );
}
