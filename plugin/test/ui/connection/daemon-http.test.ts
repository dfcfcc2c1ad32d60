import { afterEach, expect, it, vi } from 'vitest';
import { probeSession } from '../../../src/ui/connection/daemon-http.js';
import { failure } from '../fixtures.js';

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
  expect(await probeSession(1, null)).toEqual({ kind: 'unreachable' });
  expect(timeout).toHaveBeenCalledWith(4_000);
});

it('reports another program on the port as unreachable', async () => {
  respondWith({ name: 'another program' });
  expect(await probeSession(1, null)).toEqual({ kind: 'unreachable' });
});

it.each([
  ['the body', failure('NOT_PAIRED')],
  ['its field error', { error: failure('NOT_PAIRED') }],
])('reads a refusal from %s', async (_, body) => {
  respondWith(body);
  expect(await probeSession(1, null)).toEqual({ kind: 'refused', error: failure('NOT_PAIRED') });
});
