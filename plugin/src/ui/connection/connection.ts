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
import { CONNECTION_TUNING } from '../tuning.js';

export type Welcome = Extract<DaemonMessage, { type: 'welcome' }>;

/** What `GET /v1/session` said. */
export type ProbeOutcome =
  | { kind: 'unreachable' }
  | { kind: 'session'; daemon: string; protocol: VersionRange; paired: boolean }
  | { kind: 'refused'; error: ErrorPayload };

export type ConnectionState =
  | { name: 'idle' }
  | { name: 'browser-blocked' }
  /** Asks each port in turn; `shown` is what the screen keeps saying meanwhile. */
  | { name: 'checking'; ports: readonly number[]; attempt: number; shown: 'checking' | 'daemon-missing' | 'lost' }
  | { name: 'daemon-missing' }
  | { name: 'not-paired'; port: number; error: ErrorPayload | null }
  | { name: 'pairing'; port: number }
  | { name: 'connecting'; port: number; attempt: number }
  | { name: 'ready'; port: number; welcome: Welcome }
  | { name: 'lost'; attempt: number }
  | { name: 'version-mismatch'; update: 'client' | 'daemon' }
  /** Another window of the same plugin took the connection over. */
  | { name: 'replaced' }
  | { name: 'refused'; error: ErrorPayload };

export interface Connection {
  settings: Settings;
  /** The browser says that it keeps pages away from this computer: the reason to show when nobody answers. */
  blocked: boolean;
  state: ConnectionState;
}

export type ConnectionEvent =
  | { type: 'start'; settings: Settings; blocked: boolean }
  | { type: 'probed'; port: number; outcome: ProbeOutcome }
  | { type: 'pair'; code: string }
  | { type: 'paired'; token: string }
  | { type: 'pair.failed'; error: ErrorPayload }
  /** Nobody answered the pairing request. */
  | { type: 'pair.unreachable' }
  | { type: 'welcome'; welcome: Welcome }
  | { type: 'bye'; error: ErrorPayload }
  | { type: 'closed'; code: number }
  /** The button "Try again". */
  | { type: 'retry' }
  /** The time that a `wait` effect asked for is over. */
  | { type: 'due' };

export type ConnectionEffect =
  | { type: 'probe'; port: number; token: string | null }
  | { type: 'pair'; port: number; code: string }
  | { type: 'open'; port: number; token: string }
  | { type: 'wait'; ms: number }
  | { type: 'save'; settings: Settings };

export interface ConnectionStep {
  connection: Connection;
  effects: ConnectionEffect[];
}

export const INITIAL_CONNECTION: Connection = {
  settings: { token: null, port: PORTS[0] },
  blocked: false,
  state: { name: 'idle' },
};

/** The next state and what to do. Events that make no sense in a state change nothing. */
export function stepConnection(connection: Connection, event: ConnectionEvent): ConnectionStep {
  const { state } = connection;
  switch (event.type) {
    case 'start':
      return state.name === 'idle'
        ? check({ ...connection, settings: event.settings, blocked: event.blocked }, 0, 'checking')
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
      return check(connection, 0, state.name === 'daemon-missing' ? 'daemon-missing' : 'checking');
    case 'due':
      if (state.name === 'daemon-missing') return check(connection, 0, 'daemon-missing');
      return state.name === 'lost' ? check(connection, state.attempt, 'lost') : stay(connection);
  }
}

function stay(connection: Connection): ConnectionStep {
  return { connection, effects: [] };
}

function enter(connection: Connection, state: ConnectionState, effects: ConnectionEffect[] = []): ConnectionStep {
  return { connection: { ...connection, state }, effects };
}

type Checking = Extract<ConnectionState, { name: 'checking' }>;

function check(connection: Connection, attempt: number, shown: Checking['shown']): ConnectionStep {
  const { port, token } = connection.settings;
  const ports = [port, ...PORTS.filter((other) => other !== port)];
  return enter(connection, { name: 'checking', ports, attempt, shown }, [{ type: 'probe', port, token }]);
}

function afterProbe(connection: Connection, state: Checking, port: number, outcome: ProbeOutcome): ConnectionStep {
  switch (outcome.kind) {
    case 'unreachable':
      return afterSilence(connection, state);
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

function afterSilence(connection: Connection, state: Checking): ConnectionStep {
  const ports = state.ports.slice(1);
  const [next] = ports;
  if (next !== undefined) {
    return enter(connection, { ...state, ports }, [{ type: 'probe', port: next, token: connection.settings.token }]);
  }
  return state.shown === 'lost' ? lose(connection, state.attempt + 1) : giveUp(connection);
}

function giveUp(connection: Connection): ConnectionStep {
  if (connection.blocked) return enter(connection, { name: 'browser-blocked' });
  return enter(connection, { name: 'daemon-missing' }, [{ type: 'wait', ms: CONNECTION_TUNING.pollMs }]);
}

function lose(connection: Connection, attempt: number): ConnectionStep {
  const ms = CONNECTION_TUNING.backOffMs[attempt];
  return ms === undefined ? giveUp(connection) : enter(connection, { name: 'lost', attempt }, [{ type: 'wait', ms }]);
}

function open(connection: Connection, settings: { token: string; port: number }, attempt: number): ConnectionStep {
  const { token, port } = settings;
  const isNew = token !== connection.settings.token || port !== connection.settings.port;
  return enter({ ...connection, settings }, { name: 'connecting', port, attempt }, [
    ...(isNew ? [{ type: 'save', settings } as const] : []),
    { type: 'open', port, token },
  ]);
}

function startPairing(connection: Connection, port: number, code: string): ConnectionStep {
  return enter(connection, { name: 'pairing', port }, [{ type: 'pair', port, code }]);
}

type PairingEvent = Extract<ConnectionEvent, { type: 'paired' | 'pair.failed' | 'pair.unreachable' }>;

function afterPairing(connection: Connection, port: number, event: PairingEvent): ConnectionStep {
  switch (event.type) {
    case 'paired':
      return open(connection, { token: event.token, port }, 0);
    case 'pair.failed':
      return enter(connection, { name: 'not-paired', port, error: event.error });
    case 'pair.unreachable':
      return giveUp(connection);
  }
}

function afterBye(connection: Connection, error: ErrorPayload): ConnectionStep {
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

/** A token that the daemon no longer knows is of no use; the next pairing replaces it. */
function unpair(connection: Connection): ConnectionStep {
  const settings = { ...connection.settings, token: null };
  const { port } = settings;
  return enter({ ...connection, settings }, { name: 'not-paired', port, error: null }, [{ type: 'save', settings }]);
}

function afterClose(connection: Connection, code: number): ConnectionStep {
  const { state } = connection;
  switch (code) {
    case CLOSE_CODES.notPaired:
      return unpair(connection);
    case CLOSE_CODES.protocolMismatch:
      return enter(connection, { name: 'version-mismatch', update: 'daemon' });
    case CLOSE_CODES.replaced:
      return enter(connection, { name: 'replaced' });
    default:
      return lose(connection, state.name === 'connecting' ? state.attempt + 1 : 0);
  }
}

/** A socket is open or being opened. */
function isOnline(state: ConnectionState): boolean {
  return state.name === 'connecting' || state.name === 'ready';
}

/** Nothing is under way that "Try again" would disturb. */
function isSettled(state: ConnectionState): boolean {
  return !isOnline(state) && state.name !== 'checking' && state.name !== 'pairing' && state.name !== 'idle';
}
