import { PORTS, SamepointError } from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import { stateDir } from '../../app-folders.js';
import { findRunning } from '../doctor/check-ports.js';
import { addressOf } from '../format/start-banner.js';
import { createCommand } from '../options/create-command.js';
import { parsePort } from '../options/parse-values.js';
import { findDaemons, stopDaemon } from '../service/daemons.js';
import type { RunFile } from '../service/run-file.js';

const DETAILS = `
Stops every daemon that was started with this state folder, in a window or in the background, and waits until it has
ended. Exits with 0 if none is running.`;

/** `samepoint stop`: stops running daemons. */
export function stopCommand(): Command {
  return createCommand('stop', 'Stop the daemon.', 'stop')
    .option('--port <number>', 'stop only the daemon on this port', parsePort)
    .addHelpText('after', DETAILS)
    .action(async ({ port }: { port?: number }) => {
      const stateFolder = stateDir();
      const daemons = await findDaemons(stateFolder, { port });
      // one that hangs must not keep the others from stopping
      const stopped = await Promise.all(daemons.map(({ run, state }) => state === 'running' && stop(stateFolder, run)));
      const hung = daemons.find((_daemon, index) => !stopped[index]);
      if (hung !== undefined) throw doesNotStop(hung.run);
      if (daemons.length === 0) await reportNone(stateFolder, port === undefined ? PORTS : [port]);
    });
}

async function stop(stateFolder: string, run: RunFile): Promise<boolean> {
  const hasStopped = await stopDaemon(stateFolder, run);
  if (hasStopped) process.stdout.write(`Stopped Samepoint at ${addressOf(run.port)} (process ${run.pid}).\n`);
  return hasStopped;
}

async function reportNone(stateFolder: string, ports: readonly number[]): Promise<void> {
  const foreign = await findRunning(ports);
  if (foreign === undefined) {
    process.stdout.write('Samepoint is not running.\n');
    return;
  }
  throw new SamepointError(
    'INTERNAL',
    `A daemon is running at ${addressOf(foreign.port)} (${foreign.daemon}), but not with the state folder ${stateFolder}.`,
    'Press Ctrl+C in its window, or run samepoint stop with the SAMEPOINT_STATE_DIR that it was started with.',
  );
}

function doesNotStop({ port, pid }: RunFile): SamepointError {
  const kill = process.platform === 'win32' ? `taskkill /F /T /PID ${pid}` : `kill -9 ${pid}`;
  return new SamepointError(
    'INTERNAL',
    `The daemon at ${addressOf(port)} (process ${pid}) does not answer or does not stop.`,
    `End the process: ${kill}`,
  );
}
