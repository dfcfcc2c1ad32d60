import { PORTS } from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import { createEngineHost } from '../../engine/engine-host.js';
import { fasterProviderHere } from '../doctor/check-providers.js';
import { packageVersion } from '../host-info.js';
import { createCommand } from '../options/create-command.js';
import { parsePort } from '../options/parse-values.js';
import { type ProviderOptions, withEngineOptions } from '../options/provider-options.js';
import { startInBackground } from '../service/background.js';
import { endOnRequest, runDaemon } from '../service/run-daemon.js';

const DETAILS = `
The plugin in the state folder is updated at each start. samepoint status shows a daemon that runs, samepoint stop stops
it, and samepoint autostart on starts it at login.`;

interface StartCommandOptions extends ProviderOptions {
  port?: number;
  background?: true;
}

/** `samepoint start`: serves the Figma plugin until Ctrl+C, or in the background. */
export function startCommand(): Command {
  const command = createCommand(
    'start',
    'Serve the Figma plugin on this computer until Ctrl+C, or in the background.',
    'start --background',
  )
    .option(
      '--port <number>',
      `port to listen on (default: ${PORTS.join(' or ')}, the ports that the plugin tries)`,
      parsePort,
    )
    .option('--background', 'return once the daemon listens; stop it with samepoint stop')
    .addHelpText('after', DETAILS)
    .action(async ({ port, background, ...engine }: StartCommandOptions) => {
      const at = port === undefined ? {} : { port };
      if (background) {
        process.stdout.write(await startInBackground({ ...at, engine }));
        return;
      }
      const daemon = await runDaemon({
        ...at,
        version: packageVersion(),
        createEngine: () => createEngineHost(engine),
        ...(engine.provider === undefined ? { findFaster: fasterProviderHere } : {}),
        print: (text) => process.stdout.write(text),
      });
      if (daemon !== undefined) endOnRequest(daemon);
    });
  return withEngineOptions(command);
}
