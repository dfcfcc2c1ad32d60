import type { Flow, FlowEvent } from '../flow/state.js';
import { Button, Screen } from './components.js';
import { BackendSection } from './pick-view.js';

interface PreferencesViewProps {
  flow: Flow;
  dispatch: (event: FlowEvent) => void;
}

/** “Preferences…”: what the designer prefers in all files. */
export function PreferencesView({ flow, dispatch }: PreferencesViewProps) {
  return (
    <Screen
      title="Preferences"
      bar={<h1>Preferences</h1>}
      footer={
        <Button look="primary" wide onClick={() => dispatch({ type: 'close' })}>
          Done
        </Button>
      }
    >
      <BackendSection flow={flow} dispatch={dispatch} />
    </Screen>
  );
}
