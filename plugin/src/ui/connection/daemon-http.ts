import {
  type ErrorPayload,
  errorPayloadSchema,
  pairResponseSchema,
  sessionResponseSchema,
} from '@samepoint/shared-protocol';
import { CONNECTION_TUNING } from '../tuning.js';
import type { ProbeOutcome } from './connection.js';

export const CLIENT_NAME = 'Figma plugin';

type Answer = { kind: 'silence' } | { kind: 'answer'; body: unknown };

/** Would the daemon on this port let a socket in? Never throws: no answer is an outcome too. */
export async function probeSession(port: number, token: string | null): Promise<ProbeOutcome> {
  const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
  const answer = await request(port, '/v1/session', { headers });
  if (answer.kind === 'silence') return { kind: 'unreachable' };
  const session = sessionResponseSchema.safeParse(answer.body);
  if (session.success) return { kind: 'session', ...session.data };
  const error = errorIn(answer.body);
  // whatever else answers on this port is not our daemon
  return error === null ? { kind: 'unreachable' } : { kind: 'refused', error };
}

export type PairOutcome =
  | { kind: 'paired'; token: string }
  | { kind: 'refused'; error: ErrorPayload }
  | { kind: 'unreachable' };

/** Trades the six-digit code for a token. Never throws. */
export async function pair(port: number, code: string): Promise<PairOutcome> {
  const answer = await request(port, '/v1/pair', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code, client: CLIENT_NAME }),
  });
  if (answer.kind === 'silence') return { kind: 'unreachable' };
  const paired = pairResponseSchema.safeParse(answer.body);
  if (paired.success) return { kind: 'paired', token: paired.data.token };
  const error = errorIn(answer.body);
  return error === null ? { kind: 'unreachable' } : { kind: 'refused', error };
}

async function request(port: number, path: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(`http://localhost:${port}${path}`, {
      ...init,
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(CONNECTION_TUNING.httpTimeoutMs),
    });
    const body: unknown = await response.json();
    return { kind: 'answer', body };
  } catch {
    return { kind: 'silence' };
  }
}

/** The error in a refused answer: the payload itself, or `{ error: payload }`. */
function errorIn(body: unknown): ErrorPayload | null {
  const inner = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  const parsed = errorPayloadSchema.safeParse(inner);
  return parsed.success ? parsed.data : null;
}
