import type { Connection, ConnectionEvent } from '../connection/connection.js';
import { connectionLabel } from '../connection/connection-status.js';
import type { FlowEvent } from '../flow/state.js';
import { Button, Screen } from './components.js';

interface ConnectViewProps {
  connection: Connection;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

/** “Connect…”: the daemon that the plugin is connected to. What prevents a connection has a screen of its own. */
export function ConnectView({ connection, dispatch }: ConnectViewProps) {
  return (
    <Screen
      title="Connect"
      bar={<h1>Connect</h1>}
      footer={
        <Button look="primary" wide onClick={() => dispatch({ type: 'close' })}>
          Done
        </Button>
      }
    >
      <p role="status">{connectionLabel(connection.state).label}</p>
    </Screen>
  );
}
