import { PORTS } from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import { pluginFolder, stateDir } from '../../app-folders.js';
import { autostartStatus } from '../autostart/autostart.js';
import { findRunning } from '../doctor/check-ports.js';
import { EXIT_CODES } from '../exit-codes.js';
import { type StatusFacts, statusJson, statusReport } from '../format/status-report.js';
import { selfCommand } from '../host-info.js';
import { createCommand } from '../options/create-command.js';
import { parsePort } from '../options/parse-values.js';
import { installedPlugin } from '../plugin/install-plugin.js';
import { findDaemons } from '../service/daemons.js';

const DETAILS = `
Exits with 0 if a daemon is running, 3 if none is, and 1 if one does not answer.`;

/** `samepoint status`: shows running daemons, the plugin and the start at login. */
export function statusCommand(): Command {
  return createCommand('status', 'Show whether the daemon is running, and the state of the plugin.', 'status')
    .option('--port <number>', 'show only the daemon on this port', parsePort)
    .option('--json', 'print JSON')
    .addHelpText('after', DETAILS)
    .action(async ({ port, json }: { port?: number; json?: true }) => {
      const facts = await gather(port);
      process.stdout.write(json ? `${JSON.stringify(statusJson(facts), null, 2)}\n` : statusReport(facts));
      process.exitCode = exitCode(facts);
    });
}

async function gather(port: number | undefined): Promise<StatusFacts> {
  const daemons = await findDaemons(stateDir(), { port });
  const own = new Set(daemons.map(({ run }) => run.port));
  const ports = (port === undefined ? PORTS : [port]).filter((candidate) => !own.has(candidate));
  return {
    daemons,
    foreign: await findRunning(ports),
    plugin: installedPlugin(pluginFolder()),
    autostart: autostartStatus(),
    command: selfCommand(),
  };
}

function exitCode({ daemons, foreign }: StatusFacts): number {
  if (daemons.some(({ state }) => state === 'silent')) return EXIT_CODES.failed;
  return daemons.length > 0 || foreign !== undefined ? 0 : EXIT_CODES.notRunning;
}
