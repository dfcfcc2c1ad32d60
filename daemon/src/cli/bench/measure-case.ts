import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Provider, Runtime } from '../../graph/runtime/runtime.js';

const CHILD_ENTRY = fileURLToPath(new URL('./bench-child.js', import.meta.url));

/** Execution provider and precision of a case. */
export type BenchTarget = Omit<Runtime, 'notify' | 'onPlacement'>;

export interface ToBench {
  /** Index of the case. */
  index: number;
  target: BenchTarget;
  folder: string;
}
export type FromBench =
  | { type: 'run'; seconds: number; peakBytes: number; placement: [Provider, number][] }
  | { type: 'done' }
  | { type: 'failed'; reason: string };

/** Measurements of one case. */
export interface CaseRuns {
  /** Seconds of each run; the first includes loading the networks. */
  runS: number[];
  /** Peak memory of the process. */
  peakBytes: number;
  placement: [Provider, number][];
  /** Decrease of free device memory. */
  deviceBytes?: number;
  /** Why the case was stopped early. */
  stopped?: string;
}

export interface MeasureOptions extends ToBench {
  /** Time after which the process is killed. */
  limitS: number;
  /** Free memory of the device; undefined if the system does not report it. */
  freeBytes(): Promise<number | undefined>;
  /** Kills the process. */
  signal?: AbortSignal;
}

/** Reason of cases stopped by Ctrl+C. */
export const INTERRUPTED = 'interrupted';

/** Runs a case in a child process, to measure its memory and to survive driver crashes. */
export async function measureCase({ limitS, freeBytes, signal, ...request }: MeasureOptions): Promise<CaseRuns> {
  const before = await freeBytes();
  const child = fork(CHILD_ENTRY, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const found: CaseRuns = { runS: [], peakBytes: 0, placement: [] };
  const stopped = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(() => resolve('out of time'), 1000 * limitS);
    const settle = (reason?: string) => {
      clearTimeout(timer);
      resolve(reason);
    };
    const interrupt = () => settle(INTERRUPTED);
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    child.on('message', (message: FromBench) => {
      if (message.type === 'failed') settle(message.reason);
      if (message.type === 'done') settle();
      if (message.type !== 'run') return;
      found.runS.push(message.seconds);
      Object.assign(found, { peakBytes: message.peakBytes, placement: message.placement });
    });
    child.once('error', ({ message }) => settle(message));
    child.once('exit', () => settle('the process ended unexpectedly'));
    child.send(request satisfies ToBench, () => {});
  });
  // measured before the process exits and frees its memory
  const after = before === undefined ? undefined : await freeBytes();
  await ended(child);
  return {
    ...found,
    ...(stopped === undefined ? {} : { stopped }),
    ...(before === undefined || after === undefined ? {} : { deviceBytes: Math.max(0, before - after) }),
  };
}

function ended(child: ReturnType<typeof fork>): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
}
