import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS, pairResponseSchema, sessionResponseSchema } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TokenStore } from '../../src/server/token-store.js';
import { TestClient } from './test-client.js';
import { TestServer } from './test-server.js';

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});

afterEach(async () => {
  await server.stop();
});

function liveCode(): string {
  const { live } = server.running.pairing;
  if (live === undefined) throw new Error('there is no live code');
  return live.code;
}

function wrongCode(): string {
  return liveCode() === '123456' ? '654321' : '123456';
}

function pair(code: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/v1/pair`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ code, client: 'Figma plugin' }),
  });
}

async function errorCode(response: Response): Promise<string> {
  return (await response.json()).error.code;
}

it("two daemons on one computer do not forget each other's clients", () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'samepoint-tokens-'));
  const [one, other] = [new TokenStore(stateDir), new TokenStore(stateDir)];
  const tokens = [one.issue('first'), other.issue('second'), one.issue('third')];
  const after = new TokenStore(stateDir);
  expect(tokens.map((token) => after.clientIdOf(token) !== undefined)).toEqual([true, true, true]);
  rmSync(stateDir, { recursive: true });
});

describe('pairing', () => {
  it('exchanges the code for a token that opens a connection', async () => {
    const response = await pair(liveCode(), { Origin: 'null' });
    expect(response.headers.get('access-control-allow-origin')).toBe('null');
    const { token } = pairResponseSchema.parse(await response.json());
    const client = await TestClient.greeted(server.port, token);
    await client.close();
  });

  it('accepts a code once', async () => {
    const code = liveCode();
    expect((await pair(code)).status).toBe(200);
    const again = await pair(code);
    expect(again.status).toBe(403);
    expect(await errorCode(again)).toBe('PAIRING_CODE_EXPIRED');
  });

  it('rejects a malformed code without counting an attempt', async () => {
    for (let i = 0; i <= LIMITS.pairingTries; i += 1) expect(await errorCode(await pair('12345'))).toBe('BAD_REQUEST');
    expect((await pair(liveCode())).status).toBe(200);
  });

  it('rejects a body that a page could send without a preflight', async () => {
    const body = JSON.stringify({ code: liveCode(), client: 'form' });
    const response = await fetch(`${server.url}/v1/pair`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body,
    });
    expect(response.status).toBe(400);
  });

  it('logs neither code nor token', async () => {
    const code = liveCode();
    const { token } = pairResponseSchema.parse(await (await pair(code)).json());
    expect(server.logged.join('\n')).toContain('paired: Figma plugin');
    expect(server.logged.join('\n')).not.toContain(code);
    expect(server.logged.join('\n')).not.toContain(token);
  });

  it('continues with a new code after the lock', async () => {
    const wrong = wrongCode();
    for (let i = 0; i < LIMITS.pairingTries; i += 1) await pair(wrong);
    expect(server.running.pairing.renew()).toBeUndefined();
    server.clock.advance(LIMITS.pairingCodeMs);
    server.running.pairing.renew();
    expect((await pair(liveCode())).status).toBe(200);
  });
});

describe('a new code', () => {
  const ask = (headers: Record<string, string>) => fetch(`${server.url}/v1/pairing-code`, { method: 'POST', headers });

  it('is sent to the button on its own page', async () => {
    expect((await (await ask({ Origin: server.url })).json()).live.code).toBe(liveCode());
  });

  it.each([['null'], ['https://www.figma.com'], [undefined]])('is not sent to origin %s', async (origin) => {
    const before = liveCode();
    expect((await ask(origin === undefined ? {} : { Origin: origin })).status).toBe(403);
    expect(liveCode()).toBe(before);
  });
});

describe('the status', () => {
  const read = (headers: Record<string, string>) => fetch(`${server.url}/v1/status`, { headers });

  it('includes the code for its own page', async () => {
    const status = await (await read({ 'Sec-Fetch-Site': 'same-origin' })).json();
    expect(status.pairing.live.code).toBe(liveCode());
    expect(status).toMatchObject({ device: server.engine.device, clients: { paired: 1, connected: 0 } });
  });

  it.each([
    [{ Origin: 'null' }],
    [{ Origin: 'https://www.figma.com' }],
    [{ 'Sec-Fetch-Site': 'cross-site' }],
    [{ 'Sec-Fetch-Site': 'same-site' }],
  ])('is not sent to other pages: %o', async (headers) => {
    const response = await read(headers);
    expect(response.status).toBe(403);
    expect(await response.text()).not.toContain(liveCode());
  });

  it('page itself holds no code, may not be framed and runs only its own script', async () => {
    const response = await fetch(server.url);
    expect(await response.text()).not.toContain(liveCode());
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });
});

describe('the session', () => {
  const ask = (headers: Record<string, string>) => fetch(`${server.url}/v1/session`, { headers });

  it('reports whether the token is valid', async () => {
    const known = await ask({ Authorization: `Bearer ${server.token}`, Origin: 'https://www.figma.com' });
    expect(known.headers.get('access-control-allow-origin')).toBe('https://www.figma.com');
    expect(sessionResponseSchema.parse(await known.json()).paired).toBe(true);
    expect((await (await ask({ Authorization: 'Bearer nonsense' })).json()).paired).toBe(false);
    expect((await (await ask({})).json()).paired).toBe(false);
  });

  it('is open to the plugin’s origin: the preflight allows it, and the private network', async () => {
    const preflight = await fetch(`${server.url}/v1/session`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'null',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
        'Access-Control-Request-Private-Network': 'true',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('null');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(preflight.headers.get('access-control-allow-private-network')).toBe('true');
  });
});

describe('the file of paired clients', () => {
  it('is readable only by its owner and contains no token', () => {
    const path = join(server.stateDir, 'clients.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain(server.token);
  });

  it('keeps clients paired across a restart', () => {
    expect(new TokenStore(server.stateDir).clientIdOf(server.token)).toBe(server.tokens.clientIdOf(server.token));
  });
});
