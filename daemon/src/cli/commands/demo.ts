import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { DEMO_COMMANDS } from '../demo/demo-commands.js';
import { copySamples } from '../demo/demo-folder.js';
import {
  conclusion,
  copiedNote,
  type DemoContext,
  introduction,
  stepHeading,
  stepReport,
} from '../demo/demo-report.js';
import { runChild } from '../demo/run-child.js';
import { EXIT_CODES } from '../exit-codes.js';
import { selfCommand } from '../host-info.js';
import { createCommand } from '../options/create-command.js';
import { forceOption } from '../options/output-options.js';

const BIN = fileURLToPath(new URL('../../../bin/samepoint.js', import.meta.url));

const DETAILS = `
Copies sample screens to DIR, runs every command on them, and lists the results to open first. Needs no network, and
takes about a minute. A failing command does not stop the others.

Exit codes: 0 all commands worked; 1 some failed.`;

interface DemoOptions {
  force?: boolean;
  run: boolean;
}

/** `samepoint demo`: runs every command on samples. */
export function demoCommand(): Command {
  return createCommand('demo', 'Try every command on sample screens, in a new folder.', 'demo samepoint-demo')
    .argument('[dir]', 'folder of the samples and the results', 'samepoint-demo')
    .option('--no-run', 'only copy the samples')
    .addOption(forceOption())
    .addHelpText('after', DETAILS)
    .action(runDemo);
}

async function runDemo(folder: string, { run, force = false }: DemoOptions): Promise<void> {
  copySamples(folder, { force });
  const context: DemoContext = { folder, self: selfCommand(), columns: process.stdout.columns };
  if (!run) {
    process.stdout.write(copiedNote(context));
    return;
  }
  process.stdout.write(introduction(context));
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const failed = await runAll(context, interrupted.signal, force);
    if (!interrupted.signal.aborted) process.stdout.write(conclusion(failed, context));
    if (failed.length > 0) process.exitCode = EXIT_CODES.failed;
    if (interrupted.signal.aborted) process.exitCode = EXIT_CODES.interrupted;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** @returns the titles of the commands that failed */
async function runAll(context: DemoContext, signal: AbortSignal, force: boolean): Promise<string[]> {
  const failed: string[] = [];
  const inheritStderr = process.stderr.isTTY;
  for (const [n, command] of DEMO_COMMANDS.entries()) {
    const args = [...command.args, ...(force && command.outputs.length > 0 ? ['--force'] : [])];
    process.stdout.write(stepHeading(command, args, n, context));
    const run = await runChild([BIN, ...args], { cwd: context.folder, signal, inheritStderr });
    if (signal.aborted) break;
    process.stdout.write(stepReport(command, run, context));
    if (run.code !== 0) failed.push(command.title);
  }
  return failed;
}
