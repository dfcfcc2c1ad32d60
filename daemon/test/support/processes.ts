import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 20;

/** Is there a process of this id? A zombie counts as one. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves as soon as the process has ended; the test's own time limit is the limit. */
export async function ended(pid: number): Promise<void> {
  while (exists(pid)) await pause(POLL_MS);
}
