import { describe, expect, it } from 'vitest';
import type { PendingJob } from '../../../src/shared/messages.js';
import { needsDaemon } from '../../../src/ui/flow/state.js';
import {
  applying,
  CONNECTED,
  Driver,
  EXPORTED,
  exporting,
  HAVE,
  IMAGES,
  included,
  PLACEMENTS,
  picked,
  preview,
  result,
  running,
  SOURCE,
  sending,
  session,
  start,
  TARGET,
} from './driver.js';

describe('from export to undo', () => {
  it('exports the picks and saves the pending job', () => {
    const pending = {
      jobId: 'job',
      command: 'transfer-annotations',
      sourceId: 's',
      targetIds: ['t'],
      overlayIds: [],
    };
    const { jobId, ...choice } = pending;
    expect(exporting().effects()).toEqual([
      { type: 'main', message: { type: 'pending.save', pending: { jobId, ...choice } } },
      { type: 'main', message: { type: 'export.start', ...choice, layerIds: [] } },
    ]);
  });

  it('offers each image once and sends only missing ones, before the job', () => {
    const run = sending();
    expect(run.toDaemon()).toEqual(['image.offer', 'image.offer']);
    run.do({ type: 'daemon', message: { type: 'image.need', imageId: IMAGES[1] ?? '' } });
    expect(run.toDaemon()).toEqual(['image.data']);
    run.do({ type: 'daemon', message: { type: 'image.have', imageId: IMAGES[0] ?? '' } });
    expect(run.toDaemon()).toEqual(['job.start']);
    expect(run.state).toBe('running');
  });

  it('includes confident rows by default, and never a row without a match', () => {
    const run = preview();
    expect(included(run)).toEqual(['t 1', 't 3']);
    run.do({ type: 'include', keys: ['t 1', 't 2', 't 3', 't 4'], on: true });
    expect(included(run)).toEqual(['t 1', 't 2', 't 3']);
    run.do({ type: 'include', keys: ['t 1', 't 3'], on: false });
    expect(included(run)).toEqual(['t 2']);
  });

  it('applies exactly the included rows', () => {
    const run = preview().do(
      { type: 'include', keys: ['t 1'], on: false },
      { type: 'include', keys: ['t 3'], on: true },
    );
    run.effects();
    expect(run.do({ type: 'apply' }).effects()).toEqual([
      {
        type: 'main',
        message: {
          type: 'apply',
          command: 'transfer-annotations',
          sourceId: 's',
          accepted: [{ targetId: 't', placement: PLACEMENTS[2] }],
        },
      },
    ]);
  });

  it('does not apply an empty selection', () => {
    const run = preview().do({ type: 'include', keys: ['t 1', 't 3'], on: false }, { type: 'apply' });
    expect(run.state).toBe('preview');
  });

  it('clears the pending job, and returns to the preview after an undo', () => {
    const run = applying();
    run.effects();
    run.do({
      type: 'main',
      message: { type: 'applied', summary: { created: 2, updated: 0, notes: 0, skipped: [] } },
    });
    expect(run.state).toBe('done');
    expect(run.effects()).toEqual([{ type: 'main', message: { type: 'pending.save', pending: null } }]);
    run.do({ type: 'undo' }, { type: 'undo' });
    expect(run.effects()).toEqual([{ type: 'main', message: { type: 'undo' } }]);
    run.do({ type: 'main', message: { type: 'undone' } }, { type: 'back' });
    expect(run.state).toBe('preview');
  });

  it('disables undo with a problem if the file changed since', () => {
    const summary = { created: 1, updated: 0, notes: 0, skipped: [] };
    const run = applying().do({ type: 'main', message: { type: 'applied', summary } }, { type: 'undo' });
    const problem = { message: 'Changed.', hint: 'Undo in Figma.' };
    run.do({ type: 'main', message: { type: 'undo.failed', problem } });
    expect(run.flow.state).toMatchObject({ name: 'done', undo: 'unavailable', problem });
    run.effects();
    expect(run.do({ type: 'undo' }).effects()).toEqual([]);
  });

  it('disables undo if nothing was written', () => {
    const summary = { created: 0, updated: 0, notes: 0, skipped: [] };
    const run = applying().do({ type: 'main', message: { type: 'applied', summary } });
    run.effects();
    expect(run.do({ type: 'undo' }).effects()).toEqual([]);
  });
});

describe('the daemon', () => {
  it.each([
    ['pick', picked, true],
    ['exporting', exporting, false],
    ['sending', sending, true],
    ['running', running, true],
    ['preview', preview, false],
    ['applying', applying, false],
  ] as const)('in the state %s', (name, at, needed) => {
    const { state } = at().flow;
    expect(state.name).toBe(name);
    expect(needsDaemon(state)).toBe(needed);
  });
});

describe('cancel', () => {
  it.each([
    ['exporting', exporting, { type: 'main', message: { type: 'export.cancel' } }],
    ['sending', sending, null],
    ['running', running, { type: 'daemon', message: { type: 'job.cancel', jobId: 'job' } }],
  ] as const)('while %s keeps the picks, and a second job succeeds', (_, at, message) => {
    const run = at();
    run.effects();
    run.do({ type: 'cancel' });
    expect(run.flow.state).toEqual({ name: 'pick', problem: null });
    expect(run.flow.picks).toMatchObject({ source: SOURCE, targets: [TARGET] });
    const cleared = { type: 'main', message: { type: 'pending.save', pending: null } };
    expect(run.effects()).toEqual(message === null ? [cleared] : [message, cleared]);
    // late messages of the first job do not affect the second
    run.do(start('second'), ...EXPORTED, ...HAVE);
    run.do({ type: 'daemon', message: { type: 'job.cancelled', jobId: 'job', at: 'running' } }, result('job'));
    expect(run.state).toBe('running');
    expect(run.do(result('second')).state).toBe('preview');
  });
});

describe('reconnect', () => {
  it('rejoins a job that the daemon still has, without sending its images', () => {
    const run = running();
    run.effects();
    run.do({ type: 'disconnected' });
    expect(run.state).toBe('running');
    run.do({ ...CONNECTED, jobs: [{ jobId: 'job', state: 'running' }] });
    expect(run.effects()).toMatchObject([{ type: 'daemon', message: { type: 'job.start', jobId: 'job' } }]);
    expect(run.do(result('job')).state).toBe('preview');
  });

  it('sends everything again under the same id to a restarted daemon', () => {
    const run = running();
    run.effects();
    run.do({ type: 'disconnected' }, CONNECTED);
    expect(run.toDaemon()).toEqual(['image.offer', 'image.offer']);
    expect(run.do(...HAVE).effects()).toMatchObject([{ message: { type: 'job.start', jobId: 'job' } }]);
  });

  it('sends no images while disconnected', () => {
    const run = exporting();
    run.effects();
    run.do({ type: 'disconnected' }, ...EXPORTED);
    expect(run.state).toBe('sending');
    expect(run.toDaemon()).toEqual([]);
    expect(run.do(CONNECTED).toDaemon()).toEqual(['image.offer', 'image.offer']);
  });

  it('exports again and rejoins the job after the plugin was closed', () => {
    const pending: PendingJob = {
      jobId: 'old',
      command: 'transfer-annotations',
      sourceId: 's',
      targetIds: ['t'],
      overlayIds: [],
    };
    const run = new Driver().do(session('transfer-annotations', { pending }));
    expect(run.state).toBe('exporting');
    run.do(...EXPORTED, CONNECTED, ...HAVE);
    expect(run.effects()).toContainEqual({
      type: 'daemon',
      message: expect.objectContaining({ type: 'job.start', jobId: 'old' }),
    });
    expect(run.do(result('old')).state).toBe('preview');
    expect(run.flow.picks.source?.name).toBe('Frame s');
  });
});
