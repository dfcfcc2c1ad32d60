import { randomBytes } from 'node:crypto';
import { type Device, PORTS, SamepointError } from '@samepoint/shared-protocol';
import { pluginFolder, stateDir } from '../../app-folders.js';
import { isBackend, listBackends } from '../../diffusion/plan/backends.js';
import type { Engine } from '../../engine/engine.js';
import { modelEnvironment } from '../../models/model-environment.js';
import { modelSource } from '../../models/model-source.js';
import { stderrLog } from '../../server/log.js';
import { type RunningServer, startServer } from '../../server/server.js';
import { TokenStore } from '../../server/token-store.js';
import { autostartStatus, thisHost } from '../autostart/autostart.js';
import { findRunning } from '../doctor/check-ports.js';
import { addressOf, startBanner } from '../format/start-banner.js';
import { withStatus } from '../format/status-line.js';
import { selfCommand } from '../host-info.js';
import { type InstalledPlugin, installedPlugin, installPlugin } from '../plugin/install-plugin.js';
import { boundLog, logFile } from './log-file.js';
import { type RunFile, removeRunFile, writeRunFile } from './run-file.js';

const STOP_TOKEN_BYTES = 32;

export interface StartOptions {
  /** Port to listen on; the first free one of `PORTS` by default. */
  port?: number;
  version: string;
  createEngine(): Engine;
  /** One line about a faster execution provider, if one could be installed. */
  findFaster?(provider: string): Promise<string | undefined>;
  /** Prints messages for the user. */
  print(text: string): void;
  /** Path of the log of a daemon that runs in the background. */
  log?: string;
  env?: NodeJS.ProcessEnv;
  /** Timeout for identifying a daemon on a port. */
  probeTimeoutMs?: number;
}

/** A running daemon. */
export interface StartedDaemon {
  port: number;
  /** Resolves when `samepoint stop` asks it to stop. */
  stopRequested: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts engine and server and prints the address. Prints a note and returns undefined if a daemon is already running.
 * @throws SamepointError when no port is free or the engine does not start.
 */
export async function runDaemon(options: StartOptions): Promise<StartedDaemon | undefined> {
  const ports = options.port === undefined ? PORTS : [options.port];
  if (await isRunning(ports, options)) return undefined;
  const engine = options.createEngine();
  try {
    const device = await withStatus('Choosing the device', () => engine.ready());
    // that took a while: another daemon may have started, for example at login
    if (!(await isRunning(ports, options))) return await serve(options, { engine, device, ports });
  } catch (thrown) {
    await engine.close();
    throw thrown;
  }
  await engine.close();
  return undefined;
}

/** Prints a note about a daemon on one of the ports. @returns whether there is one */
async function isRunning(ports: readonly number[], options: StartOptions): Promise<boolean> {
  const { version, print, probeTimeoutMs } = options;
  const running = await findRunning(ports, probeTimeoutMs);
  if (running === undefined) return false;
  const other =
    running.daemon === nameOf(version) ? '' : ` To use version ${version}, run ${selfCommand()} stop first.`;
  print(
    `Samepoint is already running at ${addressOf(running.port)} (${running.daemon}). Its page shows the pairing code.${other}\n`,
  );
  return true;
}

/** Ends the process at the first signal or request, after a graceful stop; the second signal ends it at once. */
export function endOnRequest(daemon: StartedDaemon): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void daemon.stop().finally(() => process.exit(0));
  };
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  void daemon.stopRequested.then(stop);
}

/** What a daemon is served with. */
interface Serving {
  engine: Engine;
  /** The result of `engine.ready()`. */
  device: Device;
  ports: readonly number[];
}

async function serve(options: StartOptions, { engine, device, ports }: Serving): Promise<StartedDaemon> {
  const stateFolder = stateDir(options.env);
  const daemon = nameOf(options.version);
  const tokens = new TokenStore(stateFolder);
  // launchd appends to it before this process starts
  boundLog(logFile(stateFolder));
  const environment = modelEnvironment(options.env);
  const backends = { list: () => listBackends(environment), has: isBackend };
  const models = modelSource(environment);
  const { plugin, warning } = updatePlugin(pluginFolder(options.env));
  const stop = stopControl();
  const server = await startServer({ engine, device, backends, models, daemon, tokens, ports, plugin, stop });
  const run = announce(stateFolder, server, stop.token, options);
  options.print(
    startBanner({
      daemon,
      device,
      faster: await options.findFaster?.(device.provider),
      port: server.port,
      code: server.pairing.live?.code ?? '',
      pairedClients: tokens.count,
      plugin,
      warning,
      log: options.log,
      offerAutostart: tokens.count > 0 && canOfferAutostart(options.env),
      command: selfCommand(options.env),
    }),
  );
  return {
    port: server.port,
    stopRequested: stop.requested,
    stop: async () => {
      await server.close();
      await engine.close();
      removeRunFile(stateFolder, run);
    },
  };
}

/** Brings the plugin in the state folder up to date. A failure is a warning: the plugin may be elsewhere. */
function updatePlugin(folder: string): { plugin?: InstalledPlugin | undefined; warning?: string } {
  try {
    return { plugin: installPlugin(folder) };
  } catch (thrown) {
    const { message, hint } = SamepointError.from(thrown);
    return { plugin: installedPlugin(folder), warning: `The plugin was not updated. ${message} ${hint}` };
  }
}

/** Offered to users who have paired a plugin, where it is off and this installation stays. */
function canOfferAutostart(env?: NodeJS.ProcessEnv): boolean {
  const { state, isTransient } = autostartStatus(thisHost(env));
  return state === 'off' && !isTransient;
}

function stopControl(): { token: string; onStop(): void; requested: Promise<void> } {
  let onStop = (): void => undefined;
  const requested = new Promise<void>((resolve) => {
    onStop = resolve;
  });
  return { token: randomBytes(STOP_TOKEN_BYTES).toString('base64url'), onStop, requested };
}

/** Writes the daemon's run file. Without it, the daemon works, but `samepoint stop` does not find it. */
function announce(stateFolder: string, { port }: RunningServer, stopToken: string, options: StartOptions): RunFile {
  const { version, log } = options;
  const startedAt = new Date().toISOString();
  const run = { pid: process.pid, port, version, startedAt, stopToken, ...(log === undefined ? {} : { log }) };
  try {
    writeRunFile(stateFolder, run);
  } catch (thrown) {
    stderrLog(`samepoint stop will not find this daemon: ${SamepointError.from(thrown).message}`);
  }
  return run;
}

function nameOf(version: string): string {
  return `samepoint ${version}`;
}
