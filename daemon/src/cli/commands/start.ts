import { PORTS } from '@samepoint/shared-protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { stateDir } from '../../app-folders.js';
import { isBackend, listBackends } from '../../diffusion/plan/backends.js';
import type { Engine } from '../../engine/engine.js';
import { createEngineHost } from '../../engine/engine-host.js';
import { modelEnvironment } from '../../models/model-environment.js';
import { modelSource } from '../../models/model-source.js';
import { startServer } from '../../server/server.js';
import { TokenStore } from '../../server/token-store.js';
import { findRunning } from '../doctor/check-ports.js';
import { fasterProviderHere } from '../doctor/check-providers.js';
import { addressOf, startBanner } from '../format/start-banner.js';
import { packageVersion } from '../host-info.js';
import { createCommand } from '../options/create-command.js';
import { type ProviderOptions, withEngineOptions } from '../options/provider-options.js';

const MAX_PORT = 65_535;

/** `samepoint start`: serves the Figma plugin until Ctrl+C. */
export function startCommand(): Command {
  const command = createCommand('start', 'Serve the Figma plugin on this computer until Ctrl+C.', 'start --port 47616')
    .option(
      '--port <number>',
      `port to listen on (default: ${PORTS.join(' or ')}, the ports that the plugin tries)`,
      parsePort,
    )
    .action(async ({ port, ...engine }: { port?: number } & ProviderOptions) => {
      const daemon = await runStart({
        ...(port === undefined ? {} : { port }),
        version: packageVersion(),
        createEngine: () => createEngineHost(engine),
        ...(engine.provider === undefined ? { findFaster: fasterProviderHere } : {}),
        print: (text) => process.stdout.write(text),
      });
      if (daemon !== undefined) stopOnSignal(daemon);
    });
  return withEngineOptions(command);
}

/** The first signal stops gracefully, the second at once. */
function stopOnSignal(daemon: StartedDaemon): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void daemon.stop().finally(() => process.exit(0));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Expected a number from 0 (any free port) to ${MAX_PORT}.`);
}

export interface StartOptions {
  /** Port to listen on; the first free one of `PORTS` by default. */
  port?: number;
  version: string;
  createEngine(): Engine;
  /** One line about a faster execution provider, if one could be installed. */
  findFaster?(provider: string): Promise<string | undefined>;
  /** Prints messages for the user. */
  print(text: string): void;
  env?: NodeJS.ProcessEnv;
  /** Timeout for identifying a daemon on a port. */
  probeTimeoutMs?: number;
}

/** A running daemon. */
export interface StartedDaemon {
  port: number;
  stop(): Promise<void>;
}

/**
 * Starts engine and server and prints the address. Prints a note and returns undefined if a daemon is already running.
 * @throws SamepointError when no port is free or the engine does not start.
 */
export async function runStart(options: StartOptions): Promise<StartedDaemon | undefined> {
  const { port, print } = options;
  const ports = port === undefined ? PORTS : [port];
  const running = await findRunning(ports, options.probeTimeoutMs);
  if (running !== undefined) {
    print(
      `Samepoint is already running at ${addressOf(running.port)} (${running.daemon}). Its page shows the pairing code.\n`,
    );
    return undefined;
  }
  const engine = options.createEngine();
  try {
    return await serve(options, engine, ports);
  } catch (thrown) {
    await engine.close();
    throw thrown;
  }
}

async function serve(options: StartOptions, engine: Engine, ports: readonly number[]): Promise<StartedDaemon> {
  const daemon = `samepoint ${options.version}`;
  const tokens = new TokenStore(stateDir(options.env));
  const device = await engine.ready();
  const environment = modelEnvironment(options.env);
  const backends = { list: () => listBackends(environment), has: isBackend };
  const models = modelSource(environment);
  const server = await startServer({ engine, device, backends, models, daemon, tokens, ports });
  const code = server.pairing.live?.code ?? '';
  const faster = await options.findFaster?.(device.provider);
  options.print(startBanner({ daemon, device, faster, port: server.port, code, pairedClients: tokens.count }));
  return {
    port: server.port,
    stop: async () => {
      await server.close();
      await engine.close();
    },
  };
}
