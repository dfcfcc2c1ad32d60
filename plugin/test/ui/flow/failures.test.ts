import { ERROR_CODES, imageLabel } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { failedOf } from '../../../src/ui/flow/preview/preview.js';
import { hashFrame } from '../../../src/ui/flow/request.js';
import type { FlowEvent } from '../../../src/ui/flow/state.js';
import { exportedFrame, failure, frameSummary } from '../fixtures.js';
import {
  type Driver,
  exporting,
  HAVE,
  IMAGES,
  ITEMS,
  included,
  picked,
  preview,
  running,
  sending,
  start,
  TARGET,
} from './driver.js';

describe('a target that fails', () => {
  const others = ['u', 'v'].map((nodeId) => frameSummary(nodeId));
  const exported = (nodeId: string): FlowEvent => ({
    type: 'main',
    message: { type: 'export.frame', frame: exportedFrame(nodeId), done: 1, total: 4 },
  });
  const problem = { message: '“Frame u” can’t be exported.', hint: 'Check it.' };
  const notExported: FlowEvent = {
    type: 'main',
    message: { type: 'export.frame-failed', nodeId: 'u', name: 'Frame u', problem },
  };
  const idOf = (nodeId: string) => hashFrame(exportedFrame(nodeId)).imageId;
  const started = (run: Driver): string[] =>
    run.effects().flatMap((effect) => {
      if (effect.type !== 'daemon' || effect.message.type !== 'job.start') return [];
      const { request } = effect.message;
      return request.kind === 'transfer' ? request.targets.map(({ targetId }) => targetId) : [];
    });

  it('to export, to be accepted or to be read is left out, named, and kept for the preview', () => {
    const run = picked().do({ type: 'pick.targets', frames: others }, start('job'));
    run.do(exported('s'), exported('t'), notExported, exported('v'));
    run.do({ type: 'main', message: { type: 'export.done', items: ITEMS, notices: [] } });
    const tooLarge = failure('IMAGE_TOO_LARGE', { message: `${imageLabel(idOf('v'))} is too large.` });
    const answers: FlowEvent[] = ['s', 't'].map((nodeId) => {
      return { type: 'daemon', message: { type: 'image.have', imageId: idOf(nodeId) } };
    });
    run.do({ type: 'daemon', message: { type: 'error', error: tooLarge, imageId: idOf('v') } }, ...answers);
    expect(started(run)).toEqual(['t']);
    const { code, message, hint } = failure('IMAGE_UNREADABLE', { message: `${imageLabel(idOf('t'))} is cut off.` });
    const unread = { state: 'failed' as const, targetId: 't', imageId: idOf('t'), error: { code, message, hint } };
    const result = { kind: 'transfer' as const, targets: [unread] };
    run.do({ type: 'daemon', message: { type: 'job.result', jobId: 'job', result } });
    if (run.flow.state.name !== 'preview') throw new Error(run.state);
    expect(failedOf(run.flow.state).map((target) => [target.nodeId, target.name, target.problem.message])).toEqual([
      ['u', 'Frame u', '“Frame u” can’t be exported.'],
      ['v', 'Frame v', '“Frame v” is too large.'],
      ['t', 'Frame t', '“Frame t” is cut off.'],
    ]);
    expect(included(run)).toEqual([]);
    expect(run.do({ type: 'back' }).flow.picks.targets.map(({ nodeId }) => nodeId)).toEqual(['t', 'u', 'v']);
  });

  it('fails the run if it is the only one', () => {
    const error = failure('IMAGE_TOO_LARGE', { message: `${imageLabel(IMAGES[1] ?? '')} is too large.` });
    const run = sending().do({ type: 'daemon', message: { type: 'error', error, imageId: IMAGES[1] ?? '' } });
    expect(run.flow.state).toMatchObject({ name: 'failed', error: { message: '“Frame t” is too large.' } });
  });
});

describe('a failure', () => {
  it('of the source names its frame', () => {
    const error = failure('IMAGE_UNREADABLE', { message: `${imageLabel(IMAGES[0] ?? '')} cannot be read: it ends.` });
    const run = running().do({ type: 'daemon', message: { type: 'job.failed', jobId: 'job', error } });
    expect(run.flow.state).toMatchObject({ error: { message: '“Frame s” cannot be read: it ends.' } });
  });

  it('of the export returns to the picks with the problem', () => {
    const problem = { message: 'Hidden.', hint: 'Show it.' };
    const run = exporting().do({ type: 'main', message: { type: 'export.failed', problem } });
    expect(run.flow.state).toEqual({ name: 'pick', problem });
    expect(run.flow.picks.targets).toEqual([TARGET]);
  });

  it.each(ERROR_CODES)('with %s can be retried as a new job without a second export', (code) => {
    const run = running().do({
      type: 'daemon',
      message: { type: 'job.failed', jobId: 'job', error: failure(code) },
    });
    expect(run.state).toBe('failed');
    run.effects();
    run.do({ type: 'retry' }, ...HAVE);
    expect(run.effects()).toContainEqual({
      type: 'daemon',
      message: expect.objectContaining({ type: 'job.start', jobId: 'job.2' }),
    });
  });

  it('of an image ends the run', () => {
    const error = failure('IMAGE_TOO_LARGE');
    const run = sending().do({ type: 'daemon', message: { type: 'error', error, imageId: IMAGES[0] ?? '' } });
    expect(run.flow.state).toMatchObject({ name: 'failed', error });
    expect(run.do({ type: 'back' }).state).toBe('pick');
  });

  it.each([
    ['sending', sending],
    ['running', running],
  ] as const)('of a late cancel does not end a run that is %s', (name, at) => {
    const run = at().do({ type: 'daemon', message: { type: 'error', error: failure('JOB_UNKNOWN') } });
    expect(run.state).toBe(name);
  });

  it('of Apply returns to the preview with its selection', () => {
    const run = preview().do({ type: 'include', keys: ['t 2'], on: true }, { type: 'apply' });
    const problem = { message: 'Locked.', hint: 'Unlock it.' };
    run.do({ type: 'main', message: { type: 'apply.failed', problem } });
    expect(run.flow.state).toMatchObject({ name: 'preview', problem });
    expect(included(run)).toEqual(['t 1', 't 2', 't 3']);
  });
});
