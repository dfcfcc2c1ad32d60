import { describe, expect, it } from 'vitest';
import { frameSummary } from '../fixtures.js';
import { picked, SOURCE, start, TARGET } from './driver.js';

describe('pick', () => {
  it('never adds the source to the targets', () => {
    const run = picked().do({ type: 'pick.targets', frames: [SOURCE, TARGET, frameSummary('u')] });
    expect(run.flow.picks.targets.map(({ nodeId }) => nodeId)).toEqual(['t', 'u']);
  });

  it('removes a target that becomes the source from the targets', () => {
    const run = picked().do({ type: 'pick.source', frame: TARGET });
    expect(run.flow.picks).toMatchObject({ source: TARGET, targets: [] });
  });

  it.each([
    ['without a source', { type: 'pick.source', frame: null }],
    ['without a target', { type: 'pick.remove-target', nodeId: 't' }],
    ['with a source that has no annotations', { type: 'pick.source', frame: frameSummary('bare') }],
    ['with a blocked target', { type: 'pick.targets', frames: [{ ...frameSummary('x'), blocked: 'It is hidden.' }] }],
  ] as const)('does not start %s', (_, event) => {
    const copy = 'frames' in event ? { ...event, frames: [...event.frames] } : event;
    expect(picked().do(copy, start('job')).state).toBe('pick');
  });

  it('adds and removes overlay layers, each once', () => {
    const overlays = ['a', 'b'].map((nodeId) => ({ nodeId, name: nodeId, type: 'VECTOR' }));
    const run = picked().do({ type: 'pick.overlays', overlays }, { type: 'pick.overlays', overlays });
    run.do({ type: 'pick.remove-overlay', nodeId: 'a' });
    expect(run.flow.picks.overlays.map(({ nodeId }) => nodeId)).toEqual(['b']);
  });
});
