import { PORTS } from '@samepoint/shared-protocol';
import { Command, InvalidArgumentError } from 'commander';
import { createEngineHost } from '../../engine/engine-host.js';
import { fasterProviderHere } from '../doctor/faster-provider.js';
import { deviceOption, outOfMemoryOption, type ProviderOptions, providerOption } from '../options/provider-options.js';
import { ownVersion } from '../own-version.js';
import { runStart, type StartedDaemon } from './run-start.js';

const MAX_PORT = 65_535;

/** `samepoint start`: serves the Figma plugin until Ctrl+C. */
export function startCommand(): Command {
  return new Command('start')
    .description('Serve the Figma plugin on this computer until Ctrl+C is pressed.')
    .option(
      '--port <number>',
      `the port to listen on (default: ${PORTS.join(', else ')}, the only two the plugin knows)`,
      parsePort,
    )
    .addOption(providerOption())
    .addOption(deviceOption())
    .addOption(outOfMemoryOption())
    .action(async ({ port, ...engine }: { port?: number } & ProviderOptions) => {
      const daemon = await runStart({
        ...(port === undefined ? {} : { port }),
        version: ownVersion(),
        createEngine: () => createEngineHost(engine),
        ...(engine.provider === undefined ? { findFaster: fasterProviderHere } : {}),
        print: (text) => process.stdout.write(text),
      });
      if (daemon !== undefined) stopOnSignal(daemon);
    });
}

/** The first signal stops in order, the second at once. */
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
  throw new InvalidArgumentError(`Give a number from 0 (any free port) to ${MAX_PORT}.`);
}
