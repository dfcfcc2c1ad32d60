import { LIMITS } from '@samepoint/shared-protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { ImageStore } from '../../src/jobs/image-store.js';
import type { JobEvent } from '../../src/jobs/job.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { FakeEngine } from '../server/fake-engine.js';
import { ManualClock } from '../server/manual-clock.js';
import { imageIdOf, SOURCE, TARGET, TRANSFER_OUTCOME, transferRequest } from '../server/requests.js';

const CLIENT = 'client';

let engine: FakeEngine;
let clock: ManualClock;
let queue: JobQueue;
let images: ImageStore;

beforeEach(async () => {
  engine = new FakeEngine();
  clock = new ManualClock();
  images = new ImageStore(SOURCE.length + TARGET.length);
  for (const bytes of [SOURCE, TARGET]) await images.put(imageIdOf(bytes), bytes);
  queue = new JobQueue({ engine, images, clock });
});

/** A connection: the events it received, and a way to wait for the next terminal event. */
function connect() {
  const events: JobEvent[] = [];
  const endings = () => events.filter(({ type }) => type !== 'accepted' && type !== 'progress');
  let onEnding = () => {};
  queue.attach(CLIENT, (event) => {
    events.push(event);
    if (endings().length > 0) onEnding();
    return true;
  });
  const ended = () =>
    new Promise<void>((resolve) => {
      onEnding = resolve;
    });
  return { events, endings, ended };
}

describe('the queue', () => {
  it('runs a failed job again when it is started under the same id', async () => {
    const connection = connect();
    queue.start(CLIENT, 'j', transferRequest());
    const ended = connection.ended();
    (await engine.runNumber(1)).fail(new Error('no'));
    await ended;
    queue.start(CLIENT, 'j', transferRequest());
    await engine.runNumber(2);
    expect(connection.endings()).toMatchObject([{ type: 'failed', error: { code: 'INTERNAL' } }]);
  });

  it('sends a stored result again for its id, without a second run', async () => {
    const connection = connect();
    queue.start(CLIENT, 'j', transferRequest());
    const ended = connection.ended();
    (await engine.runNumber(1)).finish(TRANSFER_OUTCOME);
    await ended;
    const later = connect();
    expect(later.events).toEqual([]);
    queue.start(CLIENT, 'j', transferRequest());
    expect(later.events).toMatchObject([{ type: 'result', jobId: 'j' }]);
    expect(engine.runs).toHaveLength(1);
  });

  it('treats the same id with another request as a new job, and drops the old one silently', async () => {
    const connection = connect();
    queue.start(CLIENT, 'j', transferRequest());
    const old = await engine.runNumber(1);
    expect(queue.start(CLIENT, 'j', transferRequest(TARGET, SOURCE))).toEqual({ ok: true });
    expect(old.options.signal?.aborted).toBe(true);
    const fresh = await engine.runNumber(2);
    expect(fresh.job.request).toEqual(transferRequest(TARGET, SOURCE));
    const ended = connection.ended();
    fresh.finish(TRANSFER_OUTCOME);
    await ended;
    expect(connection.endings()).toMatchObject([{ type: 'result', jobId: 'j' }]);
  });

  it('does not send a stored result for another request', async () => {
    const connection = connect();
    queue.start(CLIENT, 'j', transferRequest());
    const ended = connection.ended();
    (await engine.runNumber(1)).finish(TRANSFER_OUTCOME);
    await ended;
    queue.start(CLIENT, 'j', transferRequest(TARGET, SOURCE));
    expect((await engine.runNumber(2)).job.request).toEqual(transferRequest(TARGET, SOURCE));
  });

  it('sends a new connection no events of jobs it did not join', async () => {
    connect();
    queue.start(CLIENT, 'j', transferRequest());
    const run = await engine.runNumber(1);
    const later = connect();
    run.options.onProgress?.({ stage: 'matching', done: 1, total: 2, elapsedMs: 0 });
    expect(later.events).toEqual([]);
  });

  it('starts the next job only when the engine has stopped a cancelled one', async () => {
    connect();
    queue.start(CLIENT, 'a', transferRequest());
    queue.start(CLIENT, 'b', transferRequest());
    await engine.runNumber(1);
    queue.cancel(CLIENT, 'a');
    expect(engine.runs).toHaveLength(1);
    await engine.runNumber(2);
    expect(queue.counts()).toEqual({ queued: 0, running: 1 });
  });

  it('stores at most as many ended jobs of a client as it may have live ones', async () => {
    connect();
    for (let i = 0; i <= LIMITS.jobsPerConnection; i += 1) {
      queue.start(CLIENT, `${i}`, transferRequest());
      queue.cancel(CLIENT, `${i}`);
    }
    expect(queue.cancel(CLIENT, '0')).toBe(false);
    expect(queue.cancel(CLIENT, '1')).toBe(true);
  });

  it('unpins the images when the job ends', async () => {
    connect();
    queue.start(CLIENT, 'a', transferRequest());
    const other = Uint8Array.of(1);
    expect((await images.put(imageIdOf(other), other)).ok).toBe(false);
    queue.cancel(CLIENT, 'a');
    expect((await images.put(imageIdOf(other), other)).ok).toBe(true);
  });

  it('aborts the engine and sends nothing when it is closed', async () => {
    const connection = connect();
    queue.start(CLIENT, 'a', transferRequest());
    const run = await engine.runNumber(1);
    queue.close();
    expect(run.options.signal?.aborted).toBe(true);
    expect(connection.endings()).toEqual([]);
  });
});
