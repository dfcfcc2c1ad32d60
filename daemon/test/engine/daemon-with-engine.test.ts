import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// the built ones: the engine forks the built entry beside itself
import { createEngineHost } from '../../dist/engine/engine-host.js';
import { type RunningServer, startServer } from '../../dist/server/server.js';
import { TokenStore } from '../../dist/server/token-store.js';
import { median } from '../../src/transfer/transforms/fit-similarity.js';
import { TestClient } from '../server/test-client.js';
import { NO_MODELS } from '../server/test-server.js';
import { inspectOf, strip, type TestImage, testImage, transferOf } from '../support/strips.js';

/** What the daemon promises, and the share of pings that may be late because the machine was busy elsewhere. */
const PROMISED_MS = 50;
const LATE_SHARE = 0.01;

/** Far enough apart to stay under the limit on control frames. */
const PING_EVERY_MS = 20;

const POINT = { kind: 'point' as const, itemId: 'p', point: { x: 50, y: 30 } };

const stateDir = mkdtempSync(join(tmpdir(), 'samepoint-test-'));
const engine = createEngineHost({ provider: 'cpu' });
let server: RunningServer;
let client: TestClient;
let seed = 100;

beforeAll(async () => {
  const tokens = new TokenStore(stateDir);
  server = await startServer({
    engine,
    device: await engine.ready(),
    backends: { list: () => [{ id: 'ui', title: 'Mockups', state: 'embedded' }], has: (id) => id === 'ui' },
    models: NO_MODELS,
    daemon: 'samepoint 0.0.0-test',
    tokens,
    ports: [0],
    log: () => {},
  });
  client = await TestClient.greeted(server.port, tokens.issue('test'));
});

afterAll(async () => {
  await client.close();
  await server.close();
  await engine.close();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Starts a job on images the engine has not seen. */
async function startJob(jobId: string): Promise<void> {
  const [source, target] = [await strip(seed++), await strip(seed++)];
  send(source, target);
  client.send({ type: 'job.start', jobId, request: inspectOf(source, target) });
}

function send(...images: readonly TestImage[]): void {
  for (const { bytes } of images) client.sendImage(bytes);
}

async function expectJobSucceeds(jobId: string): Promise<void> {
  await startJob(jobId);
  while (!client.binary.some((result) => result.jobId === jobId)) {
    expect(failureOf(jobId)).toBeUndefined();
    await pause(PING_EVERY_MS);
  }
}

function failureOf(jobId: string) {
  return client.received.find((message) => message.type === 'job.failed' && message.jobId === jobId);
}

/** Resolves when the engine works on the job. */
async function inProgress(jobId: string): Promise<void> {
  while (!client.received.some((message) => message.type === 'job.progress' && message.jobId === jobId))
    await pause(PING_EVERY_MS);
}

describe('a daemon with a real engine', () => {
  it(`answers a ping within ${PROMISED_MS} ms all through a job`, async () => {
    const source = await testImage(240, 60, [{ x: 30, y: 20, w: 90, h: 20, colour: [20, 90, 160] }]);
    const target = await testImage(240, 60, [{ x: 60, y: 30, w: 90, h: 20, colour: [20, 90, 160] }]);
    const request = { ...transferOf(source, target), items: [POINT] };
    send(source, target);
    client.send({ type: 'job.start', jobId: 'long', request });
    await inProgress('long');
    const latencies: Promise<number>[] = [];
    // at a steady pace, whether or not the last one was answered: else a daemon that hangs would be asked less
    while (client.count('job.result') === 0 && failureOf('long') === undefined) {
      latencies.push(ping(latencies.length + 1));
      await pause(PING_EVERY_MS);
    }
    const measured = await Promise.all(latencies);
    expect(measured.length).toBeGreaterThan(20);
    expect(median(measured)).toBeLessThan(PROMISED_MS);
    expect(measured.filter((ms) => ms > PROMISED_MS).length / measured.length).toBeLessThan(LATE_SHARE);
    expect(failureOf('long')).toBeUndefined();
  });

  async function ping(nth: number): Promise<number> {
    const sentAt = performance.now();
    client.send({ type: 'ping' });
    await client.next('pong', nth);
    return performance.now() - sentAt;
  }

  it('cancels a running job, and the next one succeeds', async () => {
    await startJob('cancelled');
    await inProgress('cancelled');
    client.send({ type: 'job.cancel', jobId: 'cancelled' });
    expect(await client.next('job.cancelled')).toMatchObject({ jobId: 'cancelled', at: 'running' });
    await expectJobSucceeds('after the cancel');
  });

  it('says that the engine was killed in mid-job, and the next job succeeds', async () => {
    await startJob('killed');
    await inProgress('killed');
    if (engine.pid === undefined) throw new Error('the engine does not run');
    process.kill(engine.pid, 'SIGKILL');
    expect(await client.next('job.failed')).toMatchObject({
      jobId: 'killed',
      error: { code: 'ENGINE_CRASHED', retryable: true },
    });
    await expectJobSucceeds('after the crash');
  });
});
