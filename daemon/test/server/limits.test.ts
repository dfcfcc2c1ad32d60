import {
  decodeFrame,
  encodeFrame,
  errorPayloadSchema,
  idSchema,
  jobRequestSchema,
  LIMITS,
  layerSchema,
  placementSchema,
} from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageStore } from '../../src/jobs/image-store.js';
import { ProgressThrottle } from '../../src/jobs/progress-throttle.js';
import { PairingCodes } from '../../src/server/http/pairing-codes.js';
import { Outbox, type OutboxSocket } from '../../src/server/session/outbox.js';
import { ManualClock } from './manual-clock.js';
import { imageIdOf, inspectRequest, SOURCE, TARGET, TRANSFER_OUTCOME, transferRequest } from './requests.js';
import { TestClient } from './test-client.js';
import { TestServer } from './test-server.js';

type Row = keyof typeof LIMITS;
type Crossing = (limit: number) => void | Promise<void>;

/** Rows that the engine enforces; their tests are beside those of the decoder. */
const IN_IMAGE_TESTS = 'daemon/test/images';

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});

afterEach(async () => {
  await server.stop();
});

function acceptsUpTo(
  limit: number,
  schema: { safeParse(value: unknown): { success: boolean } },
  make: (n: number) => unknown,
) {
  expect(schema.safeParse(make(limit)).success).toBe(true);
  expect(schema.safeParse(make(limit + 1)).success).toBe(false);
}

const repeat = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const layer = { layerId: 'l', type: 'TEXT', name: '', box: { x: 0, y: 0, w: 1, h: 1 }, candidate: true };

/** Every row of the table, crossed by one: the last allowed value passes, the next does not. */
const CROSSINGS: Record<Row, Crossing | typeof IN_IMAGE_TESTS> = {
  imageSidePx: IN_IMAGE_TESTS,
  imagePixels: IN_IMAGE_TESTS,
  decodeTimeoutMs: IN_IMAGE_TESTS,

  controlFrameBytes: async (limit) => {
    const client = await server.connect();
    client.sendRaw('{"type":"ping"}'.padEnd(limit));
    await client.next('pong');
    client.sendRaw('{"type":"ping"}'.padEnd(limit + 1));
    expect((await client.next('error')).error.code).toBe('FRAME_TOO_LARGE');
    await client.settle();
  },
  binaryFrameBytes: async (limit) => {
    const client = await server.connect();
    client.sendRaw(new Uint8Array(limit));
    expect((await client.next('error')).error.code).toBe('BAD_REQUEST');
    client.sendRaw(new Uint8Array(limit + 1));
    expect(await client.closed).toBe(1009);
  },
  messageFragments: async (limit) => {
    const client = await server.connect();
    const sendPieces = (pieces: number) => {
      for (let n = 1; n <= pieces; n++) client.socket.send(n === 1 ? '{' : ' ', { fin: n === pieces });
    };
    sendPieces(limit);
    expect((await client.next('error')).error.code).toBe('BAD_REQUEST');
    sendPieces(limit + 1);
    expect(await client.closed).toBe(1008);
  },
  frameHeaderBytes: (limit) => {
    const frame = (bytes: number) => encodeFrame('imageData', 'x'.repeat(bytes - '""'.length), new Uint8Array(1));
    expect(decodeFrame(frame(limit)).ok).toBe(true);
    expect(decodeFrame(frame(limit + 1)).ok).toBe(false);
  },
  imageBytes: async (limit) => {
    const store = new ImageStore();
    const bytes = new Uint8Array(limit + 1);
    const allowed = bytes.subarray(0, limit);
    expect(await store.put(imageIdOf(allowed), allowed)).toEqual({ ok: true });
    expect(await store.put(imageIdOf(bytes), bytes)).toMatchObject({ ok: false, error: { code: 'IMAGE_TOO_LARGE' } });
  },
  imageStoreBytes: async (limit) => {
    const store = new ImageStore();
    const backing = new Uint8Array(LIMITS.imageBytes);
    const views = repeat(10, (i) => backing.subarray(i));
    const used = views.reduce((sum, view) => sum + view.length, 0);
    const ids: string[] = [];
    for (const view of [...views, backing.subarray(0, limit - used)]) {
      ids.push(imageIdOf(view));
      await store.put(ids.at(-1) ?? '', view);
    }
    expect(store.usedBytes).toBe(limit);
    expect(await store.put(imageIdOf(SOURCE.subarray(0, 1)), SOURCE.subarray(0, 1))).toEqual({ ok: true });
    expect(ids.map((id) => store.has(id))).toEqual([false, ...repeat(10, () => true)]);
  },
  targetsPerJob: (limit) => {
    const [target] = transferRequest().targets;
    acceptsUpTo(limit, jobRequestSchema, (n) => ({ ...transferRequest(), targets: repeat(n, () => target) }));
  },
  runnersUpPerPlacement: (limit) => {
    const placement = { kind: 'layer', itemId: 'i', confidence: 1, evidence: { image: 1 }, layerId: null, box: null };
    const runnersUp = (n: number) => repeat(n, () => ({ layerId: 'l', confidence: 0 }));
    acceptsUpTo(limit, placementSchema, (n) => ({ ...placement, runnersUp: runnersUp(n) }));
  },
  tokensPerLayer: (limit) => {
    acceptsUpTo(limit, layerSchema, (n) => ({ ...layer, references: { tokens: repeat(n, () => 't') } }));
  },
  pathChars: (limit) => {
    acceptsUpTo(limit, layerSchema, (n) => ({ ...layer, references: { path: 'x'.repeat(n) } }));
  },
  itemsPerJob: (limit) => {
    const [item] = transferRequest().items;
    acceptsUpTo(limit, jobRequestSchema, (n) => ({ ...transferRequest(), items: repeat(n, () => item) }));
  },
  layersPerFrame: (limit) =>
    acceptsUpTo(limit, jobRequestSchema, (n) => ({
      ...transferRequest(),
      source: { imageId: imageIdOf(SOURCE), layers: repeat(n, () => layer) },
    })),
  matchesPerInspect: (limit) => acceptsUpTo(limit, jobRequestSchema, (n) => ({ ...inspectRequest(), matches: n })),
  idChars: (limit) => acceptsUpTo(limit, idSchema, (n) => 'x'.repeat(n)),
  nameChars: (limit) => acceptsUpTo(limit, layerSchema, (n) => ({ ...layer, name: 'x'.repeat(n) })),
  textChars: (limit) =>
    acceptsUpTo(limit, errorPayloadSchema, (n) => ({
      code: 'INTERNAL',
      message: 'x'.repeat(n),
      hint: '',
      retryable: false,
    })),
  connections: async (limit) => {
    const tokens = repeat(limit, (i) => server.tokens.issue(`client ${i}`));
    for (const token of tokens) await server.connect(token);
    await expect(server.connect(server.token)).rejects.toThrow('503');
    await server.connect(tokens[0]);
  },
  jobsPerConnection: async (limit) => {
    const client = await server.connect();
    client.sendImage(SOURCE);
    client.sendImage(TARGET);
    for (let i = 0; i < limit; i += 1) client.send({ type: 'job.start', jobId: `${i}`, request: transferRequest() });
    await client.next('job.accepted', limit);
    expect(client.count('job.failed')).toBe(0);
    client.send({ type: 'job.start', jobId: 'one too many', request: transferRequest() });
    const { error } = await client.next('job.failed');
    expect(error).toMatchObject({ code: 'QUEUE_FULL', retryable: true });
    expect(error.retryAfterMs).toBeGreaterThan(0);
  },
  controlFramesPerSecond: async (limit) => {
    const client = await server.connect();
    for (let i = 1; i < limit; i += 1) client.send({ type: 'ping' });
    await client.next('pong', limit - 1);
    client.send({ type: 'ping' });
    expect((await client.next('error')).error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1000 });
    server.clock.advance(1000);
    client.send({ type: 'ping' });
    await client.next('pong', limit);
  },
  bufferedBytes: (limit) => {
    const bytes = 1000;
    const trySend = (bufferedAmount: number) => {
      const sent: string[] = [];
      const socket: OutboxSocket = {
        readyState: 1,
        bufferedAmount,
        send: () => sent.push('sent'),
        close: (code) => sent.push(`closed ${code}`),
      };
      new Outbox(socket).send(new Uint8Array(bytes));
      return sent;
    };
    expect(trySend(limit - bytes)).toEqual(['sent']);
    expect(trySend(limit - bytes + 1)).toEqual(['closed 4413']);
  },
  helloTimeoutMs: async (limit) => {
    const client = await TestClient.open(server.port, server.token);
    server.clock.advance(limit - 1);
    client.send({ type: 'ping' });
    await client.next('error');
    expect(client.count('bye')).toBe(0);
    server.clock.advance(1);
    await client.next('bye');
  },
  heartbeatMs: async (limit) => {
    const client = await TestClient.greeted(server.port, server.token, [], { autoPong: false });
    const pinged = new Promise((resolve) => client.socket.once('ping', resolve));
    server.clock.advance(limit);
    await pinged;
    server.clock.advance(limit - 1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    server.clock.advance(1);
    expect(await client.closed).toBe(1006);
  },
  progressIntervalMs: (limit) => {
    const clock = new ManualClock();
    const sent: number[] = [];
    const throttle = new ProgressThrottle(clock, ({ done }) => sent.push(done));
    for (const done of [1, 2, 3]) throttle.offer({ stage: 'features', done, total: 9, elapsedMs: 0 });
    clock.advance(limit - 1);
    expect(sent).toEqual([1]);
    clock.advance(1);
    expect(sent).toEqual([1, 3]);
  },
  resultKeptMs: async (limit) => {
    const client = await server.connect();
    client.sendImage(SOURCE);
    client.sendImage(TARGET);
    client.send({ type: 'job.start', jobId: 'j', request: transferRequest() });
    const run = await server.engine.runNumber(1);
    await client.close();
    run.finish(TRANSFER_OUTCOME);
    const token = server.token;
    const states = async () => (await (await server.connect(token)).next('welcome')).jobs.map(({ state }) => state);
    expect(await states()).toEqual(['finished']);
    server.clock.advance(limit - 1);
    expect(await states()).toEqual(['finished']);
    server.clock.advance(1);
    expect(await states()).toEqual([]);
  },
  pairingCodeMs: (limit) => {
    const clock = new ManualClock();
    const desk = new PairingCodes(clock, () => 42);
    desk.renew();
    clock.advance(limit - 1);
    expect(desk.live).toEqual({ code: '000042', expiresInMs: 1 });
    clock.advance(1);
    expect(desk.redeem('000042')).toMatchObject({ ok: false, error: { code: 'PAIRING_CODE_EXPIRED' } });
  },
  pairingTries: (limit) => {
    const tryWrong = (times: number) => {
      const desk = new PairingCodes(new ManualClock(), () => 42);
      desk.renew();
      for (let i = 0; i < times; i += 1) desk.redeem('999999');
      return desk.redeem('000042');
    };
    expect(tryWrong(limit - 1)).toEqual({ ok: true });
    expect(tryWrong(limit)).toMatchObject({ ok: false, error: { code: 'PAIRING_LOCKED' } });
  },
};

describe('the limit', () => {
  for (const [row, crossing] of Object.entries(CROSSINGS)) {
    if (typeof crossing === 'string') continue;
    it(`${row} allows its last value and rejects the next`, () => crossing(LIMITS[row as Row]));
  }

  it('of each row has a test', () => {
    expect(Object.keys(CROSSINGS).sort()).toEqual(Object.keys(LIMITS).sort());
  });

  it.each([
    ['imageSidePx', { width: LIMITS.imageSidePx + 1, height: 1, bytes: 1 }],
    ['imagePixels', { width: LIMITS.imagePixels / 8000 + 1, height: 8000, bytes: 1 }],
    ['imageBytes', { width: 1, height: 1, bytes: LIMITS.imageBytes + 1 }],
  ])('%s is reported to a client that offers more, before it sends the bytes', async (_row, size) => {
    const client = await server.connect();
    const imageId = imageIdOf(SOURCE);
    client.send({ type: 'image.offer', imageId, ...size });
    expect(await client.next('error')).toMatchObject({ imageId, error: { code: 'IMAGE_TOO_LARGE' } });
  });

  it('values are in the welcome', async () => {
    const client = await server.connect();
    expect((await client.next('welcome')).limits).toEqual(LIMITS);
  });
});
