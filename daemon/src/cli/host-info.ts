import { existsSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { Device } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { writeNote } from './format/status-line.js';

/** The machine that an evaluation ran on, for its report. */
export interface Machine {
  /** Execution provider and its description. */
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

/** Version of this package. */
export function packageVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
}

/** Logs the device to stderr if it is not the expected one. */
export function logDevice(device: Device): void {
  writeNote(`Device: ${formatDevice(device)}`);
}

/** `NVIDIA H200 (CUDA; float16)`: a device and why it was chosen. */
export function formatDevice({ description, reason }: Pick<Device, 'description' | 'reason'>): string {
  return `${description} (${reason.replace(/\.$/, '')})`;
}

const PROCESS_STATUS = '/proc/self/status';

/** Peak memory of this process, in bytes. */
export function peakMemoryBytes(): number {
  // on Linux, a child process inherits the maxRSS of its parent
  const highWaterMark = existsSync(PROCESS_STATUS)
    ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(PROCESS_STATUS, 'utf8'))?.[1]
    : undefined;
  return 1024 * Number(highWaterMark ?? process.resourceUsage().maxRSS);
}

/**
 * How the user runs Samepoint: `samepoint` if it is installed globally, otherwise `npx samepoint`, with the option
 * `--package` if npx was given one. A relative path of a tarball becomes absolute, so that the command works in any folder.
 */
export function selfCommand(env: NodeJS.ProcessEnv = process.env): string {
  if (env.npm_command === undefined) return 'samepoint';
  // npm sets INIT_CWD; a daemon in the background runs in another folder
  const { npm_config_package: given = '', INIT_CWD: folder = '' } = env;
  if (given === '') return 'npx samepoint';
  const name = /^\.{1,2}[/\\]/.test(given) ? resolve(folder, given) : given;
  return `npx --package ${/\s/.test(name) ? `"${name}"` : name} samepoint`;
}
