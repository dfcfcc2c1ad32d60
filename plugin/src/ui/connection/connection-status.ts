import type { ConnectionState, Display } from './connection.js';

/** Connection states that need the user and have a screen of their own. */
export type Obstacle = Extract<
  ConnectionState,
  {
    name:
      | 'browser-blocked'
      | 'browser-denied'
      | 'daemon-missing'
      | 'not-paired'
      | 'pairing'
      | 'version-mismatch'
      | 'replaced'
      | 'refused';
  }
>;

/** The obstacle to show instead of the flow; null for states that pass without the user. */
export function obstacleOf(state: ConnectionState): Obstacle | null {
  switch (state.name) {
    case 'browser-blocked':
    case 'browser-denied':
    case 'daemon-missing':
    case 'not-paired':
    case 'pairing':
    case 'version-mismatch':
    case 'replaced':
    case 'refused':
      return state;
    case 'checking':
      return obstacleShown(state.display);
    case 'idle':
    case 'connecting':
    case 'ready':
    case 'lost':
      return null;
  }
}

function obstacleShown(display: Display): Obstacle | null {
  switch (display) {
    case 'browser-denied':
      return { name: 'browser-denied' };
    case 'daemon-missing':
    case 'daemon-asks':
      return { name: 'daemon-missing', asks: display === 'daemon-asks' };
    case 'checking':
    case 'lost':
      return null;
  }
}

/** The connection state as the footer of the pick screen shows it. */
export function connectionLabel(state: ConnectionState): { label: string; online: boolean } {
  switch (state.name) {
    case 'ready':
      return { label: `Ready on ${state.welcome.device.description}`, online: true };
    case 'lost':
      return { label: 'Connection lost. Reconnecting…', online: false };
    case 'checking':
      return state.display === 'lost'
        ? { label: 'Connection lost. Reconnecting…', online: false }
        : { label: 'Looking for Samepoint on this computer…', online: false };
    case 'idle':
    case 'connecting':
    case 'pairing':
      return { label: 'Connecting…', online: false };
    case 'browser-blocked':
    case 'browser-denied':
    case 'daemon-missing':
    case 'not-paired':
    case 'version-mismatch':
    case 'replaced':
    case 'refused':
      return { label: 'Not connected', online: false };
  }
}
