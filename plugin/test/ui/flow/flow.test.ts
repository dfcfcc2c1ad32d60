import { ERROR_CODES, imageLabel, type Placement } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { PendingJob } from '../../../src/shared/messages.js';
import { missingBackend } from '../../../src/ui/flow/failed.js';
import { reduceFlow } from '../../../src/ui/flow/flow.js';
import { failedOf } from '../../../src/ui/flow/preview.js';
import { hashFrame } from '../../../src/ui/flow/request.js';
import {
  type Flow,
  type FlowEffect,
  type FlowEvent,
  type FlowState,
  INITIAL_FLOW,
  needsDaemon,
} from '../../../src/ui/flow/state.js';
import { exportedFrame, failure, frameSummary, layerItem, layerPlacement, resultFor, UI_BACKEND } from '../fixtures.js';

/** Sends events to a flow and collects their effects. */
class Driver {
  flow: Flow = INITIAL_FLOW;
  #effects: FlowEffect[] = [];

  do(...events: FlowEvent[]): this {
    for (const event of events) {
      const { flow, effects } = reduceFlow(this.flow, event);
      this.flow = flow;
      this.#effects.push(...effects);
    }
    return this;
  }

  get state(): FlowState['name'] {
    return this.flow.state.name;
  }

  /** The effects since the last call. */
  effects(): FlowEffect[] {
    return this.#effects.splice(0);
  }

  /** The types of the messages to the daemon since the last call. */
  toDaemon(): string[] {
    return this.effects().flatMap((effect) => {
      if (effect.type === 'image') return ['image.data'];
      return effect.type === 'daemon' ? [effect.message.type] : [];
    });
  }
}

const SOURCE = frameSummary('s', 2);
const TARGET = frameSummary('t');
const BOX = { x: 5, y: 5, w: 10, h: 10 };
const IMAGES = [exportedFrame('s'), exportedFrame('t')].map((frame) => hashFrame(frame).imageId);
const ITEMS = [layerItem('1', 's-a'), layerItem('2', 's-a'), layerItem('3', 's-a'), layerItem('4', 's-a')];
const PLACEMENTS: Placement[] = [
  layerPlacement('1', 0.9, { layerId: 't-a', box: BOX }),
  layerPlacement('2', 0.4, { layerId: 't-a', box: BOX }),
  layerPlacement('3', 0.8, { layerId: null, box: BOX }),
  layerPlacement('4', 0.1, { layerId: null, box: null }),
];

const CONNECTED: FlowEvent = { type: 'connected', backends: [UI_BACKEND], features: [], jobs: [] };
const HAVE: FlowEvent[] = IMAGES.map((imageId) => ({ type: 'daemon', message: { type: 'image.have', imageId } }));
const EXPORTED: FlowEvent[] = [
  { type: 'main', message: { type: 'export.frame', frame: exportedFrame('s'), done: 1, total: 2 } },
  { type: 'main', message: { type: 'export.frame', frame: exportedFrame('t'), done: 2, total: 2 } },
  { type: 'main', message: { type: 'export.done', items: ITEMS, notices: [] } },
];

function session(pending: PendingJob | null = null): FlowEvent {
  const message = {
    type: 'session',
    command: 'transfer-annotations',
    settings: { token: null, port: 1 },
    pending,
  } as const;
  const picks = { source: null, after: null, targets: [], overlays: [], layers: [] };
  return { type: 'main', message: { ...message, picks, recordings: [] } };
}

function result(jobId: string): FlowEvent {
  return { type: 'daemon', message: { type: 'job.result', jobId, result: resultFor('t', PLACEMENTS) } };
}

function start(jobId: string): FlowEvent {
  return { type: 'start', jobId };
}

function picked(): Driver {
  const run = new Driver().do(session(), CONNECTED);
  run.do({ type: 'pick.source', frame: SOURCE }, { type: 'pick.targets', frames: [TARGET] });
  run.effects();
  return run;
}

const exporting = (): Driver => picked().do(start('job'));
const sending = (): Driver => exporting().do(...EXPORTED);
const running = (): Driver => sending().do(...HAVE);
const preview = (): Driver => running().do(result('job'));
const applying = (): Driver => preview().do({ type: 'apply' });

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
    const included = () => (run.flow.state.name === 'preview' ? [...run.flow.state.included] : null);
    expect(included()).toEqual(['t 1', 't 3']);
    run.do({ type: 'include', keys: ['t 1', 't 2', 't 3', 't 4'], on: true });
    expect(included()).toEqual(['t 1', 't 3', 't 2']);
    run.do({ type: 'include', keys: ['t 1', 't 3'], on: false });
    expect(included()).toEqual(['t 2']);
  });

  it('applies exactly the included rows', () => {
    const run = preview().do({ type: 'include', keys: ['t 1'], on: false });
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
    const run = new Driver().do(session(pending));
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
    expect(run.flow.state.included).toEqual(new Set());
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
    expect(run.flow.state).toMatchObject({ name: 'preview', problem, included: new Set(['t 1', 't 3', 't 2']) });
  });
});

describe('a missing model', () => {
  const SD15 = {
    id: 'sd15',
    title: 'Stable Diffusion 1.5',
    state: 'missing',
    download: { bytes: 2.1e9, licence: 'CreativeML Open RAIL-M' },
  } as const;
  const PULL = { type: 'daemon', message: { type: 'model.pull', modelId: 'sd15' } };
  const status = (state: 'missing' | 'ready'): FlowEvent => ({
    type: 'daemon',
    message: {
      type: 'status',
      daemon: 'd',
      device: { provider: 'cpu', description: 'CPU', reason: '' },
      backends: [UI_BACKEND, { ...SD15, state }],
      jobs: [],
    },
  });
  const progress = (modelId: string): FlowEvent => ({
    type: 'daemon',
    message: { type: 'model.progress', modelId, receivedBytes: 5, totalBytes: 10 },
  });
  const error = (code: 'CANCELLED' | 'MODEL_MISSING', message = 'The disk is full.'): FlowEvent => ({
    type: 'daemon',
    message: { type: 'error', error: failure(code, { message, details: { modelId: 'sd15' } }) },
  });
  const download = (run: Driver) => (run.flow.state.name === 'failed' ? run.flow.state.download : undefined);

  /** The designer chose a missing backend although an embedded one exists. */
  function failed(): Driver {
    const run = picked().do({ type: 'connected', backends: [UI_BACKEND, SD15], features: [], jobs: [] });
    run.do({ type: 'pick.backend', id: 'sd15' }, start('job'), ...EXPORTED);
    run.effects();
    return run;
  }
  function downloading(): Driver {
    const run = failed().do({ type: 'download' });
    expect(run.effects()).toEqual([PULL]);
    return run;
  }

  it('is named, and not downloaded without a click', () => {
    const run = failed();
    expect(run.flow.state).toMatchObject({
      name: 'failed',
      error: { code: 'MODEL_MISSING', message: '“Stable Diffusion 1.5” isn’t downloaded yet.' },
      download: null,
    });
    expect(run.flow.state.name === 'failed' && missingBackend(run.flow, run.flow.state)).toEqual(SD15);
  });

  it('is downloaded, and the run continues automatically', () => {
    const run = downloading().do(progress('sd15'));
    expect(download(run)).toEqual({ modelId: 'sd15', receivedBytes: 5, totalBytes: 10 });
    run.do(status('missing'));
    expect(run.state).toBe('failed');
    run.do(status('ready'), ...HAVE);
    expect(run.effects()).toContainEqual({
      type: 'daemon',
      message: expect.objectContaining({ type: 'job.start', request: expect.objectContaining({ backend: 'sd15' }) }),
    });
  });

  it('ignores the download of another model', () => {
    expect(download(failed().do(progress('dinov2-s')))).toBeNull();
  });

  it('can be cancelled, and downloaded again', () => {
    const run = downloading().do({ type: 'cancel' });
    expect(run.effects()).toEqual([{ type: 'daemon', message: { type: 'model.cancel', modelId: 'sd15' } }]);
    run.do(progress('sd15'), error('CANCELLED'));
    expect(download(run)).toBeNull();
    expect(run.flow.state).toMatchObject({ error: { code: 'MODEL_MISSING' } });
    expect(run.do({ type: 'download' }).effects()).toEqual([PULL]);
  });

  it('shows why a download failed, and can be downloaded again', () => {
    const run = downloading().do(error('MODEL_MISSING'));
    expect(run.flow.state).toMatchObject({ error: { message: 'The disk is full.' }, download: null });
    expect(run.do({ type: 'download' }).effects()).toEqual([PULL]);
  });

  it('is requested again after a reconnect, unless it is installed', () => {
    const run = downloading().do({ type: 'disconnected' });
    run.do({ type: 'connected', backends: [UI_BACKEND, SD15], features: [], jobs: [] });
    expect(run.effects()).toEqual([PULL]);
    run.do({ type: 'disconnected' });
    run.do({ type: 'connected', backends: [UI_BACKEND, { ...SD15, state: 'ready' }], features: [], jobs: [] });
    expect(run.state).toBe('sending');
  });

  it.each([
    ['sending', sending],
    ['running', running],
  ] as const)('does not end a run with another model that is %s', (name, at) => {
    expect(at().do(error('MODEL_MISSING')).state).toBe(name);
  });

  it('is updated from the daemon’s status in any state', () => {
    const run = picked().do(status('ready'));
    expect(run.flow.daemon.backends[1]?.state).toBe('ready');
  });
});
