import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Device } from '@samepoint/shared-protocol';
import * as z from 'zod';

/** What an evaluation ran on, for its report. */
export interface Machine {
  /** What the networks ran on. */
  device: string;
  cpu: string;
  cores: number;
  memoryGb: number;
  platform: string;
  node: string;
}

export function thisMachine(device: string): Machine {
  const cores = cpus();
  return {
    device,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

const manifestSchema = z.object({ version: z.string() });

/** The version in this package's manifest. */
export function packageVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
}

/** Says on stderr what networks run on, where that is another thing than people may expect. */
export function logDevice({ description, reason }: Device): void {
  process.stderr.write(`Device: ${description} (${reason})\n`);
}
