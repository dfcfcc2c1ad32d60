import { describe, expect, it } from 'vitest';
import { blocksLoopback, browserFacts } from '../../src/ui/connection/browser-access.js';
import type { ConnectionState } from '../../src/ui/connection/connection.js';
import { connectionWords } from '../../src/ui/connection/connection-words.js';
import { obstacleOf } from '../../src/ui/connection/gate.js';
import type { Step } from '../../src/ui/flow/flow-state.js';
import { failure, resultFor, welcome } from './fixtures.js';

const PICK: Step = { name: 'pick', problem: null };
const PREVIEW: Step = {
  name: 'preview',
  work: { jobId: 'job', frames: [], items: [], notices: [] },
  result: resultFor('t', []),
  included: new Set(),
  problem: null,
};

const OBSTACLES: ConnectionState[] = [
  { name: 'browser-blocked' },
  { name: 'daemon-missing' },
  { name: 'not-paired', port: 1, error: null },
  { name: 'pairing', port: 1 },
  { name: 'version-mismatch', update: 'daemon' },
  { name: 'replaced' },
  { name: 'refused', error: failure('INTERNAL') },
];

const PASSING: ConnectionState[] = [
  { name: 'idle' },
  { name: 'checking', ports: [1], attempt: 0, shown: 'checking' },
  { name: 'checking', ports: [1], attempt: 0, shown: 'lost' },
  { name: 'connecting', port: 1, attempt: 0 },
  { name: 'lost', attempt: 0 },
  { name: 'ready', port: 1, welcome: welcome() },
];

describe('an obstacle of the connection', () => {
  it.each(OBSTACLES)('has its own screen while the daemon is needed: $name', (state) => {
    expect(obstacleOf(state, PICK)).toEqual(state);
    expect(connectionWords(state).online).toBe(false);
  });

  it.each(OBSTACLES)('never hides a preview: $name', (state) => {
    expect(obstacleOf(state, PREVIEW)).toBeNull();
  });

  it.each(PASSING)('is nothing that passes by itself: $name', (state) => {
    expect(obstacleOf(state, PICK)).toBeNull();
  });

  it('keeps its screen while the plugin looks again', () => {
    const again: ConnectionState = { name: 'checking', ports: [1], attempt: 0, shown: 'daemon-missing' };
    expect(obstacleOf(again, PICK)).toEqual({ name: 'daemon-missing' });
  });
});

describe('the browser', () => {
  const chromium = 'Mozilla/5.0 AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36';
  const safari = 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15';

  it.each([
    ['Chromium that allows it', chromium, true, false],
    ['Chromium that forbids it', chromium, false, true],
    ['Chromium that has no such permission', chromium, undefined, false],
    ['Safari', safari, undefined, true],
    ['Firefox', 'Mozilla/5.0 Gecko/20100101 Firefox/140.0', undefined, false],
  ])('%s', (_, userAgent, allowsLoopback, blocked) => {
    expect(blocksLoopback({ userAgent, allowsLoopback })).toBe(blocked);
  });

  it('is not taken at its word about a permission it does not know', () => {
    const featurePolicy = { features: () => ['camera'], allowsFeature: () => false };
    expect(browserFacts({ featurePolicy }, chromium).allowsLoopback).toBeUndefined();
  });
});
