import { createHash } from 'node:crypto';
import { FAILED_TARGETS, LIMITS, REFUSAL_CAUSES, SamepointError } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  INSPECT_OUTCOME,
  imageIdOf,
  inspectRequest,
  SOURCE,
  TARGET,
  TRANSFER_OUTCOME,
  transferRequest,
} from './requests.js';
import { TestClient } from './test-client.js';
import { TestServer } from './test-server.js';

const TERMINAL = ['job.result', 'job.cancelled', 'job.failed'];

function terminals(client: TestClient): string[] {
  return client.received.map(({ type }) => type).filter((type) => TERMINAL.includes(type));
}

let server: TestServer;
let client: TestClient;

beforeEach(async () => {
  server = await TestServer.start();
  client = await server.connect();
  client.sendImage(SOURCE);
  client.sendImage(TARGET);
});

afterEach(async () => {
  await server.stop();
});

function start(jobId: string, by = client): void {
  by.send({ type: 'job.start', jobId, request: transferRequest() });
}

describe('images', () => {
  it('are requested once and stored afterwards', async () => {
    const bytes = new TextEncoder().encode('another image');
    const offer = { type: 'image.offer', imageId: imageIdOf(bytes), width: 4, height: 4, bytes: bytes.length } as const;
    client.send(offer);
    expect(await client.next('image.need')).toEqual({ type: 'image.need', imageId: offer.imageId });
    client.sendImage(bytes);
    client.send(offer);
    await client.settle();
    expect(client.received.filter((message) => 'imageId' in message && message.imageId === offer.imageId)).toEqual([
      { type: 'image.need', imageId: offer.imageId },
      { type: 'image.have', imageId: offer.imageId },
      { type: 'image.have', imageId: offer.imageId },
    ]);
  });

  it('are rejected when their bytes do not match the id', async () => {
    const wrong = createHash('sha256').update('something else').digest('hex');
    client.sendImage(SOURCE, wrong);
    expect(await client.next('error')).toMatchObject({ imageId: wrong, error: { code: 'BAD_REQUEST' } });
  });

  it('missing for a job are listed in its failure, and the same id starts once they are sent', async () => {
    const missing = new TextEncoder().encode('not sent yet');
    const request = transferRequest(SOURCE, missing);
    client.send({ type: 'job.start', jobId: 'j', request });
    const { error } = await client.next('job.failed');
    expect(error).toMatchObject({ code: 'IMAGE_MISSING', retryable: true });
    expect(Object.keys(error.details ?? {})).toEqual([imageIdOf(missing)]);
    client.sendImage(missing);
    client.send({ type: 'job.start', jobId: 'j', request });
    expect(await client.next('job.accepted')).toMatchObject({ jobId: 'j', position: 0 });
  });
});

describe('a job', () => {
  it('passes the request and its images to the engine and returns the result', async () => {
    start('j');
    const run = await server.engine.runNumber(1);
    expect(run.job.request).toEqual(transferRequest());
    expect([...run.job.images.keys()]).toEqual([imageIdOf(SOURCE), imageIdOf(TARGET)]);
    run.finish(TRANSFER_OUTCOME);
    expect(await client.next('job.result')).toEqual({
      type: 'job.result',
      jobId: 'j',
      result: TRANSFER_OUTCOME.result,
    });
  });

  const failed = {
    state: 'failed' as const,
    targetId: 'u',
    imageId: imageIdOf(TARGET),
    error: { code: 'IMAGE_UNREADABLE' as const, message: 'It cannot be read.', hint: 'Send another.' },
  };

  it('returns failed targets beside the others to a client that supports them', async () => {
    await client.settle();
    const plugin = await TestClient.greeted(server.port, server.token, [FAILED_TARGETS]);
    start('j', plugin);
    const run = await server.engine.runNumber(1);
    const placed = { targetId: 't', state: 'placed' as const, placements: [] };
    const result = { kind: 'transfer' as const, targets: [placed, failed] };
    run.finish({ result });
    expect((await plugin.next('job.result')).result).toEqual(result);
  });

  it('fails at its first failed target for an earlier client, which gets no states otherwise', async () => {
    start('good');
    start('bad');
    const placed = { targetId: 't', state: 'placed' as const, placements: [] };
    (await server.engine.runNumber(1)).finish({ result: { kind: 'transfer', targets: [placed] } });
    expect((await client.next('job.result')).result).toEqual({
      kind: 'transfer',
      targets: [{ targetId: 't', placements: [] }],
    });
    (await server.engine.runNumber(2)).finish({ result: { kind: 'transfer', targets: [placed, failed] } });
    expect((await client.next('job.failed')).error).toEqual({
      ...failed.error,
      retryable: false,
      details: { imageId: failed.imageId },
    });
  });

  it('has causes of refusals for a client that supports them only', async () => {
    const refusal = { state: 'refused' as const, reason: 'All of it would lie outside the target.' };
    const caused = { ...refusal, cause: 'outside-target' as const };
    const warped = { kind: 'warp' as const, targets: [{ ...caused, targetId: 't' }] };
    const aligned = { kind: 'align' as const, outcome: caused };
    const finish = async (jobs: TestClient, first: number) => {
      start(`warped ${first}`, jobs);
      start(`aligned ${first}`, jobs);
      (await server.engine.runNumber(first)).finish({ result: warped });
      (await server.engine.runNumber(first + 1)).finish({ result: aligned });
      return [(await jobs.next('job.result')).result, (await jobs.next('job.result', 2)).result];
    };
    expect(await finish(client, 1)).toEqual([
      { kind: 'warp', targets: [{ ...refusal, targetId: 't' }] },
      { kind: 'align', outcome: refusal },
    ]);
    await client.settle();
    const plugin = await TestClient.greeted(server.port, server.token, [REFUSAL_CAUSES]);
    expect(await finish(plugin, 3)).toEqual([warped, aligned]);
  });

  it('with a payload returns its result as one binary frame', async () => {
    client.send({ type: 'job.start', jobId: 'j', request: inspectRequest() });
    (await server.engine.runNumber(1)).finish(INSPECT_OUTCOME);
    expect(await client.nextBinary()).toEqual({ jobId: 'j', payload: INSPECT_OUTCOME.payload });
    await client.settle();
    expect(terminals(client)).toEqual([]);
  });

  it('reports progress, and 100 % only with the result', async () => {
    start('j');
    const run = await server.engine.runNumber(1);
    run.options.onProgress?.({ stage: 'matching', done: 1, total: 2, elapsedMs: 5 });
    expect((await client.next('job.progress')).progress).toMatchObject({ done: 1, total: 2 });
    server.clock.advance(LIMITS.progressIntervalMs);
    run.options.onProgress?.({ stage: 'matching', done: 2, total: 2, elapsedMs: 9 });
    await client.settle();
    expect(client.count('job.progress')).toBe(1);
    run.finish(TRANSFER_OUTCOME);
    await client.next('job.result');
    expect(client.received.slice(-2).map(({ type }) => type)).toEqual(['job.progress', 'job.result']);
  });

  it('waits for the one before it and reports changes of its position', async () => {
    start('a');
    start('b');
    start('c');
    await client.next('job.accepted', 3);
    (await server.engine.runNumber(1)).finish(TRANSFER_OUTCOME);
    await client.next('job.accepted', 5);
    const positions = client.received.flatMap((message) =>
      message.type === 'job.accepted' ? [`${message.jobId}${message.position}`] : [],
    );
    expect(positions).toEqual(['a0', 'b1', 'c2', 'b0', 'c1']);
  });

  it('cancelled while it waits never reaches the engine, and the next one succeeds', async () => {
    start('a');
    start('b');
    start('c');
    client.send({ type: 'job.cancel', jobId: 'b' });
    expect(await client.next('job.cancelled')).toEqual({ type: 'job.cancelled', jobId: 'b', at: 'queued' });
    (await server.engine.runNumber(1)).finish(TRANSFER_OUTCOME);
    (await server.engine.runNumber(2)).finish(TRANSFER_OUTCOME);
    expect((await client.next('job.result', 2)).jobId).toBe('c');
    expect(server.engine.runs).toHaveLength(2);
  });

  it('cancelled while it runs aborts the engine, and a second job succeeds', async () => {
    start('a');
    const first = await server.engine.runNumber(1);
    client.send({ type: 'job.cancel', jobId: 'a' });
    expect(await client.next('job.cancelled')).toEqual({ type: 'job.cancelled', jobId: 'a', at: 'running' });
    expect(first.options.signal?.aborted).toBe(true);
    start('b');
    (await server.engine.runNumber(2)).finish(TRANSFER_OUTCOME);
    expect((await client.next('job.result')).jobId).toBe('b');
    expect(terminals(client)).toEqual(['job.cancelled', 'job.result']);
  });

  it('that fails in the engine is reported as failed, and the next one succeeds', async () => {
    start('a');
    start('b');
    (await server.engine.runNumber(1)).fail(new SamepointError('ENGINE_CRASHED', 'The engine died.', 'Try again.'));
    expect(await client.next('job.failed')).toMatchObject({ jobId: 'a', error: { code: 'ENGINE_CRASHED' } });
    (await server.engine.runNumber(2)).finish(TRANSFER_OUTCOME);
    expect((await client.next('job.result')).jobId).toBe('b');
  });

  it('ends with exactly one terminal message, whatever follows', async () => {
    start('a');
    const run = await server.engine.runNumber(1);
    client.send({ type: 'job.cancel', jobId: 'a' });
    client.send({ type: 'job.cancel', jobId: 'a' });
    await client.next('job.cancelled');
    run.finish(TRANSFER_OUTCOME);
    run.options.onProgress?.({ stage: 'matching', done: 1, total: 2, elapsedMs: 5 });
    server.clock.advance(LIMITS.progressIntervalMs);
    await client.settle();
    expect(terminals(client)).toEqual(['job.cancelled']);
    expect(client.count('job.progress')).toBe(0);
  });

  it('with the id of a running job joins it', async () => {
    start('a');
    await server.engine.runNumber(1);
    start('a');
    await client.next('job.accepted', 2);
    await client.settle();
    expect(server.engine.runs).toHaveLength(1);
  });

  it('with an unknown id cannot be cancelled', async () => {
    client.send({ type: 'job.cancel', jobId: 'nothing' });
    expect((await client.next('error')).error).toMatchObject({ code: 'JOB_UNKNOWN', details: { jobId: 'nothing' } });
  });

  it('for an unavailable backend is rejected', async () => {
    client.send({ type: 'job.start', jobId: 'j', request: { ...transferRequest(), backend: 'none' } });
    expect((await client.next('job.failed')).error.code).toBe('BACKEND_UNKNOWN');
  });

  it('of one client is invisible to another, which cannot cancel it', async () => {
    start('a');
    await server.engine.runNumber(1);
    const other = await server.connect(server.tokens.issue('other'));
    expect((await other.next('welcome')).jobs).toEqual([]);
    other.send({ type: 'job.cancel', jobId: 'a' });
    expect((await other.next('error')).error.code).toBe('JOB_UNKNOWN');
  });
});

describe('after a reconnect', () => {
  it('the welcome lists the running job, and joining it returns the result', async () => {
    start('a');
    const run = await server.engine.runNumber(1);
    await client.close();
    const again = await server.connect();
    expect((await again.next('welcome')).jobs).toEqual([{ jobId: 'a', state: 'running' }]);
    start('a', again);
    expect(await again.next('job.accepted')).toMatchObject({ jobId: 'a', position: 0 });
    run.finish(TRANSFER_OUTCOME);
    expect((await again.next('job.result')).jobId).toBe('a');
    expect(server.engine.runs).toHaveLength(1);
  });

  it('a job that ended meanwhile is listed, and joining it returns the result exactly once', async () => {
    start('a');
    const run = await server.engine.runNumber(1);
    await client.close();
    run.finish(TRANSFER_OUTCOME);
    const again = await server.connect();
    expect((await again.next('welcome')).jobs).toEqual([{ jobId: 'a', state: 'finished' }]);
    start('a', again);
    await again.next('job.result');
    await again.settle();
    expect(terminals(again)).toEqual(['job.result']);
    expect((await again.next('status')).jobs).toEqual([]);
  });
});

describe('while a job runs', () => {
  it('a ping is answered before the job ends', async () => {
    start('a');
    await server.engine.runNumber(1);
    client.send({ type: 'ping' });
    await client.next('pong');
    expect(terminals(client)).toEqual([]);
  });
});

describe('the device', () => {
  it('is sent again when the engine restarts on another one', async () => {
    server.engine.device = { provider: 'cuda', description: 'Fake GPU', reason: 'it appeared' };
    start('a');
    expect(await client.next('device.changed')).toEqual({ type: 'device.changed', device: server.engine.device });
    client.send({ type: 'status.get' });
    expect((await client.next('status')).device).toEqual(server.engine.device);
  });
});
