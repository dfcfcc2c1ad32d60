import { createServer, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../src/server/listen.js';

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

let servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
});

async function listen(ports: readonly number[]): Promise<number> {
  const listeners = await listenOnLoopback(() => createServer((_request, response) => response.end('here')), ports);
  servers.push(...listeners.servers);
  return listeners.port;
}

/** Takes a port on one address, as another program would. */
async function occupy(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answersOn(host: string, port: number): Promise<boolean> {
  return (await (await fetch(`http://${host}:${port}/`)).text()) === 'here';
}

describe('listening', () => {
  it('is on 127.0.0.1, with or without IPv6', async () => {
    expect(await answersOn('127.0.0.1', await listen([0]))).toBe(true);
  });

  it.runIf(hasIpv6)('is on ::1 too, on the same port', async () => {
    expect(await answersOn('[::1]', await listen([0]))).toBe(true);
  });

  it('moves on to the next port when the first is taken', async () => {
    const taken = await occupy('127.0.0.1');
    expect(await listen([taken, 0])).not.toBe(taken);
  });

  it.runIf(hasIpv6)('moves on when the first is taken only on ::1, and releases it on 127.0.0.1', async () => {
    const taken = await occupy('::1');
    expect(await listen([taken, 0])).not.toBe(taken);
    await expect(fetch(`http://127.0.0.1:${taken}/`)).rejects.toThrow();
  });

  it('fails and lists all ports when none is free', async () => {
    const ports = [await occupy('127.0.0.1'), await occupy('127.0.0.1')];
    await expect(listen(ports)).rejects.toThrow(`Ports ${ports[0]} and ${ports[1]} are in use by another program.`);
  });
});
