import type { Backend } from '@samepoint/shared-protocol';
import type { Connection, ConnectionEvent, Welcome } from '../connection/connection.js';
import { connectionLabel } from '../connection/connection-status.js';
import type { FlowEvent } from '../flow/state.js';
import { Button, Screen } from './components.js';

interface ConnectViewProps {
  connection: Connection;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

/** “Connect…”: the daemon that the plugin is connected to. What prevents a connection has a screen of its own. */
export function ConnectView({ connection, dispatch, connect }: ConnectViewProps) {
  const { state } = connection;
  const { label, online } = connectionLabel(state);
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
      <section class="section">
        <p class="footer-text" role="status">
          <span class={online ? 'dot online' : 'dot'} aria-hidden="true" />
          <span>{online ? 'Connected to Samepoint on this computer' : label}</span>
        </p>
        {state.name === 'ready' ? <Facts welcome={state.welcome} port={state.port} /> : null}
      </section>
      {state.name === 'ready' ? <Pairing connect={connect} /> : null}
    </Screen>
  );
}

function Facts({ welcome, port }: { welcome: Welcome; port: number }) {
  const facts = [
    ['Version', welcome.daemon],
    ['Device', welcome.device.description],
    ['Address', `localhost:${port}`],
    ['Models', welcome.backends.map(backendText).join(', ')],
  ] as const;
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function backendText({ title, state }: Backend): string {
  return state === 'missing' ? `${title} (not downloaded)` : title;
}

function Pairing({ connect }: Pick<ConnectViewProps, 'connect'>) {
  return (
    <section class="section" aria-label="Pairing">
      <h2>Pairing</h2>
      <p class="secondary-text">
        The plugin is paired with this computer. After you forget it, the plugin asks for a code from the terminal.
      </p>
      <Button onClick={() => connect({ type: 'unpair' })}>Forget pairing</Button>
    </section>
  );
}
