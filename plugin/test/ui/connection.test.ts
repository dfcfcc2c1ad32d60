import { CLOSE_CODES, PORTS } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import {
  type Connection,
  type ConnectionEvent,
  type ConnectionStep,
  INITIAL_CONNECTION,
  type ProbeOutcome,
  stepConnection,
} from '../../src/ui/connection/connection.js';
import { CONNECTION_TUNING } from '../../src/ui/tuning.js';
import { failure, welcome } from './fixtures.js';

const TOKEN = 'T'.repeat(43);
const [FIRST, SECOND] = PORTS;
const START: ConnectionEvent = { type: 'start', settings: { token: TOKEN, port: FIRST }, blocked: false };
const SILENCE: ProbeOutcome = { kind: 'unreachable' };
const PAIRED: ProbeOutcome = { kind: 'session', daemon: 'd', protocol: { min: 1, max: 1 }, paired: true };
const UNPAIRED: ProbeOutcome = { ...PAIRED, paired: false };

function probed(outcome: ProbeOutcome, port: number = FIRST): ConnectionEvent {
  return { type: 'probed', port, outcome };
}

/** The last step of a sequence that starts from nothing. */
function after(...events: ConnectionEvent[]): ConnectionStep {
  return from(INITIAL_CONNECTION, ...events);
}

function from(connection: Connection, ...events: ConnectionEvent[]): ConnectionStep {
  return events.reduce<ConnectionStep>((step, event) => stepConnection(step.connection, event), {
    connection,
    effects: [],
  });
}

const READY = after(START, probed(PAIRED), { type: 'welcome', welcome: welcome() }).connection;

describe('finding the daemon', () => {
  it('asks the saved port first, with the token', () => {
    const { effects } = after({ ...START, settings: { token: TOKEN, port: SECOND } });
    expect(effects).toEqual([{ type: 'probe', port: SECOND, token: TOKEN }]);
  });

  it('asks the other port when the first is silent', () => {
    expect(after(START, probed(SILENCE)).effects).toEqual([{ type: 'probe', port: SECOND, token: TOKEN }]);
  });

  it('says that the daemon does not run when all ports are silent, and looks again by itself', () => {
    const missing = after(START, probed(SILENCE), probed(SILENCE, SECOND));
    expect(missing.connection.state).toEqual({ name: 'daemon-missing' });
    expect(missing.effects).toEqual([{ type: 'wait', ms: CONNECTION_TUNING.pollMs }]);
    const again = from(missing.connection, { type: 'due' });
    expect(again.connection.state).toMatchObject({ name: 'checking', shown: 'daemon-missing' });
    expect(again.effects).toEqual([{ type: 'probe', port: FIRST, token: TOKEN }]);
  });

  it('blames the browser only when nobody answers', () => {
    const blocked: ConnectionEvent = { ...START, blocked: true };
    expect(after(blocked, probed(SILENCE), probed(SILENCE, SECOND)).connection.state.name).toBe('browser-blocked');
    expect(after(blocked, probed(PAIRED)).connection.state.name).toBe('connecting');
  });

  it('remembers the port that answered', () => {
    const settings = { token: TOKEN, port: SECOND };
    expect(after(START, probed(SILENCE), probed(PAIRED, SECOND)).effects).toEqual([
      { type: 'save', settings },
      { type: 'open', ...settings },
    ]);
  });

  it('ignores an answer that comes after another port was asked', () => {
    const step = after(START, probed(SILENCE), probed(PAIRED, FIRST));
    expect(step.connection.state).toMatchObject({ name: 'checking', ports: [SECOND] });
  });

  it('names the side to update when no version is shared', () => {
    const newer = after(START, probed({ ...PAIRED, protocol: { min: 2, max: 3 } }));
    expect(newer.connection.state).toEqual({ name: 'version-mismatch', update: 'client' });
  });
});

describe('pairing', () => {
  it.each([
    ['the daemon does not know the token', after(START, probed(UNPAIRED))],
    ['it answers NOT_PAIRED', after(START, probed({ kind: 'refused', error: failure('NOT_PAIRED') }))],
    ['there is no token yet', after({ ...START, settings: { token: null, port: FIRST } }, probed(PAIRED))],
  ])('asks for the code when %s', (_, step) => {
    expect(step.connection.state).toEqual({ name: 'not-paired', port: FIRST, error: null });
  });

  const pairing = after(START, probed(UNPAIRED), { type: 'pair', code: '123456' });

  it('sends the code to the port that answered', () => {
    expect(pairing.effects).toEqual([{ type: 'pair', port: FIRST, code: '123456' }]);
  });

  it('saves the token and connects', () => {
    const settings = { token: 'new', port: FIRST };
    expect(from(pairing.connection, { type: 'paired', token: 'new' }).effects).toEqual([
      { type: 'save', settings },
      { type: 'open', ...settings },
    ]);
  });

  it('shows why a code was refused and takes another', () => {
    const error = failure('PAIRING_CODE_WRONG');
    const refused = from(pairing.connection, { type: 'pair.failed', error });
    expect(refused.connection.state).toEqual({ name: 'not-paired', port: FIRST, error });
    expect(from(refused.connection, { type: 'pair', code: '654321' }).connection.state.name).toBe('pairing');
  });

  it('notices that the daemon stopped meanwhile', () => {
    expect(from(pairing.connection, { type: 'pair.unreachable' }).connection.state.name).toBe('daemon-missing');
  });

  it('forgets a token that the daemon refuses', () => {
    const step = from(READY, { type: 'closed', code: CLOSE_CODES.notPaired });
    expect(step.connection.state.name).toBe('not-paired');
    expect(step.effects).toEqual([{ type: 'save', settings: { token: null, port: FIRST } }]);
  });
});

describe('a lost connection', () => {
  it('waits longer after each try, then says that the daemon does not run', () => {
    let step = from(READY, { type: 'closed', code: 1006 });
    const waits: number[] = [];
    while (step.connection.state.name === 'lost') {
      waits.push(...step.effects.flatMap((effect) => (effect.type === 'wait' ? effect.ms : [])));
      step = from(step.connection, { type: 'due' }, probed(SILENCE), probed(SILENCE, SECOND));
    }
    expect(waits).toEqual([...CONNECTION_TUNING.backOffMs]);
    expect(step.connection.state.name).toBe('daemon-missing');
  });

  it('counts failed upgrades as tries', () => {
    const closed: ConnectionEvent = { type: 'closed', code: 1006 };
    const step = from(READY, closed, { type: 'due' }, probed(PAIRED), closed);
    expect(step.connection.state).toEqual({ name: 'lost', attempt: 1 });
  });

  it('is ready again after a welcome, and starts counting anew', () => {
    const closed: ConnectionEvent = { type: 'closed', code: CLOSE_CODES.goingAway };
    const again = from(READY, closed, { type: 'due' }, probed(PAIRED), { type: 'welcome', welcome: welcome() });
    expect(again.connection.state.name).toBe('ready');
    expect(from(again.connection, closed).connection.state).toEqual({ name: 'lost', attempt: 0 });
  });

  it('does not fight another window for the connection', () => {
    const step = from(READY, { type: 'closed', code: CLOSE_CODES.replaced });
    expect(step).toEqual({ connection: { ...READY, state: { name: 'replaced' } }, effects: [] });
    expect(from(step.connection, { type: 'retry' }).connection.state.name).toBe('checking');
  });

  it('keeps the reason of a goodbye when the socket closes after it', () => {
    const error = failure('TOO_MANY_CONNECTIONS');
    const step = from(READY, { type: 'bye', error }, { type: 'closed', code: 1000 });
    expect(step.connection.state).toEqual({ name: 'refused', error });
  });

  it.each([['client'], ['daemon']] as const)('takes from the goodbye that the %s is behind', (update) => {
    const error = failure('PROTOCOL_MISMATCH', { details: { update } });
    expect(from(READY, { type: 'bye', error }).connection.state).toEqual({ name: 'version-mismatch', update });
  });
});

it('does not look twice at the same time', () => {
  const checking = after(START).connection;
  expect(from(checking, { type: 'retry' })).toEqual({ connection: checking, effects: [] });
  expect(from(READY, { type: 'retry' })).toEqual({ connection: READY, effects: [] });
});
