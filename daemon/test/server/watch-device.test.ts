import type { Device } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { watchDevice } from '../../src/server/watch-device.js';
import { FakeEngine } from './fake-engine.js';
import { transferRequest } from './requests.js';

const job = { request: transferRequest(), images: new Map() };

describe('watching the device', () => {
  it('sends nothing while it stays the same', async () => {
    const engine = new FakeEngine();
    const changes: Device[] = [];
    const watched = watchDevice(engine, { ...engine.device }, (device) => changes.push(device));
    void watched.engine.run(job);
    await engine.runNumber(1);
    expect(changes).toEqual([]);
  });

  it('reports another device during a job', async () => {
    const engine = new FakeEngine();
    const changes: Device[] = [];
    const watched = watchDevice(engine, engine.device, (device) => changes.push(device));
    void watched.engine.run(job);
    const { options } = await engine.runNumber(1);
    const other = { ...engine.device, description: '93 % GPU (WebGPU), 7 % CPU' };
    options.onDevice?.(other);
    expect(changes).toEqual([other]);
    expect(watched.device()).toEqual(other);
  });

  it('does not pass a job to the engine that was cancelled during its start', async () => {
    const engine = new FakeEngine();
    const controller = new AbortController();
    const run = watchDevice(engine, engine.device, () => {}).engine.run(job, { signal: controller.signal });
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(engine.runs).toEqual([]);
  });
});
