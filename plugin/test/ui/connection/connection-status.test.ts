import { describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../../src/ui/connection/connection.js';
import { connectionLabel, obstacleOf } from '../../../src/ui/connection/connection-status.js';
import { failure, welcome } from '../fixtures.js';

const OBSTACLES: ConnectionState[] = [
  { name: 'browser-blocked' },
  { name: 'daemon-missing', asks: false },
  { name: 'not-paired', port: 1, error: null },
  { name: 'pairing', port: 1 },
  { name: 'version-mismatch', update: 'daemon' },
  { name: 'replaced' },
  { name: 'refused', error: failure('INTERNAL') },
];

const PASSING: ConnectionState[] = [
  { name: 'idle' },
  { name: 'checking', ports: [1], attempt: 0, display: 'checking' },
  { name: 'checking', ports: [1], attempt: 0, display: 'lost' },
  { name: 'connecting', port: 1, attempt: 0 },
  { name: 'lost', attempt: 0 },
  { name: 'ready', port: 1, welcome: welcome() },
];

describe('a connection obstacle', () => {
  it.each(OBSTACLES)('has a screen of its own: $name', (state) => {
    expect(obstacleOf(state)).toEqual(state);
    expect(connectionLabel(state).online).toBe(false);
  });

  it.each(PASSING)('is not a state that passes without the user: $name', (state) => {
    expect(obstacleOf(state)).toBeNull();
  });

  it('stays on screen while the plugin probes again', () => {
    const again: ConnectionState = { name: 'checking', ports: [1], attempt: 0, display: 'daemon-missing' };
    expect(obstacleOf(again)).toEqual({ name: 'daemon-missing', asks: false });
  });
});
