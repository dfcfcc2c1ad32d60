import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Device, PORTS, SamepointError } from '@samepoint/shared-protocol';
import type { Engine } from '../engine/engine.js';
import { type Clock, systemClock } from '../jobs/clock.js';
import { ImageStore } from '../jobs/image-store.js';
import { JobQueue } from '../jobs/job-queue.js';
import type { ModelSource } from '../models/model-source.js';
import { backendsWithFallback, modelsWithFallback } from './fallbacks.js';
import { createHttpApp, type HttpAppOptions } from './http/http-app.js';
import { PairingCodes } from './http/pairing-codes.js';
import { listenOnLoopback } from './listen.js';
import { type Log, stderrLog } from './log.js';
import { ModelDownloads } from './session/model-downloads.js';
import type { Backends, SessionContext } from './session/session-context.js';
import { SessionRegistry } from './session/session-registry.js';
import type { TokenStore } from './token-store.js';
import { createUpgradeHandler } from './upgrade.js';
import { watchDevice } from './watch-device.js';

/** TCP connections per listener: far more than clients need, far fewer than would do harm. */
const MAX_TCP_CONNECTIONS = 64;
const REQUEST_TIMEOUT_MS = 10_000;
/** How long clients have to complete the closing handshake at shutdown. */
const FAREWELL_MS = 1_000;

export interface ServerOptions extends Pick<HttpAppOptions, 'plugin' | 'stop'> {
  engine: Engine;
  /** The result of `engine.ready()`. */
  device: Device;
  backends: Backends;
  models: ModelSource;
  /** Name and version, as clients show it. */
  daemon: string;
  tokens: TokenStore;
  /** The first free port is used; 0 means any. */
  ports?: readonly number[];
  clock?: Clock;
  log?: Log;
}

export interface RunningServer {
  port: number;
  pairing: PairingCodes;
  /** Sends `bye` to the clients and stops listening. The engine is closed by its owner. */
  close(): Promise<void>;
}

/**
 * Starts the server on the loopback addresses, with a first pairing code.
 * @throws SamepointError `INTERNAL` when no port is free.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { daemon, tokens, plugin, stop, clock = systemClock, log = stderrLog } = options;
  const backends = backendsWithFallback(options.backends, log);
  const models = modelsWithFallback(options.models, log);
  const registry = new SessionRegistry();
  const watched = watchDevice(options.engine, options.device, (device) => {
    log(`device: ${device.description} (${device.reason})`);
    registry.broadcast({ type: 'device.changed', device });
  });
  const images = new ImageStore();
  const queue = new JobQueue({ engine: watched.engine, images, clock });
  const downloads = new ModelDownloads(models, clock, registry);
  const device = watched.device;
  const context: SessionContext = { daemon, backends, models, downloads, device, queue, images, clock, log };
  const pairing = new PairingCodes(clock);
  pairing.renew();
  const startedAt = new Date().toISOString();
  const app = createHttpApp({ tokens, pairing, registry, context, startedAt, plugin, stop });
  const onUpgrade = createUpgradeHandler({ tokens, registry, context });
  const sockets = new Set<Socket>();
  const create = () => createListener(app, sockets).on('upgrade', onUpgrade);
  const { port, servers } = await listenOnLoopback(create, options.ports ?? PORTS);
  return {
    port,
    pairing,
    close: async () => {
      queue.close();
      downloads.close();
      registry.byeToAll(shuttingDown());
      const force = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, FAREWELL_MS);
      await Promise.all(servers.map(closeServer));
      clearTimeout(force);
    },
  };
}

/** An HTTP server that keeps its open connections in `sockets`. */
function createListener(app: RequestListener, sockets: Set<Socket>): Server {
  // requests without a Host header reach our own guard, which answers with a reason
  const server = createServer({ requireHostHeader: false, requestTimeout: REQUEST_TIMEOUT_MS }, app);
  server.maxConnections = MAX_TCP_CONNECTIONS;
  return server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
}

/** Resolves when the last connection has closed. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function shuttingDown(): SamepointError {
  return new SamepointError('CANCELLED', 'The Samepoint daemon was stopped.', 'Start it again, then retry.');
}
