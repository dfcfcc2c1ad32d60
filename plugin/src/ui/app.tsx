import { useEffect } from 'preact/hooks';
import type { ConnectionEvent } from './connection/connection.js';
import { connectionLabel, obstacleOf } from './connection/connection-status.js';
import { escapeEvent } from './flow/escape.js';
import { type FlowEvent, needsDaemon } from './flow/state.js';
import type { AppState } from './store.js';
import { AlignView } from './views/align/align-view.js';
import { Screen } from './views/components.js';
import { ConnectView } from './views/connect-view.js';
import { ConnectionView } from './views/connection-view.js';
import { DoneView } from './views/done-view.js';
import { EditsDoneView } from './views/edits/edits-done-view.js';
import { EditsPreviewView } from './views/edits/edits-preview-view.js';
import { FailedView } from './views/failed-view.js';
import { HomeView } from './views/home-view.js';
import { InspectView } from './views/inspect/inspect-view.js';
import { PickView } from './views/pick-view.js';
import { PicturesView } from './views/pictures/pictures-view.js';
import { PreferencesView } from './views/preferences-view.js';
import { PreviewView } from './views/preview/preview-view.js';
import { RemoveView } from './views/remove/remove-view.js';
import { SelectView } from './views/select-view.js';
import { TrackView, TrackWorkView } from './views/track/track-view.js';
import { WorkView } from './views/work-view.js';

interface AppProps {
  state: AppState;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

/** The screen of the current state. An obstacle of the connection covers states that need the daemon. */
export function App({ state: { connection, flow }, dispatch, connect }: AppProps) {
  const { state } = flow;
  const obstacle = needsDaemon(state) ? obstacleOf(connection.state) : null;
  // a run that waits for a connection is stored, and resumes in the next window
  useEscape(obstacle === null ? escapeEvent(flow) : { type: 'close' }, dispatch);
  if (obstacle !== null) return <ConnectionView obstacle={obstacle} connect={connect} />;
  switch (state.name) {
    case 'waiting':
      return (
        <Screen title="Starting">
          <div class="message">
            <h1>Starting…</h1>
          </div>
        </Screen>
      );
    case 'home':
      return <HomeView editor={state.editor} dispatch={dispatch} />;
    case 'connect':
      return <ConnectView connection={connection} dispatch={dispatch} connect={connect} />;
    case 'preferences':
      return <PreferencesView flow={flow} dispatch={dispatch} />;
    case 'pick':
      return (
        <PickView flow={flow} problem={state.problem} dispatch={dispatch} status={connectionLabel(connection.state)} />
      );
    case 'pictures':
      return <PicturesView flow={flow} state={state.pictures} dispatch={dispatch} connect={connect} />;
    case 'inspect':
      return (
        <InspectView
          flow={flow}
          state={state.inspect}
          status={connectionLabel(connection.state)}
          dispatch={dispatch}
          connect={connect}
        />
      );
    case 'remove':
      return <RemoveView state={state.remove} selected={flow.selection.frames.length} dispatch={dispatch} />;
    case 'align':
      return <AlignView flow={flow} state={state.align} dispatch={dispatch} connect={connect} />;
    case 'track':
      return <TrackView flow={flow} state={state.track} dispatch={dispatch} connect={connect} />;
    case 'exporting':
    case 'sending':
    case 'running':
      if (state.name === 'exporting' && flow.command === 'track-frames') {
        return <TrackWorkView flow={flow} state={state} dispatch={dispatch} />;
      }
      return (
        <WorkView
          state={state}
          targets={flow.picks.targets.length}
          connected={flow.daemon.connected}
          dispatch={dispatch}
        />
      );
    case 'failed':
      return <FailedView flow={flow} failure={state} dispatch={dispatch} connect={connect} />;
    case 'preview':
      return <PreviewView flow={flow} preview={state} applying={false} dispatch={dispatch} />;
    case 'applying':
      return <PreviewView flow={flow} preview={state.preview} applying dispatch={dispatch} />;
    case 'selected':
      return <SelectView flow={flow} state={state} dispatch={dispatch} />;
    case 'done':
      return <DoneView flow={flow} state={state} dispatch={dispatch} />;
    case 'edits':
      return <EditsPreviewView flow={flow} preview={state} applying={false} dispatch={dispatch} />;
    case 'applying-edits':
      return <EditsPreviewView flow={flow} preview={state.preview} applying dispatch={dispatch} />;
    case 'edits-done':
      return <EditsDoneView state={state} dispatch={dispatch} />;
  }
}

/** Dispatches `event` for the Escape key, unless a control of the screen has used the key. */
function useEscape(event: FlowEvent | null, dispatch: AppProps['dispatch']): void {
  useEffect(() => {
    const onKeyDown = (pressed: KeyboardEvent) => {
      if (pressed.key !== 'Escape' || pressed.defaultPrevented || event === null) return;
      pressed.preventDefault();
      dispatch(event);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });
}
