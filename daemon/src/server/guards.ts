import type { ErrorCode, ErrorPayload } from '@samepoint/shared-protocol';
import { LIMITS, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '@samepoint/shared-protocol';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
/** Figma's plugins and any sandboxed frame have the origin `null`; the token tells them apart. */
const CLIENT_ORIGINS = ['null', 'https://www.figma.com'];

/** Keeps DNS rebinding out: a page of another name reaches this port, but its `Host` gives it away. */
export function checkHost(host: string | undefined, port: number): GuardResult {
  const allowed = LOOPBACK_NAMES.map((name) => `${name}:${port}`);
  if (host !== undefined && allowed.includes(host.toLowerCase())) return { ok: true };
  return {
    ok: false,
    code: 'HOST_REFUSED',
    message: host === undefined ? 'The request names no host.' : 'The request is for another host.',
    hint: `Use http://localhost:${port}.`,
  };
}

/** Own pages, the plugin, and programs that are no browser. An allowed origin proves nothing. */
export function checkOrigin(origin: string | undefined, port: number): GuardResult {
  if (origin === undefined || CLIENT_ORIGINS.includes(origin) || isOwnOrigin(origin, port)) return { ok: true };
  return {
    ok: false,
    code: 'ORIGIN_REFUSED',
    message: 'Pages of this origin may not talk to Samepoint.',
    hint: 'Use the Figma plugin or the page of the daemon itself.',
  };
}

/** Whether the origin is that of a page this daemon serves. */
export function isOwnOrigin(origin: string | undefined, port: number): boolean {
  return LOOPBACK_NAMES.some((name) => origin === `http://${name}:${port}`);
}

/** What only the daemon's own page may read. Browsers say truthfully where a request comes from. */
export function checkOwnPage(origin: string | undefined, fetchSite: string | undefined, port: number): GuardResult {
  const isOwn = origin === undefined || isOwnOrigin(origin, port);
  if (isOwn && (fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none')) return { ok: true };
  return {
    ok: false,
    code: 'ORIGIN_REFUSED',
    message: 'Only the page of the daemon itself may ask this.',
    hint: `Open http://localhost:${port} in a browser.`,
  };
}

export type SubprotocolsResult = { ok: true; token: string } | Extract<GuardResult, { ok: false }>;

/** Reads `Sec-WebSocket-Protocol`: our sub-protocol and exactly one token must be in it. */
export function readSubprotocols(header: string | undefined): SubprotocolsResult {
  const offered = (header ?? '').split(',').map((entry) => entry.trim());
  const tokens = offered.filter((entry) => entry.startsWith(TOKEN_SUBPROTOCOL_PREFIX));
  const [token] = tokens;
  if (token === undefined || tokens.length > 1) return notPaired('The connection brought no token.');
  if (!offered.includes(SUBPROTOCOL)) {
    return {
      ok: false,
      code: 'BAD_REQUEST',
      message: `The connection does not speak ${SUBPROTOCOL}.`,
      hint: 'Update the client, then try again.',
    };
  }
  return { ok: true, token: token.slice(TOKEN_SUBPROTOCOL_PREFIX.length) };
}

/** The refusal of a token that is missing or not known. */
export function notPaired(message: string): Extract<GuardResult, { ok: false }> {
  return {
    ok: false,
    code: 'NOT_PAIRED',
    message,
    hint: 'Pair with the six-digit code the daemon shows, then try again.',
  };
}

/** `others`: open connections, without the one that the new connection replaces. */
export function checkConnections(others: number): GuardResult {
  if (others < LIMITS.connections) return { ok: true };
  return {
    ok: false,
    code: 'TOO_MANY_CONNECTIONS',
    message: `${LIMITS.connections} connections are open already.`,
    hint: 'Close one of them, then try again.',
  };
}

/** Whether `nextBytes` more would leave a slow client with more unread bytes than allowed. */
export function overflows(bufferedBytes: number, nextBytes: number): boolean {
  return bufferedBytes + nextBytes > LIMITS.bufferedBytes;
}

/** What a guard says: go on, or why not and what to do about it. */
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

/** The HTTP status that goes with an error; 400 where no other fits better. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 400;
}

/** The body of every refused HTTP request. */
export function errorBody(error: ErrorPayload): { error: ErrorPayload } {
  return { error };
}
