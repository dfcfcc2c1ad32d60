import { timingSafeEqual } from 'node:crypto';
import type { ErrorCode, ErrorPayload } from '@samepoint/shared-protocol';
import { LIMITS, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '@samepoint/shared-protocol';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
/** Figma plugins and all sandboxed frames have the origin `null`; only the token distinguishes them. */
const CLIENT_ORIGINS = ['null', 'https://www.figma.com'];

/** Blocks DNS rebinding: a page of another name reaches this port, but with its own name as `Host`. */
export function checkHost(host: string | undefined, port: number): GuardResult {
  const allowed = LOOPBACK_NAMES.map((name) => `${name}:${port}`);
  if (host !== undefined && allowed.includes(host.toLowerCase())) return { ok: true };
  return {
    ok: false,
    code: 'HOST_REFUSED',
    message: host === undefined ? 'The request has no Host header.' : 'The request is for another host.',
    hint: `Use http://localhost:${port}.`,
  };
}

/** Allows the daemon's own pages, the plugin, and programs other than browsers. An allowed origin proves nothing. */
export function checkOrigin(origin: string | undefined, port: number): GuardResult {
  if (origin === undefined || CLIENT_ORIGINS.includes(origin) || isOwnOrigin(origin, port)) return { ok: true };
  return {
    ok: false,
    code: 'ORIGIN_REFUSED',
    message: 'Pages of this origin may not connect to Samepoint.',
    hint: 'Use the Figma plugin or the daemon’s own page.',
  };
}

/** Whether the origin is that of a page this daemon serves. */
export function isOwnOrigin(origin: string | undefined, port: number): boolean {
  return LOOPBACK_NAMES.some((name) => origin === `http://${name}:${port}`);
}

/** Allows only the daemon's own page. Pages cannot forge the browser's `Sec-Fetch-Site` header. */
export function checkOwnPage(origin: string | undefined, fetchSite: string | undefined, port: number): GuardResult {
  const isOwn = origin === undefined || isOwnOrigin(origin, port);
  if (isOwn && (fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none')) return { ok: true };
  return {
    ok: false,
    code: 'ORIGIN_REFUSED',
    message: 'Only the daemon’s own page may send this request.',
    hint: `Open http://localhost:${port} in a browser.`,
  };
}

/** Allows only programs: a browser sends one of these headers with every request of a page. */
export function checkProgram(origin: string | undefined, fetchSite: string | undefined): GuardResult {
  if (origin === undefined && fetchSite === undefined) return { ok: true };
  return {
    ok: false,
    code: 'ORIGIN_REFUSED',
    message: 'Pages may not send this request.',
    hint: 'Run samepoint stop in a terminal.',
  };
}

/** Compares secrets of equal length in constant time. */
export function isSameSecret(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}

export type SubprotocolsResult = { ok: true; token: string } | Extract<GuardResult, { ok: false }>;

/** Reads `Sec-WebSocket-Protocol`, which must contain our subprotocol and exactly one token. */
export function readSubprotocols(header: string | undefined): SubprotocolsResult {
  const offered = (header ?? '').split(',').map((entry) => entry.trim());
  const tokens = offered.filter((entry) => entry.startsWith(TOKEN_SUBPROTOCOL_PREFIX));
  const [token] = tokens;
  if (token === undefined || tokens.length > 1) return notPaired('The connection has no token.');
  if (!offered.includes(SUBPROTOCOL)) {
    return {
      ok: false,
      code: 'BAD_REQUEST',
      message: `The connection does not offer the subprotocol ${SUBPROTOCOL}.`,
      hint: 'Update the client, then try again.',
    };
  }
  return { ok: true, token: token.slice(TOKEN_SUBPROTOCOL_PREFIX.length) };
}

/** The refusal of a missing or unknown token. */
export function notPaired(message: string): Extract<GuardResult, { ok: false }> {
  return {
    ok: false,
    code: 'NOT_PAIRED',
    message,
    hint: 'Pair with the six-digit code that the daemon shows, then try again.',
  };
}

/** @param others open connections, without the one that the new connection replaces */
export function checkConnections(others: number): GuardResult {
  if (others < LIMITS.connections) return { ok: true };
  return {
    ok: false,
    code: 'TOO_MANY_CONNECTIONS',
    message: `The limit of ${LIMITS.connections} open connections is reached.`,
    hint: 'Close one of them, then try again.',
  };
}

/** Whether `nextBytes` more would exceed the unread bytes allowed for a slow client. */
export function overflows(bufferedBytes: number, nextBytes: number): boolean {
  return bufferedBytes + nextBytes > LIMITS.bufferedBytes;
}

/** The result of a guard: pass, or a refusal with its reason and a hint. */
export type GuardResult = { ok: true } | { ok: false; code: ErrorCode; message: string; hint: string };

const STATUS: Partial<Record<ErrorCode, number>> = {
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  NOT_PAIRED: 401,
  PAIRING_CODE_WRONG: 403,
  PAIRING_CODE_EXPIRED: 403,
  PAIRING_LOCKED: 429,
  TOO_MANY_CONNECTIONS: 503,
  INTERNAL: 500,
};

/** The HTTP status of an error; 400 by default. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 400;
}

/** The body of every refused HTTP request. */
export function errorBody(error: ErrorPayload): { error: ErrorPayload } {
  return { error };
}
