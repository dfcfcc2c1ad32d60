import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Provider, Runtime } from '../../graph/runtime/runtime.js';

const CHILD_ENTRY = fileURLToPath(new URL('./bench-child.js', import.meta.url));

/** Where a case runs. */
export type BenchTarget = Omit<Runtime, 'notify' | 'onPlacement'>;

export interface ToBench {
  /** Which of the cases. */
  index: number;
  target: BenchTarget;
  folder: string;
}
export type FromBench =
  | { type: 'run'; seconds: number; peakBytes: number; placement: [Provider, number][] }
  | { type: 'done' }
  | { type: 'failed'; reason: string };

/** What the runs of one case took, as far as there was time for them. */
export interface CaseRuns {
  /** Seconds of each run; the first one loads the networks. */
  runS: number[];
  /** The most memory of the process at once. */
  peakBytes: number;
  placement: [Provider, number][];
  /** How much less memory of the device was free after the runs. */
  deviceBytes?: number;
  /** Why there are no more runs, if that was no plan. */
  stopped?: string;
}

export interface MeasureOptions extends ToBench {
  /** After this the process is ended. */
  limitS: number;
  /** Free memory of the device; undefined where the system does not tell. */
  freeBytes(): Promise<number | undefined>;
  /** Ends the process. */
  signal?: AbortSignal;
}

/** Why runs are missing that were interrupted. */
export const INTERRUPTED = 'interrupted';

/** Runs a case in a process of its own, so that its memory is its own, and a driver can end no other process. */
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
  // before the process goes, and its memory with it
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
