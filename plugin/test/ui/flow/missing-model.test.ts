import { describe, expect, it } from 'vitest';
import { missingBackend } from '../../../src/ui/flow/failure.js';
import type { FlowEvent } from '../../../src/ui/flow/state.js';
import { failure, UI_BACKEND } from '../fixtures.js';
import { type Driver, EXPORTED, HAVE, picked, running, sending, start } from './driver.js';

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
    run.do({ type: 'preferences', preferences: { backend: 'sd15' } }, start('job'), ...EXPORTED);
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
