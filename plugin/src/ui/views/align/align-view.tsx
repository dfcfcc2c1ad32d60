import type { ConnectionEvent } from '../../connection/connection.js';
import type { AlignStep } from '../../flow/align/align-state.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { FailedView } from '../failed-view.js';
import { jobProgress, RunScreen } from '../work-view.js';
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
      return <FailedView flow={flow} failure={state} dispatch={dispatch} connect={connect} />;
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
  return (
    <RunScreen
      title="Aligning"
      heading={`Aligning “${versions.before.name}” with “${versions.after.name}”`}
      stages={STAGES}
      current={job.phase === 'sending' ? 1 : 2}
      progress={jobProgress(job, connected, 'Sending the frames…')}
      dispatch={dispatch}
    />
  );
}
