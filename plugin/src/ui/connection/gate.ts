import type { Step } from '../flow/flow-state.js';
import type { ConnectionState } from './connection.js';

/** States of the connection that need the designer before anything else can go on. */
export type Obstacle = Extract<
  ConnectionState,
  {
    name: 'browser-blocked' | 'daemon-missing' | 'not-paired' | 'pairing' | 'version-mismatch' | 'replaced' | 'refused';
  }
>;

/**
 * The obstacle whose screen is shown instead of the flow's, or null. A preview and what follows need no daemon,
 * and an export goes on without one; the flow underneath keeps everything.
 */
export function obstacleOf(state: ConnectionState, step: Step): Obstacle | null {
  return needsDaemon(step) ? obstacleIn(state) : null;
}

function needsDaemon(step: Step): boolean {
  switch (step.name) {
    case 'pick':
    case 'sending':
    case 'running':
    case 'failed':
      return true;
    case 'waiting':
    case 'exporting':
    case 'preview':
    case 'applying':
    case 'done':
      return false;
  }
}

function obstacleIn(state: ConnectionState): Obstacle | null {
  switch (state.name) {
    case 'browser-blocked':
    case 'daemon-missing':
    case 'not-paired':
    case 'pairing':
    case 'version-mismatch':
    case 'replaced':
    case 'refused':
      return state;
    case 'checking':
      return state.shown === 'daemon-missing' ? { name: 'daemon-missing' } : null;
    case 'idle':
    case 'connecting':
    case 'ready':
    case 'lost':
      return null;
  }
}
