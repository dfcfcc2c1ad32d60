import { SamepointError } from '@samepoint/shared-protocol';
import { stateDir } from '../../app-folders.js';
import { createEngineHost } from '../../engine/engine-host.js';
import { stderrLog } from '../../server/log.js';
import { fasterProviderHere } from '../doctor/check-providers.js';
import { packageVersion } from '../host-info.js';
import type { BackgroundOptions, BackgroundReport } from './background.js';
import { logFile } from './log-file.js';
import { endOnRequest, runDaemon } from './run-daemon.js';

/** The daemon of `samepoint start --background`. Its output is the log, which must not contain the pairing code. */
const { port, engine }: BackgroundOptions = JSON.parse(process.argv[2] ?? '{}');
// the command that waits for this process was interrupted
const giveUp = (): never => process.exit(1);
process.on('disconnect', giveUp);
// this module may have loaded after the interruption
if (!process.connected) giveUp();

// the disk of the log may be full
process.stderr.on('error', () => {});

let printed = '';
try {
  const daemon = await runDaemon({
    ...(port === undefined ? {} : { port }),
    version: packageVersion(),
    createEngine: () => createEngineHost(engine),
    ...(engine.provider === undefined ? { findFaster: fasterProviderHere } : {}),
    print: (text) => {
      printed += text;
    },
    log: logFile(stateDir()),
  });
  if (daemon !== undefined) {
    stderrLog(`samepoint ${packageVersion()} listens on port ${daemon.port} (process ${process.pid})`);
    endOnRequest(daemon);
  }
  report({ state: 'done', printed });
} catch (thrown) {
  const error = SamepointError.from(thrown);
  stderrLog(`start failed: ${error.message}`);
  report({ state: 'failed', error: error.toPayload() });
  process.exitCode = 1;
}

function report(message: BackgroundReport): void {
  process.off('disconnect', giveUp);
  process.send?.(message);
}
