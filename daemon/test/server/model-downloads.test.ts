import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BACKEND_DOWNLOAD, type Backend, LIMITS, PROTOCOL } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelEnvironment } from '../../src/models/model-environment.js';
import { modelSource } from '../../src/models/model-source.js';
import { resolveModel } from '../../src/models/resolve-model.js';
import { COMMIT } from '../models/fake-hub.js';
import { CONFIG, CONFIG_FILE, ModelRoom, modelWith, UNET, unetFile } from '../models/model-room.js';
import { TestClient } from './test-client.js';
import { TestServer } from './test-server.js';

/** A file that is fetched whole, in one body. */
const { tensors: _all, ...WHOLE } = unetFile({
  source: { kind: 'hub', at: { repository: 'org/other', revision: COMMIT }, path: 'unet/model.fp16.safetensors' },
});
const IDS = ['tiny', 'other'];

let room: ModelRoom;
let environment: ModelEnvironment;
let server: TestServer;

beforeEach(async () => {
  room = await ModelRoom.open();
  room.hub.put('unet/model.fp16.safetensors', UNET, true, 'org/other');
  environment = room.environment({
    catalogue: [modelWith([{ ...CONFIG_FILE, size: CONFIG.length }, unetFile()]), modelWith([WHOLE], 'other')],
  });
  const backends = { list, has: (id: string) => IDS.includes(id) };
  server = await TestServer.start({ backends, models: modelSource(environment) });
});

afterEach(async () => {
  await server.stop();
  await room.close();
});

function list(): Backend[] {
  const embedded: Backend = { id: 'ui', title: 'Mockups', state: 'embedded' };
  const state = (id: string) => (resolveModel(id, {}, environment).ok ? 'ready' : 'missing');
  return [embedded, ...IDS.map((id): Backend => ({ id, title: id, state: state(id) }))];
}

function stateIn(message: { backends: readonly Backend[] }, id = 'tiny') {
  return message.backends.find((backend) => backend.id === id)?.state;
}

/** A gate that the CDN waits at with every body. */
function holdBodies(): () => void {
  let open = () => {};
  room.hub.behaviour.gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

/** The status that the daemon sends without a request. */
async function ready(client: TestClient, id = 'tiny'): Promise<void> {
  for (let nth = 1; stateIn(await client.next('status', nth), id) !== 'ready'; nth++);
}

describe('before a download', () => {
  it('a client that supports the field receives the licence and the maximum size', async () => {
    const client = await TestClient.greeted(server.port, server.token, [BACKEND_DOWNLOAD]);
    const { backends, features } = await client.next('welcome');
    expect(features).toContain('model.pull');
    expect(backends[0]).toEqual({ id: 'ui', title: 'Mockups', state: 'embedded' });
    expect(backends[1]?.download).toEqual({ bytes: CONFIG.length + UNET.length, licence: 'MIT' });
  });

  it('a client without support for the field never receives it', async () => {
    const client = await server.connect();
    expect((await client.next('welcome')).backends.every((backend) => !('download' in backend))).toBe(true);
    client.send({ type: 'status.get' });
    expect((await client.next('status')).backends.every((backend) => !('download' in backend))).toBe(true);
  });
});

describe('a download', () => {
  it('sends progress to every client, and then that the model is ready', async () => {
    const [asking, watching] = [await server.connect(), await server.connect(server.tokens.issue('other'))];
    asking.send({ type: 'model.pull', modelId: 'tiny' });
    for (const client of [asking, watching]) {
      expect(await client.next('model.progress')).toMatchObject({ modelId: 'tiny', receivedBytes: 0 });
      await ready(client);
      expect(client.count('error')).toBe(0);
    }
  });

  it('reports progress at most once per interval', async () => {
    const client = await server.connect();
    const open = holdBodies();
    for (let times = 0; times < 5; times++) client.send({ type: 'model.pull', modelId: 'tiny' });
    await client.settle();
    open();
    await ready(client);
    // the clock stands still, and hundreds of pieces have arrived
    expect(client.count('model.progress')).toBe(1);
  });

  it('reports progress again after the interval', async () => {
    const client = await server.connect();
    const open = holdBodies();
    client.send({ type: 'model.pull', modelId: 'tiny' });
    await client.next('model.progress');
    server.clock.advance(LIMITS.progressIntervalMs);
    open();
    const { receivedBytes, totalBytes } = await client.next('model.progress', 2);
    expect(receivedBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(receivedBytes);
  });

  it('is shared by all clients that request it', async () => {
    const clients = [await server.connect(), await server.connect(server.tokens.issue('other'))];
    const open = holdBodies();
    for (const client of clients) client.send({ type: 'model.pull', modelId: 'tiny' });
    for (const client of clients) await client.settle();
    open();
    for (const client of clients) await ready(client);
    const heads = room.hub.requests.filter(({ method, path }) => method === 'HEAD' && path.endsWith('.safetensors'));
    expect(heads).toHaveLength(1);
  });

  it('of another model waits', async () => {
    const client = await server.connect();
    const open = holdBodies();
    client.send({ type: 'model.pull', modelId: 'tiny' });
    client.send({ type: 'model.pull', modelId: 'other' });
    expect((await client.next('error')).error).toMatchObject({ code: 'QUEUE_FULL', details: { modelId: 'other' } });
    open();
    await ready(client);
    client.send({ type: 'model.pull', modelId: 'other' });
    await ready(client, 'other');
  });

  it('outlives the connection that requested it', async () => {
    const open = holdBodies();
    const client = await server.connect();
    client.send({ type: 'model.pull', modelId: 'tiny' });
    await client.next('model.progress');
    await client.close();
    const again = await server.connect();
    expect(stateIn(await again.next('welcome'))).toBe('missing');
    open();
    await ready(again);
  });

  it('of an available model ends at once', async () => {
    const client = await server.connect();
    client.send({ type: 'model.pull', modelId: 'tiny' });
    await ready(client);
    const requests = room.hub.requests.length;
    const statuses = client.count('status');
    client.send({ type: 'model.pull', modelId: 'tiny' });
    expect(stateIn(await client.next('status', statuses + 1))).toBe('ready');
    expect(room.hub.requests).toHaveLength(requests);
  });

  it('replaces damaged files', async () => {
    const client = await server.connect();
    client.send({ type: 'model.pull', modelId: 'tiny' });
    await ready(client);
    const resolved = resolveModel('tiny', {}, environment);
    writeFileSync((resolved.ok && resolved.files.get('unet/model.safetensors')) || '', 'damaged');
    const requests = room.hub.requests.length;
    const statuses = client.count('status');
    client.send({ type: 'model.pull', modelId: 'tiny' });
    expect(stateIn(await client.next('status', statuses + 1))).toBe('ready');
    expect(room.hub.requests.length).toBeGreaterThan(requests);
  });
});

describe('a download that is cancelled', () => {
  it('ends at once, and the next one resumes', async () => {
    const client = await server.connect();
    room.hub.behaviour.stallsAfterBytes = 150_000;
    client.send({ type: 'model.pull', modelId: 'other' });
    for (let nth = 1; (await client.next('model.progress', nth)).receivedBytes < 150_000; nth++) {
      server.clock.advance(LIMITS.progressIntervalMs);
    }
    client.send({ type: 'model.cancel', modelId: 'other' });
    expect((await client.next('error')).error).toMatchObject({ code: 'CANCELLED', details: { modelId: 'other' } });
    expect(stateIn(await client.next('status'), 'other')).toBe('missing');
    delete room.hub.behaviour.stallsAfterBytes;
    client.send({ type: 'model.pull', modelId: 'other' });
    await ready(client, 'other');
    expect(room.hub.ranges).toEqual([`bytes=150000-${UNET.length - 1}`]);
  });

  it('without a running download is an error', async () => {
    const client = await server.connect();
    client.send({ type: 'model.cancel', modelId: 'tiny' });
    expect((await client.next('error')).error).toMatchObject({
      code: 'MODEL_MISSING',
      message: 'No download of “tiny” is running.',
    });
  });
});

describe('a download that fails', () => {
  it('sends the reason to the client that requested it, and the next one works', async () => {
    const [asking, watching] = [await server.connect(), await server.connect(server.tokens.issue('other'))];
    room.hub.behaviour.statuses = [{ status: 404 }];
    asking.send({ type: 'model.pull', modelId: 'tiny' });
    const { error } = await asking.next('error');
    expect(error).toMatchObject({ code: 'MODEL_MISSING', details: { modelId: 'tiny' } });
    expect(error.message).toContain('does not have org/tiny/unet/config.json');
    await watching.settle();
    expect(watching.count('error')).toBe(0);
    asking.send({ type: 'model.pull', modelId: 'tiny' });
    await ready(asking);
  });

  it('sends nothing to a reconnected client before its hello', async () => {
    const open = holdBodies();
    const [asking, other] = [await server.connect(), await server.connect(server.tokens.issue('other'))];
    asking.send({ type: 'model.pull', modelId: 'tiny' });
    await asking.next('model.progress');
    const again = await TestClient.open(server.port, server.token);
    await asking.closed;
    other.send({ type: 'model.cancel', modelId: 'tiny' });
    await other.next('status');
    again.send({ type: 'hello', protocol: PROTOCOL, client: 'test', features: [] });
    await again.next('welcome');
    expect(again.received[0]?.type).toBe('welcome');
    open();
  });

  it.each(['nope', '../../etc/passwd', 'https://example.org/model.safetensors', '/etc/passwd', '__proto__'])(
    'accepts only catalogue ids: %s',
    async (modelId) => {
      const client = await server.connect();
      client.send({ type: 'model.pull', modelId });
      expect((await client.next('error')).error).toMatchObject({ code: 'BACKEND_UNKNOWN', details: { modelId } });
      expect(room.hub.requests).toEqual([]);
      expect(room.files()).toEqual([]);
    },
  );

  it('because the model list is unreadable reports that, and the daemon keeps running', async () => {
    const client = await TestClient.greeted(server.port, server.token, [BACKEND_DOWNLOAD]);
    mkdirSync(dirname(environment.at.stateFile), { recursive: true });
    writeFileSync(environment.at.stateFile, '{');
    client.send({ type: 'model.pull', modelId: 'tiny' });
    expect((await client.next('error')).error).toMatchObject({
      hint: 'Delete that file.',
      details: { modelId: 'tiny' },
    });
    const again = await server.connect(server.tokens.issue('other'));
    expect(stateIn(await again.next('welcome'))).toBe('missing');
    expect(server.logged.some((line) => line.includes('cannot be read'))).toBe(true);
  });

  it('stops when the daemon does', async () => {
    const open = holdBodies();
    const client = await server.connect();
    client.send({ type: 'model.pull', modelId: 'tiny' });
    await client.next('model.progress');
    await server.running.close();
    open();
    expect(stateIn({ backends: list() })).toBe('missing');
  });
});
