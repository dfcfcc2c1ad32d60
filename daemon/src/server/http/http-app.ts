import { PROTOCOL, pairRequestSchema, SamepointError } from '@samepoint/shared-protocol';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { GuardResult } from '../guards.js';
import {
  checkHost,
  checkOrigin,
  checkOwnPage,
  checkProgram,
  errorBody,
  isOwnOrigin,
  isSameSecret,
  statusOf,
} from '../guards.js';
import type { SessionContext } from '../session/session-context.js';
import type { SessionRegistry } from '../session/session-registry.js';
import type { TokenStore } from '../token-store.js';
import type { PairingCodes } from './pairing-codes.js';
import { STATUS_PAGE, STATUS_PAGE_CSP } from './status-page.js';

const MAX_BODY_BYTES = 4096;
const BEARER = /^Bearer (\S+)$/;
/** How long a browser may cache the answer to a preflight. */
const PREFLIGHT_SECONDS = 600;

/** The plugin's folder, as the status page shows it. */
export interface PluginFacts {
  /** Absolute path of `manifest.json`. */
  manifest: string;
  version: string;
}

/** How `samepoint stop` ends this daemon. */
export interface StopControl {
  /** Known to programs that can read the run file. */
  token: string;
  onStop(): void;
}

export interface HttpAppOptions {
  tokens: TokenStore;
  pairing: PairingCodes;
  registry: SessionRegistry;
  context: SessionContext;
  /** ISO 8601. */
  startedAt: string;
  plugin?: PluginFacts | undefined;
  stop?: StopControl | undefined;
}

/** The HTTP side: session check, pairing, and the status page. */
export function createHttpApp(options: HttpAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(guardEverything);
  app.use(['/v1/session', '/v1/pair'], allowClientOrigins);
  app.get('/v1/session', sessionRoute(options));
  app.post('/v1/pair', express.json({ limit: MAX_BODY_BYTES }), pairRoute(options));
  app.get('/', statusPageRoute);
  app.get('/v1/status', statusRoute(options));
  app.post('/v1/pairing-code', newCodeRoute(options));
  app.post('/v1/stop', stopRoute(options));
  app.use(notFound);
  app.use(onError(options.context));
  return app;
}

/** Checks host and origin of every request. */
const guardEverything: RequestHandler = (request, response, next) => {
  const port = request.socket.localPort ?? 0;
  response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' });
  const host = checkHost(request.headers.host, port);
  const result = host.ok ? checkOrigin(request.headers.origin, port) : host;
  if (result.ok) next();
  else refuse(response, result);
};

/** The plugin's origin is `null`, so its requests are cross-origin and need CORS headers. */
const allowClientOrigins: RequestHandler = (request, response, next) => {
  const { origin } = request.headers;
  response.vary('Origin');
  if (origin !== undefined) response.set('Access-Control-Allow-Origin', origin);
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  response.set({
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type',
    'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
  });
  if (request.headers['access-control-request-private-network'] === 'true')
    response.set('Access-Control-Allow-Private-Network', 'true');
  response.status(204).end();
};

function sessionRoute({ tokens, context }: HttpAppOptions): RequestHandler {
  return (request, response) => {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const paired = token !== undefined && tokens.clientIdOf(token) !== undefined;
    response.json({ daemon: context.daemon, protocol: PROTOCOL, paired });
  };
}

function pairRoute({ tokens, pairing, context }: HttpAppOptions): RequestHandler {
  return (request, response) => {
    const body = pairRequestSchema.safeParse(request.body);
    if (!body.success) {
      refuse(response, { code: 'BAD_REQUEST', message: 'This is not a pairing code.', hint: 'Enter the six digits.' });
      return;
    }
    const redeemed = pairing.redeem(body.data.code);
    if (redeemed.ok) {
      context.log(`paired: ${body.data.client}`);
      response.json({ token: tokens.issue(body.data.client) });
    } else {
      context.log(`pairing refused: ${redeemed.error.code}`);
      response.status(statusOf(redeemed.error.code)).json(errorBody(redeemed.error.toPayload()));
    }
  };
}

const statusPageRoute: RequestHandler = (_request, response) => {
  response.set({
    'Content-Security-Policy': STATUS_PAGE_CSP,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
  });
  response.type('html').send(STATUS_PAGE);
};

function statusRoute({ tokens, pairing, registry, context, startedAt, plugin }: HttpAppOptions): RequestHandler {
  return (request, response) => {
    const { origin } = request.headers;
    const result = checkOwnPage(origin, request.get('sec-fetch-site'), request.socket.localPort ?? 0);
    if (!result.ok) {
      refuse(response, result);
      return;
    }
    response.set('Cross-Origin-Resource-Policy', 'same-origin').json({
      daemon: context.daemon,
      pid: process.pid,
      startedAt,
      plugin: plugin ?? null,
      device: context.device(),
      backends: context.backends.list(),
      clients: { paired: tokens.count, connected: registry.size },
      jobs: context.queue.counts(),
      pairing: { live: pairing.live ?? null, lockedForMs: pairing.lockedForMs },
    });
  };
}

/** Makes a new pairing code, for the button on the daemon's own page. */
function newCodeRoute({ pairing, context }: HttpAppOptions): RequestHandler {
  return (request, response) => {
    const port = request.socket.localPort ?? 0;
    const own = checkOwnPage(request.headers.origin, request.get('sec-fetch-site'), port);
    if (!own.ok || !isOwnOrigin(request.headers.origin, port)) {
      refuse(
        response,
        own.ok
          ? {
              code: 'ORIGIN_REFUSED',
              message: 'The request has no Origin header.',
              hint: 'Use the button on the daemon’s page.',
            }
          : own,
      );
      return;
    }
    if (pairing.renew() !== undefined) context.log('new pairing code');
    response.json({ live: pairing.live ?? null, lockedForMs: pairing.lockedForMs });
  };
}

/** Ends the daemon. The token is in the run file, which only its user can read. */
function stopRoute({ stop, context }: HttpAppOptions): RequestHandler {
  return (request, response) => {
    const program = checkProgram(request.headers.origin, request.get('sec-fetch-site'));
    if (!program.ok) {
      refuse(response, program);
      return;
    }
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (stop === undefined || token === undefined || !isSameSecret(token, stop.token)) {
      refuse(response, WRONG_STOP_TOKEN);
      return;
    }
    context.log('stop requested');
    response.on('finish', () => stop.onStop());
    response.status(202).json({});
  };
}

const notFound: RequestHandler = (_request, response) => {
  const error = new SamepointError('BAD_REQUEST', 'This address does not exist.', 'Open / in a browser.');
  response.status(404).json(errorBody(error.toPayload()));
};

function onError(context: SessionContext): ErrorRequestHandler {
  return (thrown: unknown, _request, response, _next) => {
    const isClientFault = thrown instanceof Error && 'status' in thrown && Number(thrown.status) < 500;
    if (!isClientFault) context.log(`http: ${SamepointError.from(thrown).message}`);
    refuse(response, isClientFault ? UNREADABLE : BROKEN);
  };
}

type Refusal = Omit<Extract<GuardResult, { ok: false }>, 'ok'>;

const WRONG_STOP_TOKEN: Refusal = {
  code: 'NOT_PAIRED',
  message: 'The request does not have the stop token of this daemon.',
  hint: 'Run samepoint stop as the user who started the daemon.',
};
const UNREADABLE: Refusal = { code: 'BAD_REQUEST', message: 'The request body is not valid JSON.', hint: 'Send JSON.' };
const BROKEN: Refusal = {
  code: 'INTERNAL',
  message: 'The daemon failed to answer.',
  hint: 'Check its log in the terminal.',
};

function refuse(response: Response, { code, message, hint }: Refusal): void {
  response.status(statusOf(code)).json(errorBody(new SamepointError(code, message, hint).toPayload()));
}
