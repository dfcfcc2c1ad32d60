import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/** The most memory that this process has had at once, in bytes. */
export function peakMemoryBytes(): number {
  // Linux carries maxRSS over from the parent to a process that it starts
  const highWater = existsSync(STATUS) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))?.[1] : undefined;
  return 1024 * Number(highWater ?? process.resourceUsage().maxRSS);
}
