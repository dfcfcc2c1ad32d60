import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ErrorPayload, SamepointError } from '@samepoint/shared-protocol';
import { stateDir } from '../../app-folders.js';
import { withStatus } from '../format/status-line.js';
import type { ProviderOptions } from '../options/provider-options.js';
import { logFile, openLog } from './log-file.js';
import { serviceEnvironment } from './service-environment.js';

const CHILD_ENTRY = fileURLToPath(new URL('./background-child.js', import.meta.url));

/** What the process in the background is started with, as JSON in its first argument. */
export interface BackgroundOptions {
  port?: number;
  engine: ProviderOptions;
}

/** The only message of the process in the background: what it would have printed, or why it does not run. */
export type BackgroundReport = { state: 'done'; printed: string } | { state: 'failed'; error: ErrorPayload };

/**
 * Starts a daemon in a detached process, and waits until it listens.
 * @returns what it printed
 * @throws SamepointError with the reason of the daemon and the path of its log
 */
export async function startInBackground(options: BackgroundOptions): Promise<string> {
  const stateFolder = resolve(stateDir());
  const path = logFile(stateFolder);
  const log = openLog(stateFolder);
  const child = spawn(process.execPath, [...process.execArgv, CHILD_ENTRY, JSON.stringify(options)], {
    detached: true,
    windowsHide: true,
    // the current folder of a process cannot be deleted on Windows
    cwd: stateFolder,
    env: { ...process.env, ...serviceEnvironment() },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const report = await withStatus('Starting Samepoint in the background', () => reportOf(child));
  if (report.state === 'failed') {
    const { code, message, hint } = report.error;
    throw new SamepointError(code, message, `${hint} The log is ${path}.`);
  }
  if (child.connected) child.disconnect();
  child.unref();
  return report.printed;
}

function reportOf(child: ChildProcess): Promise<BackgroundReport> {
  return new Promise((settle) => {
    child.once('message', (message: BackgroundReport) => settle(message));
    child.once('error', (error) => settle(failed(error.message)));
    child.once('exit', (code, signal) => settle(failed(signal ?? `exit code ${code}`)));
  });
}

function failed(reason: string): BackgroundReport {
  const hint = 'Run samepoint start in this window to see more.';
  const message = `The daemon ended before it listened (${reason}).`;
  return { state: 'failed', error: new SamepointError('INTERNAL', message, hint).toPayload() };
}
