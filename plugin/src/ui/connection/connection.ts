import {
  CLOSE_CODES,
  type DaemonMessage,
  type ErrorPayload,
  negotiateVersion,
  PORTS,
  PROTOCOL,
  type VersionRange,
} from '@samepoint/shared-protocol';
import type { Settings } from '../../shared/messages.js';
import type { BrowserAccess } from './browser-access.js';

/** Timing of the connection. */
export const CONNECTION_TIMING = {
  /** Delays between attempts to reconnect; after the last one the daemon counts as stopped. */
  backOffMs: [500, 1_000, 2_000, 4_000],
  /** Interval between probes while the daemon is stopped. */
  pollMs: 3_000,
  /** Timeout of an HTTP request; a local daemon answers in milliseconds. */
  httpTimeoutMs: 4_000,
} as const;

export type Welcome = Extract<DaemonMessage, { type: 'welcome' }>;

/** The outcome of `GET /v1/session`. */
export type ProbeOutcome =
  /** `access`: what the browser allows, which may be the reason. */
  | { kind: 'unreachable'; access: BrowserAccess }
  | { kind: 'session'; daemon: string; protocol: VersionRange; paired: boolean }
  | { kind: 'refused'; error: ErrorPayload };

/** What the screen shows while the ports are probed. */
export type Display = 'checking' | 'lost' | 'browser-denied' | 'daemon-missing' | 'daemon-asks';

export type ConnectionState =
  | { name: 'idle' }
  /** The browser never lets the page connect to this computer. */
  | { name: 'browser-blocked' }
  /** The user denied it in the browser. */
  | { name: 'browser-denied' }
  /** Probes each port in turn; `display` is the state that the screen keeps showing. */
  | { name: 'checking'; ports: readonly number[]; attempt: number; display: Display }
  /** `asks`: the browser asks the user for permission, so that the daemon may be running. */
  | { name: 'daemon-missing'; asks: boolean }
  | { name: 'not-paired'; port: number; error: ErrorPayload | null }
  | { name: 'pairing'; port: number }
  | { name: 'connecting'; port: number; attempt: number }
  | { name: 'ready'; port: number; welcome: Welcome }
  | { name: 'lost'; attempt: number }
  | { name: 'version-mismatch'; update: 'client' | 'daemon' }
  /** Another window of the plugin is connected now. */
  | { name: 'replaced' }
  | { name: 'refused'; error: ErrorPayload };

export interface Connection {
  settings: Settings;
  state: ConnectionState;
}

export type ConnectionEvent =
  | { type: 'start'; settings: Settings }
  | { type: 'probed'; port: number; outcome: ProbeOutcome }
  | { type: 'pair'; code: string }
  | { type: 'paired'; token: string }
  | { type: 'pair.failed'; error: ErrorPayload }
  /** The pairing request got no response. */
  | { type: 'pair.unreachable'; access: BrowserAccess }
  | { type: 'welcome'; welcome: Welcome }
  | { type: 'bye'; error: ErrorPayload }
  | { type: 'closed'; code: number }
  /** Forgets the pairing with this computer. */
  | { type: 'unpair' }
  /** The button "Try again". */
  | { type: 'retry' }
  /** The delay of a `wait` effect is over. */
  | { type: 'wait.over' };

export type ConnectionEffect =
  | { type: 'probe'; port: number; token: string | null }
  | { type: 'pair'; port: number; code: string }
  | { type: 'open'; port: number; token: string }
  | { type: 'wait'; ms: number }
  | { type: 'save'; settings: Settings };

/** The connection after an event, and the effects that the store runs. */
export interface ConnectionTransition {
  connection: Connection;
  effects: ConnectionEffect[];
}

export const INITIAL_CONNECTION: Connection = {
  settings: { token: null, port: PORTS[0] },
  state: { name: 'idle' },
};

/** Returns the next state and the effects of an event. An event without meaning in the current state is ignored. */
export function reduceConnection(connection: Connection, event: ConnectionEvent): ConnectionTransition {
  const { state } = connection;
  switch (event.type) {
    case 'start':
      return state.name === 'idle'
        ? check({ ...connection, settings: event.settings }, 0, 'checking')
        : stay(connection);
    case 'probed':
      return state.name === 'checking' && state.ports[0] === event.port
        ? afterProbe(connection, state, event.port, event.outcome)
        : stay(connection);
    case 'pair':
      return state.name === 'not-paired' ? startPairing(connection, state.port, event.code) : stay(connection);
    case 'paired':
    case 'pair.failed':
    case 'pair.unreachable':
      return state.name === 'pairing' ? afterPairing(connection, state.port, event) : stay(connection);
    case 'welcome':
      return state.name === 'connecting'
        ? enter(connection, { name: 'ready', port: state.port, welcome: event.welcome })
        : stay(connection);
    case 'bye':
      return isOnline(state) ? afterBye(connection, event.error) : stay(connection);
    case 'closed':
      return isOnline(state) ? afterClose(connection, event.code) : stay(connection);
    case 'retry':
      if (!isSettled(state)) return stay(connection);
      return check(connection, 0, displayOf(state) ?? 'checking');
    case 'unpair':
      return isOnline(state) || isSettled(state) ? unpair(connection) : stay(connection);
    case 'wait.over': {
      if (state.name === 'lost') return check(connection, state.attempt, 'lost');
      const display = displayOf(state);
      return display === null ? stay(connection) : check(connection, 0, display);
    }
  }
}

function stay(connection: Connection): ConnectionTransition {
  return { connection, effects: [] };
}

function enter(connection: Connection, state: ConnectionState, effects: ConnectionEffect[] = []): ConnectionTransition {
  return { connection: { ...connection, state }, effects };
}

type Checking = Extract<ConnectionState, { name: 'checking' }>;

function check(connection: Connection, attempt: number, display: Checking['display']): ConnectionTransition {
  const { port, token } = connection.settings;
  const ports = [port, ...PORTS.filter((other) => other !== port)];
  return enter(connection, { name: 'checking', ports, attempt, display }, [{ type: 'probe', port, token }]);
}

function afterProbe(
  connection: Connection,
  state: Checking,
  port: number,
  outcome: ProbeOutcome,
): ConnectionTransition {
  switch (outcome.kind) {
    case 'unreachable':
      return afterNoResponse(connection, state, outcome.access);
    case 'refused':
      return outcome.error.code === 'NOT_PAIRED'
        ? enter(connection, { name: 'not-paired', port, error: null })
        : afterBye(connection, outcome.error);
    case 'session': {
      const { token } = connection.settings;
      const negotiation = negotiateVersion(PROTOCOL, outcome.protocol);
      if (!negotiation.ok) return enter(connection, { name: 'version-mismatch', update: negotiation.update });
      if (!outcome.paired || token === null) return enter(connection, { name: 'not-paired', port, error: null });
      return open(connection, { token, port }, state.attempt);
    }
  }
}

function afterNoResponse(connection: Connection, state: Checking, access: BrowserAccess): ConnectionTransition {
  const ports = state.ports.slice(1);
  const [next] = ports;
  if (next !== undefined) {
    return enter(connection, { ...state, ports }, [{ type: 'probe', port: next, token: connection.settings.token }]);
  }
  return state.display === 'lost' ? lose(connection, state.attempt + 1, access) : showMissing(connection, access);
}

/** Shows why no port answered, and keeps probing unless the browser never allows it. */
function showMissing(connection: Connection, access: BrowserAccess): ConnectionTransition {
  const wait: ConnectionEffect[] = [{ type: 'wait', ms: CONNECTION_TIMING.pollMs }];
  switch (access) {
    case 'blocked':
      return enter(connection, { name: 'browser-blocked' });
    case 'denied':
      return enter(connection, { name: 'browser-denied' }, wait);
    case 'prompt':
    case 'allowed':
      return enter(connection, { name: 'daemon-missing', asks: access === 'prompt' }, wait);
  }
}

/** What the screen keeps showing during the next probe; null if nothing is probed again without the user. */
function displayOf(state: ConnectionState): Display | null {
  if (state.name === 'browser-denied') return 'browser-denied';
  if (state.name !== 'daemon-missing') return null;
  return state.asks ? 'daemon-asks' : 'daemon-missing';
}

function lose(connection: Connection, attempt: number, access: BrowserAccess): ConnectionTransition {
  const ms = CONNECTION_TIMING.backOffMs[attempt];
  return ms === undefined
    ? showMissing(connection, access)
    : enter(connection, { name: 'lost', attempt }, [{ type: 'wait', ms }]);
}

function open(
  connection: Connection,
  settings: { token: string; port: number },
  attempt: number,
): ConnectionTransition {
  const { token, port } = settings;
  const isChanged = token !== connection.settings.token || port !== connection.settings.port;
  return enter({ ...connection, settings }, { name: 'connecting', port, attempt }, [
    ...(isChanged ? [{ type: 'save', settings } as const] : []),
    { type: 'open', port, token },
  ]);
}

function startPairing(connection: Connection, port: number, code: string): ConnectionTransition {
  return enter(connection, { name: 'pairing', port }, [{ type: 'pair', port, code }]);
}

type PairingEvent = Extract<ConnectionEvent, { type: 'paired' | 'pair.failed' | 'pair.unreachable' }>;

function afterPairing(connection: Connection, port: number, event: PairingEvent): ConnectionTransition {
  switch (event.type) {
    case 'paired':
      return open(connection, { token: event.token, port }, 0);
    case 'pair.failed':
      return enter(connection, { name: 'not-paired', port, error: event.error });
    case 'pair.unreachable':
      return showMissing(connection, event.access);
  }
}

function afterBye(connection: Connection, error: ErrorPayload): ConnectionTransition {
  switch (error.code) {
    case 'NOT_PAIRED':
      return unpair(connection);
    case 'PROTOCOL_MISMATCH': {
      const update = error.details?.update === 'client' ? 'client' : 'daemon';
      return enter(connection, { name: 'version-mismatch', update });
    }
    default:
      return enter(connection, { name: 'refused', error });
  }
}

/** Drops the token; the next pairing replaces it. */
function unpair(connection: Connection): ConnectionTransition {
  const settings = { ...connection.settings, token: null };
  const { port } = settings;
  return enter({ ...connection, settings }, { name: 'not-paired', port, error: null }, [{ type: 'save', settings }]);
}

function afterClose(connection: Connection, code: number): ConnectionTransition {
  const { state } = connection;
  switch (code) {
    case CLOSE_CODES.notPaired:
      return unpair(connection);
    case CLOSE_CODES.protocolMismatch:
      return enter(connection, { name: 'version-mismatch', update: 'daemon' });
    case CLOSE_CODES.replaced:
      return enter(connection, { name: 'replaced' });
    default:
      // the probe before had an answer, so that the browser allows it
      return lose(connection, state.name === 'connecting' ? state.attempt + 1 : 0, 'allowed');
  }
}

/** A socket is open or opening. */
function isOnline(state: ConnectionState): boolean {
  return state.name === 'connecting' || state.name === 'ready';
}

/** Nothing is in progress that "Try again" would interrupt. */
function isSettled(state: ConnectionState): boolean {
  return !isOnline(state) && state.name !== 'checking' && state.name !== 'pairing' && state.name !== 'idle';
}
