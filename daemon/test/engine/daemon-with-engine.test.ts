import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// the built engine, which forks the built entry beside it
import { createEngineHost } from '../../dist/engine/engine-host.js';
import { type RunningServer, startServer } from '../../dist/server/server.js';
import { TokenStore } from '../../dist/server/token-store.js';
import { ManualClock } from '../server/manual-clock.js';
import { TestClient } from '../server/test-client.js';
import { NO_MODELS } from '../server/test-server.js';
import { inspectOf, strip } from '../support/strips.js';

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
    // a slow machine must not meet the daemon's time limits
    clock: new ManualClock(),
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

/** Starts a job on images that are new to the engine. */
async function startJob(jobId: string): Promise<void> {
  const [source, target] = [await strip(seed++), await strip(seed++)];
  for (const { bytes } of [source, target]) client.sendImage(bytes);
  client.send({ type: 'job.start', jobId, request: inspectOf(source, target) });
}

/** Resolves once the engine computes the job. */
async function inProgress(jobId: string): Promise<void> {
  await client.until((message) => message.type === 'job.progress' && message.jobId === jobId);
}

async function expectJobSucceeds(jobId: string): Promise<void> {
  await startJob(jobId);
  const failure = client
    .until((message) => message.type === 'job.failed' && message.jobId === jobId)
    .then((message) => {
      throw new Error(JSON.stringify(message));
    });
  // rejects when the client closes, long after the result
  failure.catch(() => {});
  await Promise.race([client.nextBinary(jobId), failure]);
}

function enginePid(): number {
  if (engine.pid === undefined) throw new Error('the engine is not running');
  return engine.pid;
}

describe('a daemon with a real engine', () => {
  // Windows cannot suspend a process
  it.skipIf(process.platform === 'win32')('answers pings while a job keeps the engine busy', async () => {
    await startJob('suspended');
    await inProgress('suspended');
    const pid = enginePid();
    process.kill(pid, 'SIGSTOP');
    try {
      for (let nth = 1; nth <= 3; nth++) {
        client.send({ type: 'ping' });
        await client.next('pong', nth);
      }
      expect(client.binary).toEqual([]);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await client.nextBinary('suspended')).toBeDefined();
  });

  it('cancels a running job, and the next one succeeds', async () => {
    await startJob('cancelled');
    await inProgress('cancelled');
    client.send({ type: 'job.cancel', jobId: 'cancelled' });
    expect(await client.next('job.cancelled')).toMatchObject({ jobId: 'cancelled', at: 'running' });
    await expectJobSucceeds('after the cancel');
  });

  it('fails the job whose engine is killed, and the next one succeeds', async () => {
    await startJob('killed');
    await inProgress('killed');
    process.kill(enginePid(), 'SIGKILL');
    expect(await client.next('job.failed')).toMatchObject({
      jobId: 'killed',
      error: { code: 'ENGINE_CRASHED', retryable: true },
    });
    await expectJobSucceeds('after the crash');
  });
});
