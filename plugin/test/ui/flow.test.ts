import { ERROR_CODES, type Placement } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { PendingJob } from '../../src/shared/messages.js';
import { hashFrame } from '../../src/ui/flow/build-request.js';
import { stepFlow } from '../../src/ui/flow/flow.js';
import { wantedBackend } from '../../src/ui/flow/flow-download.js';
import { type Flow, type FlowEffect, type FlowEvent, INITIAL_FLOW } from '../../src/ui/flow/flow-state.js';
import { exportedFrame, failure, frameSummary, layerItem, layerPlacement, resultFor, UI_BACKEND } from './fixtures.js';

/** A flow that remembers every effect since the last look. */
class Run {
  flow: Flow = INITIAL_FLOW;
  #effects: FlowEffect[] = [];

  do(...events: FlowEvent[]): this {
    for (const event of events) {
      const { flow, effects } = stepFlow(this.flow, event);
      this.flow = flow;
      this.#effects.push(...effects);
    }
    return this;
  }

  get step(): string {
    return this.flow.step.name;
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

const CONNECTED: FlowEvent = { type: 'connected', backends: [UI_BACKEND], jobs: [] };
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
    picks: { source: null, targets: [], overlays: [] },
    pending,
  } as const;
  return { type: 'main', message: { ...message, picks: { source: null, targets: [], overlays: [] } } };
}

function result(jobId: string): FlowEvent {
  return { type: 'daemon', message: { type: 'job.result', jobId, result: resultFor('t', PLACEMENTS) } };
}

function go(jobId: string): FlowEvent {
  return { type: 'go', jobId };
}

function picked(): Run {
  const run = new Run().do(session(), CONNECTED);
  run.do({ type: 'pick.source', frame: SOURCE }, { type: 'pick.targets', frames: [TARGET] });
  run.effects();
  return run;
}

const exporting = (): Run => picked().do(go('job'));
const sending = (): Run => exporting().do(...EXPORTED);
const running = (): Run => sending().do(...HAVE);
const preview = (): Run => running().do(result('job'));
const applying = (): Run => preview().do({ type: 'apply' });

describe('picking', () => {
  it('never takes the source as a target', () => {
    const run = picked().do({ type: 'pick.targets', frames: [SOURCE, TARGET, frameSummary('u')] });
    expect(run.flow.picks.targets.map(({ nodeId }) => nodeId)).toEqual(['t', 'u']);
  });

  it('takes a target that becomes the source out of the targets', () => {
    const run = picked().do({ type: 'pick.source', frame: TARGET });
    expect(run.flow.picks).toMatchObject({ source: TARGET, targets: [] });
  });

  it('remembers an explicit source', () => {
    const run = picked().do({ type: 'pick.source', frame: TARGET });
    expect(run.effects()).toEqual([{ type: 'main', message: { type: 'source.remember', nodeId: 't' } }]);
  });

  it.each([
    ['without a source', { type: 'pick.source', frame: null }],
    ['without a target', { type: 'pick.remove-target', nodeId: 't' }],
    ['with a source that has no annotations', { type: 'pick.source', frame: frameSummary('bare') }],
    ['with a blocked target', { type: 'pick.targets', frames: [{ ...frameSummary('x'), blocked: 'It is hidden.' }] }],
  ] as const)('does not start %s', (_, event) => {
    const copy = 'frames' in event ? { ...event, frames: [...event.frames] } : event;
    expect(picked().do(copy, go('job')).step).toBe('pick');
  });

  it('adds and removes overlay layers, each once', () => {
    const overlays = ['a', 'b'].map((nodeId) => ({ nodeId, name: nodeId, type: 'VECTOR' }));
    const run = picked().do({ type: 'pick.overlays', overlays }, { type: 'pick.overlays', overlays });
    run.do({ type: 'pick.remove-overlay', nodeId: 'a' });
    expect(run.flow.picks.overlays.map(({ nodeId }) => nodeId)).toEqual(['b']);
  });
});

describe('the whole way', () => {
  it('exports what was picked and saves the job for a return', () => {
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
      { type: 'main', message: { type: 'export.start', ...choice } },
    ]);
  });

  it('offers every image once and sends only those the daemon lacks, before the job', () => {
    const run = sending();
    expect(run.toDaemon()).toEqual(['image.offer', 'image.offer']);
    run.do({ type: 'daemon', message: { type: 'image.need', imageId: IMAGES[1] ?? '' } });
    expect(run.toDaemon()).toEqual(['image.data']);
    run.do({ type: 'daemon', message: { type: 'image.have', imageId: IMAGES[0] ?? '' } });
    expect(run.toDaemon()).toEqual(['job.start']);
    expect(run.step).toBe('running');
  });

  it('includes what is sure, shows the rest, and never includes what has no place', () => {
    const run = preview();
    const included = () => (run.flow.step.name === 'preview' ? [...run.flow.step.included] : null);
    expect(included()).toEqual(['t 1', 't 3']);
    run.do({ type: 'include', keys: ['t 1', 't 2', 't 3', 't 4'], on: true });
    expect(included()).toEqual(['t 1', 't 3', 't 2']);
    run.do({ type: 'include', keys: ['t 1', 't 3'], on: false });
    expect(included()).toEqual(['t 2']);
  });

  it('applies exactly what is included', () => {
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

  it('does not apply nothing', () => {
    const run = preview().do({ type: 'include', keys: ['t 1', 't 3'], on: false }, { type: 'apply' });
    expect(run.step).toBe('preview');
  });

  it('ends with a summary, forgets the pending job, and leads back to the preview after an undo', () => {
    const run = applying();
    run.effects();
    run.do({
      type: 'main',
      message: { type: 'applied', summary: { created: 2, updated: 0, notes: 0, skipped: [] } },
    });
    expect(run.step).toBe('done');
    expect(run.effects()).toEqual([{ type: 'main', message: { type: 'pending.save', pending: null } }]);
    run.do({ type: 'undo' }, { type: 'undo' });
    expect(run.effects()).toEqual([{ type: 'main', message: { type: 'undo' } }]);
    run.do({ type: 'main', message: { type: 'undone' } }, { type: 'back' });
    expect(run.step).toBe('preview');
  });

  it('offers no second undo when the file was changed since, and says why', () => {
    const summary = { created: 1, updated: 0, notes: 0, skipped: [] };
    const run = applying().do({ type: 'main', message: { type: 'applied', summary } }, { type: 'undo' });
    const problem = { message: 'Changed.', hint: 'Undo in Figma.' };
    run.do({ type: 'main', message: { type: 'undo.failed', problem } });
    expect(run.flow.step).toMatchObject({ name: 'done', undo: 'pointless', problem });
    run.effects();
    expect(run.do({ type: 'undo' }).effects()).toEqual([]);
  });

  it('offers no undo when nothing was written', () => {
    const summary = { created: 0, updated: 0, notes: 0, skipped: [] };
    const run = applying().do({ type: 'main', message: { type: 'applied', summary } });
    run.effects();
    expect(run.do({ type: 'undo' }).effects()).toEqual([]);
  });
});

describe('cancel', () => {
  it.each([
    ['exporting', exporting, { type: 'main', message: { type: 'export.cancel' } }],
    ['sending', sending, null],
    ['running', running, { type: 'daemon', message: { type: 'job.cancel', jobId: 'job' } }],
  ] as const)('while %s keeps the picks, and a second job works', (_, at, told) => {
    const run = at();
    run.effects();
    run.do({ type: 'cancel' });
    expect(run.flow.step).toEqual({ name: 'pick', problem: null });
    expect(run.flow.picks).toMatchObject({ source: SOURCE, targets: [TARGET] });
    const forgotten = { type: 'main', message: { type: 'pending.save', pending: null } };
    expect(run.effects()).toEqual(told === null ? [forgotten] : [told, forgotten]);
    // what the first job still says must not disturb the second
    run.do(go('second'), ...EXPORTED, ...HAVE);
    run.do({ type: 'daemon', message: { type: 'job.cancelled', jobId: 'job', at: 'running' } }, result('job'));
    expect(run.step).toBe('running');
    expect(run.do(result('second')).step).toBe('preview');
  });
});

describe('reconnect', () => {
  it('joins a job that the daemon still knows, under the same id and without its images', () => {
    const run = running();
    run.effects();
    run.do({ type: 'disconnected' });
    expect(run.step).toBe('running');
    run.do({ ...CONNECTED, jobs: [{ jobId: 'job', state: 'running' }] });
    expect(run.effects()).toMatchObject([{ type: 'daemon', message: { type: 'job.start', jobId: 'job' } }]);
    expect(run.do(result('job')).step).toBe('preview');
  });

  it('sends everything anew, under the same id, to a daemon that was restarted', () => {
    const run = running();
    run.effects();
    run.do({ type: 'disconnected' }, CONNECTED);
    expect(run.toDaemon()).toEqual(['image.offer', 'image.offer']);
    expect(run.do(...HAVE).effects()).toMatchObject([{ message: { type: 'job.start', jobId: 'job' } }]);
  });

  it('waits with the images while there is no connection', () => {
    const run = exporting();
    run.effects();
    run.do({ type: 'disconnected' }, ...EXPORTED);
    expect(run.step).toBe('sending');
    expect(run.toDaemon()).toEqual([]);
    expect(run.do(CONNECTED).toDaemon()).toEqual(['image.offer', 'image.offer']);
  });

  it('exports again and joins when the plugin was closed in the middle', () => {
    const pending: PendingJob = {
      jobId: 'old',
      command: 'transfer-annotations',
      sourceId: 's',
      targetIds: ['t'],
      overlayIds: [],
    };
    const run = new Run().do(session(pending));
    expect(run.step).toBe('exporting');
    run.do(...EXPORTED, CONNECTED, ...HAVE);
    expect(run.effects()).toContainEqual({
      type: 'daemon',
      message: expect.objectContaining({ type: 'job.start', jobId: 'old' }),
    });
    expect(run.do(result('old')).step).toBe('preview');
    expect(run.flow.picks.source?.name).toBe('Frame s');
  });
});

describe('failures lose nothing', () => {
  it('goes back to the picks, with the reason, when the export fails', () => {
    const problem = { message: 'Hidden.', hint: 'Show it.' };
    const run = exporting().do({ type: 'main', message: { type: 'export.failed', problem } });
    expect(run.flow.step).toEqual({ name: 'pick', problem });
    expect(run.flow.picks.targets).toEqual([TARGET]);
  });

  it.each(ERROR_CODES)('runs the same frames as a new job after %s', (code) => {
    const run = running().do({
      type: 'daemon',
      message: { type: 'job.failed', jobId: 'job', error: failure(code) },
    });
    expect(run.step).toBe('failed');
    run.effects();
    run.do({ type: 'retry' }, ...HAVE);
    expect(run.effects()).toContainEqual({
      type: 'daemon',
      message: expect.objectContaining({ type: 'job.start', jobId: 'job.2' }),
    });
  });

  it('fails the run, not the connection, when an image is refused', () => {
    const error = failure('IMAGE_TOO_LARGE');
    const run = sending().do({ type: 'daemon', message: { type: 'error', error, imageId: IMAGES[0] ?? '' } });
    expect(run.flow.step).toMatchObject({ name: 'failed', error });
    expect(run.do({ type: 'back' }).step).toBe('pick');
  });

  it.each([
    ['sending', sending],
    ['running', running],
  ] as const)('does not blame a run that is %s for a cancel that came too late', (name, at) => {
    const run = at().do({ type: 'daemon', message: { type: 'error', error: failure('JOB_UNKNOWN') } });
    expect(run.step).toBe(name);
  });

  it('keeps the choices of the preview when Figma refuses to apply', () => {
    const run = preview().do({ type: 'include', keys: ['t 2'], on: true }, { type: 'apply' });
    const problem = { message: 'Locked.', hint: 'Unlock it.' };
    run.do({ type: 'main', message: { type: 'apply.failed', problem } });
    expect(run.flow.step).toMatchObject({ name: 'preview', problem, included: new Set(['t 1', 't 3', 't 2']) });
  });
});

describe('a model that is not there', () => {
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
  const download = (run: Run) => (run.flow.step.name === 'failed' ? run.flow.step.download : undefined);

  /** Chosen by the designer, though the embedded one would do. */
  function lacking(): Run {
    const run = picked().do({ type: 'connected', backends: [UI_BACKEND, SD15], jobs: [] });
    run.do({ type: 'pick.backend', id: 'sd15' }, go('job'), ...EXPORTED);
    run.effects();
    return run;
  }
  function downloading(): Run {
    const run = lacking().do({ type: 'pull-model' });
    expect(run.effects()).toEqual([PULL]);
    return run;
  }

  it('is asked for only when the designer says so, and named', () => {
    const run = lacking();
    expect(run.flow.step).toMatchObject({
      name: 'failed',
      error: { code: 'MODEL_MISSING', message: '“Stable Diffusion 1.5” is not on this computer yet.' },
      download: null,
    });
    expect(run.flow.step.name === 'failed' && wantedBackend(run.flow, run.flow.step)).toEqual(SD15);
  });

  it('is downloaded, and the run goes on with it by itself', () => {
    const run = downloading().do(progress('sd15'));
    expect(download(run)).toEqual({ modelId: 'sd15', receivedBytes: 5, totalBytes: 10 });
    run.do(status('missing'));
    expect(run.step).toBe('failed');
    run.do(status('ready'), ...HAVE);
    expect(run.effects()).toContainEqual({
      type: 'daemon',
      message: expect.objectContaining({ type: 'job.start', request: expect.objectContaining({ backend: 'sd15' }) }),
    });
  });

  it('is not confused with the download of another one', () => {
    expect(download(lacking().do(progress('dinov2-s')))).toBeNull();
  });

  it('can be cancelled, and downloaded again', () => {
    const run = downloading().do({ type: 'cancel' });
    expect(run.effects()).toEqual([{ type: 'daemon', message: { type: 'model.cancel', modelId: 'sd15' } }]);
    run.do(progress('sd15'), error('CANCELLED'));
    expect(download(run)).toBeNull();
    expect(run.flow.step).toMatchObject({ error: { code: 'MODEL_MISSING' } });
    expect(run.do({ type: 'pull-model' }).effects()).toEqual([PULL]);
  });

  it('says why a download failed, and can be downloaded again', () => {
    const run = downloading().do(error('MODEL_MISSING'));
    expect(run.flow.step).toMatchObject({ error: { message: 'The disk is full.' }, download: null });
    expect(run.do({ type: 'pull-model' }).effects()).toEqual([PULL]);
  });

  it('is asked for again after a lost connection, whatever became of it', () => {
    const run = downloading().do({ type: 'disconnected' });
    run.do({ type: 'connected', backends: [UI_BACKEND, SD15], jobs: [] });
    expect(run.effects()).toEqual([PULL]);
    run.do({ type: 'disconnected' });
    run.do({ type: 'connected', backends: [UI_BACKEND, { ...SD15, state: 'ready' }], jobs: [] });
    expect(run.step).toBe('sending');
  });

  it.each([
    ['sending', sending],
    ['running', running],
  ] as const)('fails no run with another model that is %s', (name, at) => {
    expect(at().do(error('MODEL_MISSING')).step).toBe(name);
  });

  it('is known to be there as soon as the daemon says so, on any screen', () => {
    const run = picked().do(status('ready'));
    expect(run.flow.link.backends[1]?.state).toBe('ready');
  });
});
