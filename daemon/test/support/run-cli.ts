import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/samepoint.js', import.meta.url));

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line to its end. */
export function runCli(...args: readonly string[]): Promise<CliRun> {
  return runCliWith({}, ...args);
}

/** The same with changes to the environment; undefined removes a variable. */
export function runCliWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<CliRun> {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const run: CliRun = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    run.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    run.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...run, code }));
  });
}

/** Runs it with standard output to a file, or to a closed pipe. */
export async function runCliInto(
  output: 'closed pipe' | (string & {}),
  ...args: readonly string[]
): Promise<Omit<CliRun, 'stdout'>> {
  const file = output === 'closed pipe' ? undefined : await open(output, 'w');
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', file?.fd ?? 'pipe', 'pipe'] });
  child.stdout?.destroy();
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const stderr = child.stderr === null ? '' : await text(child.stderr);
  const code = await ended;
  await file?.close();
  return { code, stderr };
}
