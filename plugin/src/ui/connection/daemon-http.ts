import {
  type ErrorPayload,
  errorPayloadSchema,
  pairResponseSchema,
  sessionResponseSchema,
} from '@samepoint/shared-protocol';
import { type BrowserAccess, type BrowserPage, readBrowserAccess } from './browser-access.js';
import { CONNECTION_TIMING, type ProbeOutcome } from './connection.js';

export const CLIENT_NAME = 'Figma plugin';

type HttpResponse = { ok: false } | { ok: true; body: unknown };

/** Checks whether the daemon on this port accepts a socket with this token. Never throws. */
export async function probeSession(port: number, token: string | null, page: BrowserPage): Promise<ProbeOutcome> {
  const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
  const response = await request(port, '/v1/session', { headers });
  if (!response.ok) return unreachable(page);
  const session = sessionResponseSchema.safeParse(response.body);
  if (session.success) return { kind: 'session', ...session.data };
  const error = errorIn(response.body);
  // another program answers on this port
  return error === null ? unreachable(page) : { kind: 'refused', error };
}

export type PairOutcome =
  | { kind: 'paired'; token: string }
  | { kind: 'refused'; error: ErrorPayload }
  | { kind: 'unreachable'; access: BrowserAccess };

/** Exchanges the six-digit code for a token. Never throws. */
export async function pair(port: number, code: string, page: BrowserPage): Promise<PairOutcome> {
  const response = await request(port, '/v1/pair', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code, client: CLIENT_NAME }),
  });
  if (!response.ok) return unreachable(page);
  const paired = pairResponseSchema.safeParse(response.body);
  if (paired.success) return { kind: 'paired', token: paired.data.token };
  const error = errorIn(response.body);
  return error === null ? unreachable(page) : { kind: 'refused', error };
}

async function unreachable(page: BrowserPage): Promise<{ kind: 'unreachable'; access: BrowserAccess }> {
  return { kind: 'unreachable', access: await readBrowserAccess(page) };
}

async function request(port: number, path: string, init: RequestInit): Promise<HttpResponse> {
  try {
    const result = await fetch(`http://localhost:${port}${path}`, {
      ...init,
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(CONNECTION_TIMING.httpTimeoutMs),
    });
    const body: unknown = await result.json();
    return { ok: true, body };
  } catch {
    return { ok: false };
  }
}

/** The error of a refusal: the body itself, or its field `error`. */
function errorIn(body: unknown): ErrorPayload | null {
  const inner = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  const parsed = errorPayloadSchema.safeParse(inner);
  return parsed.success ? parsed.data : null;
}
