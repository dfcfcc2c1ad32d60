import { LIMITS } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { missingPick } from '../../../src/ui/flow/pick.js';
import { NO_PICKS } from '../../../src/ui/flow/picks.js';
import type { FlowEvent } from '../../../src/ui/flow/state.js';
import { frameSummary } from '../fixtures.js';
import { EXPORTED, HAVE, picked, result, SOURCE, start, TARGET } from './driver.js';

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
  ] as const)('does not start %s', (_, event) => {
    expect(picked().do(event, start('job')).state).toBe('pick');
  });

  it('adds and removes overlay layers, each once', () => {
    const overlays = ['a', 'b'].map((nodeId) => ({ nodeId, name: nodeId, type: 'VECTOR' }));
    const run = picked().do({ type: 'pick.overlays', overlays }, { type: 'pick.overlays', overlays });
    run.do({ type: 'pick.remove-overlay', nodeId: 'a' });
    expect(run.flow.picks.overlays.map(({ nodeId }) => nodeId)).toEqual(['b']);
  });

  const HIDDEN = { ...frameSummary('x'), blocked: '“Frame x” is hidden. Show it and try again.' };

  it('leaves blocked targets out of the run, with their reason, and runs the others', () => {
    const run = picked().do({ type: 'pick.targets', frames: [HIDDEN] });
    run.effects();
    run.do(start('job'));
    const requests = run.effects().flatMap((effect) => (effect.type === 'main' ? [effect.message] : []));
    expect(requests.find(({ type }) => type === 'export.start')).toMatchObject({ targetIds: ['t'] });
    run.do(...EXPORTED, ...HAVE, result('job'));
    expect(run.flow.state).toMatchObject({
      name: 'preview',
      run: {
        failed: [{ nodeId: 'x', problem: { message: '“Frame x” is hidden.', hint: 'Show it and try again.' } }],
      },
    });
  });

  it('does not start if all targets are blocked', () => {
    const run = picked().do({ type: 'pick.remove-target', nodeId: 't' }, { type: 'pick.targets', frames: [HIDDEN] });
    expect(missingPick(run.flow)).toBe('None of the targets can be used');
    expect(run.do(start('job')).state).toBe('pick');
  });

  it('counts only targets that can be used towards the limit', () => {
    const many = Array.from({ length: LIMITS.targetsPerJob - 1 }, (_, index) => frameSummary(`n${index}`));
    const run = picked().do({ type: 'pick.targets', frames: [...many, HIDDEN] });
    expect(missingPick(run.flow)).toBeNull();
    expect(missingPick(run.do({ type: 'pick.targets', frames: [frameSummary('more')] }).flow)).toMatch(/up to/);
  });

  it('swaps the source and the only target', () => {
    const run = picked().do({ type: 'pick.swap' });
    expect(run.flow.picks).toMatchObject({ source: TARGET, targets: [SOURCE] });
    run.do({ type: 'pick.targets', frames: [frameSummary('u')] }, { type: 'pick.swap' });
    expect(run.flow.picks.source).toEqual(TARGET);
  });

  it('clears all picks', () => {
    expect(picked().do({ type: 'pick.clear' }).flow.picks).toEqual(NO_PICKS);
  });

  it('shows changed frames as they are now, and drops their thumbnails', () => {
    const png = new Uint8Array([1]);
    const thumbnails = ['s', 't'].map(
      (nodeId): FlowEvent => ({ type: 'main', message: { type: 'thumbnail', nodeId, png } }),
    );
    const changed = { ...TARGET, blocked: '“Frame t” was deleted.' };
    const run = picked().do(...thumbnails, { type: 'main', message: { type: 'frames.changed', frames: [changed] } });
    expect(run.flow.picks).toMatchObject({ source: SOURCE, targets: [changed] });
    expect([...run.flow.thumbnails.keys()]).toEqual(['s']);
  });

  it('offers frames that look alike for the source that they were asked for', () => {
    const alike = { type: 'alike', nodeId: 's', byName: [frameSummary('u')], bySize: [] } as const;
    const message = { ...alike, byName: [...alike.byName], bySize: [] };
    const run = picked().do({ type: 'pick.find-alike' }, { type: 'main', message });
    expect(run.flow.state).toMatchObject({ alike: { byName: alike.byName } });
    // adding them keeps the offer of the others; another source does not
    expect(run.do({ type: 'pick.targets', frames: alike.byName }).flow.state).toHaveProperty('alike');
    expect(run.do({ type: 'pick.source', frame: frameSummary('z') }).flow.state).not.toHaveProperty('alike');
    expect(run.do({ type: 'main', message }).flow.state).not.toHaveProperty('alike');
  });
});
