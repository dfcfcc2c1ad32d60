import { afterEach, expect, it, vi } from 'vitest';
import type { BrowserPage } from '../../../src/ui/connection/browser-access.js';
import { probeSession } from '../../../src/ui/connection/daemon-http.js';
import { failure } from '../fixtures.js';

/** A browser whose user denied access to this computer. */
const PAGE: BrowserPage = {
  document: {},
  permissions: { query: async () => ({ state: 'denied' }) },
  userAgent: 'Chrome/150.0.0.0',
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function respondWith(body: unknown): void {
  vi.stubGlobal('fetch', async () => Response.json(body));
}

it('reports a port without a response after 4 seconds as unreachable', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
  vi.stubGlobal('fetch', async (_url: string, { signal }: RequestInit) => signal?.throwIfAborted());
  expect(await probeSession(1, null, PAGE)).toEqual({ kind: 'unreachable', access: 'denied' });
  expect(timeout).toHaveBeenCalledWith(4_000);
});

it('reports another program on the port as unreachable', async () => {
  respondWith({ name: 'another program' });
  expect(await probeSession(1, null, PAGE)).toEqual({ kind: 'unreachable', access: 'denied' });
});

it.each([
  ['the body', failure('NOT_PAIRED')],
  ['its field error', { error: failure('NOT_PAIRED') }],
])('reads a refusal from %s', async (_, body) => {
  respondWith(body);
  expect(await probeSession(1, null, PAGE)).toEqual({ kind: 'refused', error: failure('NOT_PAIRED') });
});
