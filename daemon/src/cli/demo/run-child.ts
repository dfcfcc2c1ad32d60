import { spawn } from 'node:child_process';

/** How a child process ended, and what it printed. */
export interface ChildRun {
  /** Exit code; null after a signal. */
  code: number | null;
  stdout: string;
  stderr: string;
}

interface ChildOptions {
  cwd: string;
  /** Ends the child when it is aborted. The promise still waits for the end. */
  signal: AbortSignal;
  /** Lets the child write to this process's standard error, where it can show its progress. */
  inheritStderr?: boolean;
}

/** Runs a script with the Node of this process, to its end. @param args path of the script and its arguments */
export function runChild(
  args: readonly string[],
  { cwd, signal, inheritStderr = false }: ChildOptions,
): Promise<ChildRun> {
  const stderr = inheritStderr ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', stderr], windowsHide: true });
  const run: ChildRun = { code: null, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    run.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    run.stderr += chunk;
  });
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  return new Promise<ChildRun>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...run, code }));
  }).finally(() => signal.removeEventListener('abort', stop));
}
