import { CLOSE_CODES, PORTS } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { BrowserAccess } from '../../../src/ui/connection/browser-access.js';
import {
  type Connection,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  type ConnectionTransition,
  INITIAL_CONNECTION,
  type ProbeOutcome,
  reduceConnection,
} from '../../../src/ui/connection/connection.js';
import { obstacleOf } from '../../../src/ui/connection/connection-status.js';
import { failure, welcome } from '../fixtures.js';

const TOKEN = 'T'.repeat(43);
const [FIRST, SECOND] = PORTS;
const START: ConnectionEvent = { type: 'start', settings: { token: TOKEN, port: FIRST } };
const UNREACHABLE = unreachable('allowed');
const WAIT: ConnectionEffect = { type: 'wait', ms: 3_000 };
const PAIRED: ProbeOutcome = { kind: 'session', daemon: 'd', protocol: { min: 1, max: 1 }, paired: true };
const UNPAIRED: ProbeOutcome = { ...PAIRED, paired: false };

function unreachable(access: BrowserAccess): ProbeOutcome {
  return { kind: 'unreachable', access };
}

function probed(outcome: ProbeOutcome, port: number = FIRST): ConnectionEvent {
  return { type: 'probed', port, outcome };
}

/** The last transition of a sequence from the initial state. */
function after(...events: ConnectionEvent[]): ConnectionTransition {
  return from(INITIAL_CONNECTION, ...events);
}

function from(connection: Connection, ...events: ConnectionEvent[]): ConnectionTransition {
  return events.reduce<ConnectionTransition>((transition, event) => reduceConnection(transition.connection, event), {
    connection,
    effects: [],
  });
}

const READY = after(START, probed(PAIRED), { type: 'welcome', welcome: welcome() }).connection;

describe('finding the daemon', () => {
  it('probes the saved port first, with the token', () => {
    const { effects } = after({ ...START, settings: { token: TOKEN, port: SECOND } });
    expect(effects).toEqual([{ type: 'probe', port: SECOND, token: TOKEN }]);
  });

  it('probes the other port if the first does not respond', () => {
    expect(after(START, probed(UNREACHABLE)).effects).toEqual([{ type: 'probe', port: SECOND, token: TOKEN }]);
  });

  it('reports a stopped daemon if no port responds, and keeps probing', () => {
    const missing = after(START, probed(UNREACHABLE), probed(UNREACHABLE, SECOND));
    expect(missing.effects).toEqual([WAIT]);
    const again = from(missing.connection, { type: 'wait.over' });
    expect(again.connection.state).toMatchObject({ name: 'checking', display: 'daemon-missing' });
    expect(again.effects).toEqual([{ type: 'probe', port: FIRST, token: TOKEN }]);
  });

  it.each<[BrowserAccess, ConnectionState, ConnectionEffect[]]>([
    ['blocked', { name: 'browser-blocked' }, []],
    ['denied', { name: 'browser-denied' }, [WAIT]],
    ['prompt', { name: 'daemon-missing', asks: true }, [WAIT]],
    ['allowed', { name: 'daemon-missing', asks: false }, [WAIT]],
  ])('if no port responds and access is %s, reports it', (access, state, effects) => {
    const missing = after(START, probed(UNREACHABLE), probed(unreachable(access), SECOND));
    expect(missing.connection.state).toEqual(state);
    expect(missing.effects).toEqual(effects);
  });

  it('keeps showing that access is denied while it probes again, and connects once it is allowed', () => {
    const denied = after(START, probed(UNREACHABLE), probed(unreachable('denied'), SECOND)).connection;
    const again = from(denied, { type: 'wait.over' }).connection;
    expect(obstacleOf(again.state)).toEqual({ name: 'browser-denied' });
    expect(from(again, probed(PAIRED)).connection.state.name).toBe('connecting');
  });

  it('forgets the pairing, and pairs again on the same port', () => {
    const { connection, effects } = from(READY, { type: 'unpair' });
    expect(connection.state).toEqual({ name: 'not-paired', port: FIRST, error: null });
    expect(effects).toContainEqual({ type: 'save', settings: { token: null, port: FIRST } });
  });

  it('saves the port that responded', () => {
    const settings = { token: TOKEN, port: SECOND };
    expect(after(START, probed(UNREACHABLE), probed(PAIRED, SECOND)).effects).toEqual([
      { type: 'save', settings },
      { type: 'open', ...settings },
    ]);
  });

  it('ignores a late response of another port', () => {
    const step = after(START, probed(UNREACHABLE), probed(PAIRED, FIRST));
    expect(step.connection.state).toMatchObject({ name: 'checking', ports: [SECOND] });
  });

  it('reports the outdated side if no version is shared', () => {
    const newer = after(START, probed({ ...PAIRED, protocol: { min: 2, max: 3 } }));
    expect(newer.connection.state).toEqual({ name: 'version-mismatch', update: 'client' });
  });
});

describe('pairing', () => {
  it.each([
    ['the daemon rejects the token', after(START, probed(UNPAIRED))],
    ['the probe fails with NOT_PAIRED', after(START, probed({ kind: 'refused', error: failure('NOT_PAIRED') }))],
    ['there is no token yet', after({ ...START, settings: { token: null, port: FIRST } }, probed(PAIRED))],
  ])('requires the code if %s', (_, step) => {
    expect(step.connection.state).toEqual({ name: 'not-paired', port: FIRST, error: null });
  });

  const pairing = after(START, probed(UNPAIRED), { type: 'pair', code: '123456' });

  it('sends the code to the port that responded', () => {
    expect(pairing.effects).toEqual([{ type: 'pair', port: FIRST, code: '123456' }]);
  });

  it('saves the token and connects', () => {
    const settings = { token: 'new', port: FIRST };
    expect(from(pairing.connection, { type: 'paired', token: 'new' }).effects).toEqual([
      { type: 'save', settings },
      { type: 'open', ...settings },
    ]);
  });

  it('keeps the error of a wrong code and accepts another', () => {
    const error = failure('PAIRING_CODE_WRONG');
    const refused = from(pairing.connection, { type: 'pair.failed', error });
    expect(refused.connection.state).toEqual({ name: 'not-paired', port: FIRST, error });
    expect(from(refused.connection, { type: 'pair', code: '654321' }).connection.state.name).toBe('pairing');
  });

  it('reports a daemon that stopped meanwhile', () => {
    expect(from(pairing.connection, { type: 'pair.unreachable', access: 'allowed' }).connection.state.name).toBe(
      'daemon-missing',
    );
  });

  it('drops a token that the daemon rejects', () => {
    const step = from(READY, { type: 'closed', code: CLOSE_CODES.notPaired });
    expect(step.connection.state.name).toBe('not-paired');
    expect(step.effects).toEqual([{ type: 'save', settings: { token: null, port: FIRST } }]);
  });
});

describe('a lost connection', () => {
  it('backs off after each attempt, then reports a stopped daemon', () => {
    let step = from(READY, { type: 'closed', code: 1006 });
    const waits: number[] = [];
    while (step.connection.state.name === 'lost') {
      waits.push(...step.effects.flatMap((effect) => (effect.type === 'wait' ? effect.ms : [])));
      step = from(step.connection, { type: 'wait.over' }, probed(UNREACHABLE), probed(UNREACHABLE, SECOND));
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    expect(step.connection.state.name).toBe('daemon-missing');
  });

  it('counts failed upgrades as attempts', () => {
    const closed: ConnectionEvent = { type: 'closed', code: 1006 };
    const step = from(READY, closed, { type: 'wait.over' }, probed(PAIRED), closed);
    expect(step.connection.state).toEqual({ name: 'lost', attempt: 1 });
  });

  it('is ready after a welcome, and resets the attempts', () => {
    const closed: ConnectionEvent = { type: 'closed', code: CLOSE_CODES.goingAway };
    const again = from(READY, closed, { type: 'wait.over' }, probed(PAIRED), { type: 'welcome', welcome: welcome() });
    expect(again.connection.state.name).toBe('ready');
    expect(from(again.connection, closed).connection.state).toEqual({ name: 'lost', attempt: 0 });
  });

  it('leaves the connection to another window', () => {
    const step = from(READY, { type: 'closed', code: CLOSE_CODES.replaced });
    expect(step).toEqual({ connection: { ...READY, state: { name: 'replaced' } }, effects: [] });
    expect(from(step.connection, { type: 'retry' }).connection.state.name).toBe('checking');
  });

  it('keeps the error of a bye when the socket closes after it', () => {
    const error = failure('TOO_MANY_CONNECTIONS');
    const step = from(READY, { type: 'bye', error }, { type: 'closed', code: 1000 });
    expect(step.connection.state).toEqual({ name: 'refused', error });
  });

  it.each([['client'], ['daemon']] as const)('reads the outdated %s from the bye', (update) => {
    const error = failure('PROTOCOL_MISMATCH', { details: { update } });
    expect(from(READY, { type: 'bye', error }).connection.state).toEqual({ name: 'version-mismatch', update });
  });
});

it('does not probe twice at the same time', () => {
  const checking = after(START).connection;
  expect(from(checking, { type: 'retry' })).toEqual({ connection: checking, effects: [] });
  expect(from(READY, { type: 'retry' })).toEqual({ connection: READY, effects: [] });
});
