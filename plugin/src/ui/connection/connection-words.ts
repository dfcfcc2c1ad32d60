import type { ConnectionState } from './connection.js';

/** The state of the connection for the foot of the first screen. */
export function connectionWords(state: ConnectionState): { words: string; online: boolean } {
  switch (state.name) {
    case 'ready':
      return { words: `Ready on ${state.welcome.device.description}`, online: true };
    case 'lost':
      return { words: 'Connection lost. Reconnecting…', online: false };
    case 'checking':
      return state.shown === 'lost'
        ? { words: 'Connection lost. Reconnecting…', online: false }
        : { words: 'Looking for Samepoint on this computer…', online: false };
    case 'idle':
    case 'connecting':
    case 'pairing':
      return { words: 'Connecting…', online: false };
    case 'browser-blocked':
    case 'daemon-missing':
    case 'not-paired':
    case 'version-mismatch':
    case 'replaced':
    case 'refused':
      return { words: 'Not connected', online: false };
  }
}
