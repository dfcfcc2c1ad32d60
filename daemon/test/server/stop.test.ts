import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestServer } from './test-server.js';

const TOKEN = 'the-stop-token';
const AUTHORIZED = { Authorization: `Bearer ${TOKEN}` };
let server: TestServer;
let stops: number;

beforeEach(async () => {
  stops = 0;
  server = await TestServer.start({
    stop: {
      token: TOKEN,
      onStop: () => {
        stops += 1;
      },
    },
  });
});

afterEach(async () => {
  await server.stop();
});

function requestStop(headers: Record<string, string>): Promise<Response> {
  return fetch(`${server.url}/v1/stop`, { method: 'POST', headers });
}

it('a program with the stop token stops the daemon', async () => {
  const response = await requestStop(AUTHORIZED);
  expect(response.status).toBe(202);
  await response.text();
  await expect.poll(() => stops).toBe(1);
});

it.each<[string, () => Record<string, string>, number]>([
  ['without a token', () => ({}), 401],
  ['with another token', () => ({ Authorization: 'Bearer the-stop-tokeN' }), 401],
  ['with a client’s token', () => ({ Authorization: `Bearer ${server.token}` }), 401],
  ['from the plugin', () => ({ ...AUTHORIZED, Origin: 'null' }), 403],
  ['from the daemon’s own page', () => ({ ...AUTHORIZED, Origin: `http://localhost:${server.port}` }), 403],
  ['from a page without an origin', () => ({ ...AUTHORIZED, 'Sec-Fetch-Site': 'none' }), 403],
])('a request %s does not', async (_what, headers, status) => {
  const response = await requestStop(headers());
  expect([response.status, stops]).toEqual([status, 0]);
});

it('GET does not stop the daemon', async () => {
  const response = await fetch(`${server.url}/v1/stop`, { headers: AUTHORIZED });
  expect([response.status, stops]).toEqual([404, 0]);
});
