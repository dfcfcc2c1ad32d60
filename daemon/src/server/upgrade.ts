import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS, SamepointError, SUBPROTOCOL } from '@samepoint/shared-protocol';
import { WebSocketServer } from 'ws';
import type { GuardResult } from './guards.js';
import {
  checkConnections,
  checkHost,
  checkOrigin,
  errorBody,
  notPaired,
  readSubprotocols,
  statusOf,
} from './guards.js';
import { Session } from './session/session.js';
import type { SessionContext } from './session/session-context.js';
import type { SessionRegistry } from './session/session-registry.js';
import type { TokenStore } from './token-store.js';

type Admission = { ok: true; clientId: string } | Extract<GuardResult, { ok: false }>;

export interface UpgradeOptions {
  tokens: TokenStore;
  registry: SessionRegistry;
  context: SessionContext;
}

/** Handles `upgrade` of an HTTP server. A refused request gets an HTTP answer, never a WebSocket. */
export function createUpgradeHandler({ tokens, registry, context }: UpgradeOptions) {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LIMITS.binaryFrameBytes,
    maxFragments: LIMITS.messageFragments,
    handleProtocols: () => SUBPROTOCOL,
  });
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    const admission = admit(request, tokens, registry);
    if (!admission.ok) {
      context.log(`connection refused: ${admission.code}`);
      refuse(socket, admission);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      registry.add(new Session(admission.clientId, webSocket, context));
    });
  };
}

function admit(request: IncomingMessage, tokens: TokenStore, registry: SessionRegistry): Admission {
  const { host, origin } = request.headers;
  const port = request.socket.localPort ?? 0;
  const hostResult = checkHost(host, port);
  if (!hostResult.ok) return hostResult;
  const originResult = checkOrigin(origin, port);
  if (!originResult.ok) return originResult;
  const offered = readSubprotocols(request.headers['sec-websocket-protocol']);
  if (!offered.ok) return offered;
  const clientId = tokens.clientIdOf(offered.token);
  if (clientId === undefined) return notPaired('The token of the connection is unknown.');
  const connections = checkConnections(registry.others(clientId));
  return connections.ok ? { ok: true, clientId } : connections;
}

function refuse(socket: Duplex, { code, message, hint }: Extract<GuardResult, { ok: false }>): void {
  const status = statusOf(code);
  const body = JSON.stringify(errorBody(new SamepointError(code, message, hint).toPayload()));
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
