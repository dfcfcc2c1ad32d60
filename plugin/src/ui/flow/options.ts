import { enter, type Flow, type Transition } from './state.js';

/** Opens “Connect…”: the connection to the daemon, or what prevents it. */
export function openConnect(flow: Flow): Transition {
  return enter(flow, { name: 'connect' });
}

/** Opens “Preferences…”. */
export function openPreferences(flow: Flow): Transition {
  return enter(flow, { name: 'preferences' });
}
