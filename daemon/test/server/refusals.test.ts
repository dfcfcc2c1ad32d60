import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { CLOSE_CODES, LIMITS, PROTOCOL, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { TestClient } from './test-client.js';
import { TestServer } from './test-server.js';

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});

afterEach(async () => {
  await server.stop();
});

/** The HTTP status and the error code an upgrade is answered with; 101 when it is let in. */
function upgrade(token: string | undefined, options: ClientOptions = {}): Promise<{ status: number; code?: string }> {
  const protocols = token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL_PREFIX}${token}`];
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}`, protocols, options);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      socket.terminate();
      resolve({ status: 101 });
    });
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, code: JSON.parse(body).error.code }));
    });
  });
}

/** The first line of the answer to raw bytes. */
function raw(lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    socket.on('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(String(data).split('\r\n')[0] ?? '');
    });
  });
}

function get(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port: server.port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('an upgrade', () => {
  it('with the token is accepted from the plugin’s origin, from Figma’s and from none', async () => {
    for (const origin of [undefined, 'null', 'https://www.figma.com', server.url]) {
      expect(await upgrade(server.token, origin === undefined ? {} : { origin })).toEqual({ status: 101 });
    }
  });

  it('without a token is refused', async () => {
    expect(await upgrade(undefined)).toEqual({ status: 401, code: 'NOT_PAIRED' });
  });

  it('with a wrong token is refused, also one that begins like the right one', async () => {
    const almost = `${server.token.slice(0, -2)}${server.token.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const token of [randomBytes(32).toString('base64url'), almost, server.token.slice(0, 20)]) {
      expect(await upgrade(token)).toEqual({ status: 401, code: 'NOT_PAIRED' });
    }
  });

  it('with two tokens is refused', async () => {
    const token = `${server.token}, ${TOKEN_SUBPROTOCOL_PREFIX}${server.token}`;
    const head = ['GET / HTTP/1.1', `Host: localhost:${server.port}`, 'Connection: Upgrade', 'Upgrade: websocket'];
    const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    const protocols = `Sec-WebSocket-Protocol: ${SUBPROTOCOL}, ${TOKEN_SUBPROTOCOL_PREFIX}${token}`;
    expect(await raw([...head, ...key, protocols])).toBe('HTTP/1.1 401 Unauthorized');
  });

  it('for another host is refused even with the token', async () => {
    const { port } = server;
    for (const host of [`evil.example:${port}`, 'localhost', `localhost:${port + 1}`, `0.0.0.0:${port}`]) {
      expect(await upgrade(server.token, { headers: { host } })).toEqual({ status: 403, code: 'HOST_REFUSED' });
    }
  });

  it('from a foreign origin is refused even with the token', async () => {
    const foreign = [
      'https://evil.example',
      'https://figma.com',
      'https://www.figma.com.evil.example',
      'http://localhost',
    ];
    for (const origin of foreign) {
      expect(await upgrade(server.token, { origin })).toEqual({ status: 403, code: 'ORIGIN_REFUSED' });
    }
  });

  it('without a Host header is refused', async () => {
    const answer = await raw([
      'GET / HTTP/1.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: ${SUBPROTOCOL}, ${TOKEN_SUBPROTOCOL_PREFIX}${server.token}`,
    ]);
    expect(answer).toBe('HTTP/1.1 403 Forbidden');
  });
});

describe('an HTTP request', () => {
  it('for another host, or for none, is refused on every path', async () => {
    for (const path of ['/', '/v1/session', '/v1/status', '/nothing']) {
      expect(await get(path, { host: `evil.example:${server.port}` })).toBe(403);
      expect(await raw([`GET ${path} HTTP/1.1`])).toBe('HTTP/1.1 403 Forbidden');
    }
  });

  it('from a foreign origin is refused', async () => {
    expect(await get('/v1/session', { origin: 'https://evil.example' })).toBe(403);
  });

  it('is not answered on an address that is not loopback', async () => {
    const { networkInterfaces } = await import('node:os');
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    if (outside === undefined) return;
    const refused = await new Promise((resolve) => {
      const socket = connect(server.port, outside.address, () => resolve(false));
      socket.on('error', () => resolve(true));
    });
    expect(refused).toBe(true);
  });
});

describe('a connection', () => {
  it('without a hello in time receives an error and is closed', async () => {
    const client = await TestClient.open(server.port, server.token);
    server.clock.advance(LIMITS.helloTimeoutMs);
    expect((await client.next('bye')).error.code).toBe('HELLO_TIMEOUT');
    expect(await client.closed).toBe(CLOSE_CODES.helloTimeout);
  });

  it('with a later version is told to update the daemon, whatever else its hello contains', async () => {
    const client = await TestClient.open(server.port, server.token);
    const protocol = { min: PROTOCOL.max + 1, max: PROTOCOL.max + 2 };
    client.sendRaw(JSON.stringify({ type: 'hello', protocol, client: 'test', features: [], fieldOfTheFuture: 1 }));
    const { error } = await client.next('bye');
    expect(error).toMatchObject({ code: 'PROTOCOL_MISMATCH', details: { update: 'daemon' } });
    expect(await client.closed).toBe(CLOSE_CODES.protocolMismatch);
  });

  it('may send nothing before its hello, and no second hello', async () => {
    const client = await TestClient.open(server.port, server.token);
    client.send({ type: 'status.get' });
    expect((await client.next('error')).error.code).toBe('BAD_REQUEST');
    client.send({ type: 'hello', protocol: PROTOCOL, client: 'test', features: [] });
    await client.next('welcome');
    client.send({ type: 'hello', protocol: PROTOCOL, client: 'test', features: [] });
    expect((await client.next('error', 2)).error.code).toBe('BAD_REQUEST');
    await client.settle();
    expect(client.count('welcome')).toBe(1);
  });

  it('is replaced by a newer one of the same client', async () => {
    const older = await server.connect();
    const newer = await server.connect();
    expect(await older.closed).toBe(CLOSE_CODES.replaced);
    expect(older.count('bye')).toBe(0);
    await newer.settle();
  });

  it('is notified when the daemon stops', async () => {
    const own = await TestServer.start();
    const client = await own.connect();
    await own.stop();
    expect(client.count('bye')).toBe(1);
    expect(await client.closed).toBe(CLOSE_CODES.goingAway);
  });
});

describe('a message', () => {
  it.each([
    ['of an unknown type', '{"type":"job.teleport"}', 'UNKNOWN_MESSAGE'],
    ['that is not JSON', '{"type":', 'BAD_REQUEST'],
    ['that is no object', '7', 'BAD_REQUEST'],
    ['without a type', '{}', 'BAD_REQUEST'],
    ['with a field too many', '{"type":"ping","path":"/etc/passwd"}', 'BAD_REQUEST'],
    ['with a type from the prototype', '{"type":"__proto__"}', 'UNKNOWN_MESSAGE'],
    ['with a wrong field', '{"type":"job.cancel","jobId":7}', 'BAD_REQUEST'],
  ])('%s gets an error, and the connection stays', async (_what, text, code) => {
    const client = await server.connect();
    client.sendRaw(text);
    expect((await client.next('error')).error.code).toBe(code);
    await client.settle();
  });

  it('that is malformed but has a job id is answered with that id', async () => {
    const client = await server.connect();
    client.sendRaw(JSON.stringify({ type: 'job.start', jobId: 'j', request: {} }));
    expect((await client.next('error')).error).toMatchObject({ code: 'BAD_REQUEST', details: { jobId: 'j' } });
  });

  it.each([
    ['without a prefix', Uint8Array.of(1, 1)],
    ['of another version', Uint8Array.of(9, 1, 0, 0, 0, 0, 0, 0)],
    ['only the daemon sends', Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 2, 123, 125)],
    ['that names no image', Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 2, 123, 125)],
  ])('in a binary frame %s gets an error, and the connection stays', async (_what, bytes) => {
    const client = await server.connect();
    client.sendRaw(bytes);
    expect((await client.next('error')).error.code).toBe('BAD_REQUEST');
    await client.settle();
  });

  it('that requests a download gets an error when there is none', async () => {
    const client = await server.connect();
    client.send({ type: 'model.pull', modelId: 'ui' });
    expect((await client.next('error')).error).toMatchObject({
      code: 'MODEL_MISSING',
      message: 'The model “ui” is embedded and needs no download.',
    });
    client.send({ type: 'model.cancel', modelId: 'ui' });
    expect((await client.next('error', 2)).error.code).toBe('MODEL_MISSING');
  });
});
