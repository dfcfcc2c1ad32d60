import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { isProcess } from '../../is-process.js';
import { hasRunFile, type RunFile, readRunFiles, removeRunFile } from './run-file.js';

/** Timeout for an answer: a daemon answers at any time, but the computer may be busy. */
const ANSWER_MS = 10_000;
/** How long a daemon may take to stop. */
const STOP_MS = 30_000;
const POLL_MS = 50;

/** All versions of the daemon have this field. */
const identitySchema = z.object({ pid: z.number() });

const statusSchema = identitySchema.extend({
  daemon: z.string(),
  startedAt: z.string(),
  device: z.object({ description: z.string(), reason: z.string() }),
  clients: z.object({ paired: z.number(), connected: z.number() }),
  jobs: z.object({ running: z.number(), queued: z.number() }),
  plugin: z.object({ manifest: z.string(), version: z.string() }).nullable(),
  pairing: z.object({ live: z.object({ code: z.string() }).nullable() }),
});

/** What a daemon reports at `/v1/status`. */
export type DaemonStatus = z.infer<typeof statusSchema>;

/**
 * A daemon of this state folder. `silent`: its process exists, but does not answer. The status of a daemon of another
 * version may have other fields; it is then left out.
 */
export type FoundDaemon = { run: RunFile } & ({ state: 'running'; status?: DaemonStatus } | { state: 'silent' });

export interface FindOptions {
  /** Only the daemon on this port. */
  port?: number | undefined;
  answerMs?: number;
}

/** The daemons with this state folder. Removes the files of those that have ended. */
export async function findDaemons(
  stateFolder: string,
  { port, answerMs = ANSWER_MS }: FindOptions = {},
): Promise<FoundDaemon[]> {
  const runs = readRunFiles(stateFolder).filter((run) => port === undefined || run.port === port);
  const found = await Promise.all(
    runs.map(async (run) => {
      const daemon = await inspect(run, answerMs);
      if (daemon === undefined) removeRunFile(stateFolder, run);
      return daemon;
    }),
  );
  return found.filter((daemon) => daemon !== undefined);
}

/** The daemon of a file; undefined if it has ended. Another program may use its port or its process id by now. */
async function inspect(run: RunFile, answerMs: number): Promise<FoundDaemon | undefined> {
  const answer = await askStatus(run.port, answerMs);
  if (answer === 'silent') return isProcess(run.pid) ? { run, state: 'silent' } : undefined;
  if (identitySchema.safeParse(answer).data?.pid !== run.pid) return undefined;
  const status = statusSchema.safeParse(answer).data;
  return { run, state: 'running', ...(status === undefined ? {} : { status }) };
}

/** The answer of the daemon on a port; undefined if there is none. */
async function askStatus(port: number, answerMs: number): Promise<unknown> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/status`, {
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    });
    return await response.json();
  } catch (thrown) {
    return thrown instanceof Error && thrown.name === 'TimeoutError' ? 'silent' : undefined;
  }
}

/** Stops a daemon and waits for its end. @returns whether it ended in time */
export async function stopDaemon(stateFolder: string, run: RunFile, stopMs = STOP_MS): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${run.port}/v1/stop`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${run.stopToken}`, Connection: 'close' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch {
    // it may have ended already, which the loop finds out
  }
  const deadline = performance.now() + stopMs;
  while (hasRunFile(stateFolder, run) && isProcess(run.pid)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}
