import type { ConnectionEvent } from './connection/connection.js';
import { connectionWords } from './connection/connection-words.js';
import { obstacleOf } from './connection/gate.js';
import { wantedBackend } from './flow/flow-download.js';
import type { FlowEvent } from './flow/flow-state.js';
import type { State } from './store.js';
import { ConnectionView } from './views/connection-view.js';
import { DoneView } from './views/done-view.js';
import { FailedView } from './views/failed-view.js';
import { PickView } from './views/pick-view.js';
import { PreviewView } from './views/preview-view.js';
import { Screen } from './views/screen.js';
import { WorkView } from './views/work-view.js';

interface AppProps {
  state: State;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

/** The screen of a state. */
export function App({ state, dispatch, connect }: AppProps) {
  const { connection, flow } = state;
  const { step } = flow;
  const obstacle = obstacleOf(connection.state, step);
  if (obstacle !== null) return <ConnectionView obstacle={obstacle} connect={connect} />;
  switch (step.name) {
    case 'waiting':
      return <Screen title="Starting">{null}</Screen>;
    case 'pick':
      return (
        <PickView flow={flow} problem={step.problem} dispatch={dispatch} status={connectionWords(connection.state)} />
      );
    case 'exporting':
    case 'sending':
    case 'running':
      return (
        <WorkView step={step} targets={flow.picks.targets.length} connected={flow.link.connected} dispatch={dispatch} />
      );
    case 'failed':
      return (
        <FailedView
          error={step.error}
          download={step.download}
          wanted={wantedBackend(flow, step)}
          dispatch={dispatch}
          connect={connect}
        />
      );
    case 'preview':
      return <PreviewView flow={flow} preview={step} applying={false} dispatch={dispatch} />;
    case 'applying':
      return <PreviewView flow={flow} preview={step.preview} applying dispatch={dispatch} />;
    case 'done':
      return <DoneView flow={flow} step={step} dispatch={dispatch} />;
  }
}
