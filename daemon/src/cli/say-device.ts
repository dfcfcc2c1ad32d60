import type { Device } from '@samepoint/shared-protocol';

/** Says on stderr what networks run on, where that is another thing than people may expect. */
export function sayDevice({ description, reason }: Device): void {
  process.stderr.write(`Device: ${description} (${reason})\n`);
}
