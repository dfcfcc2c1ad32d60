import { cpus, totalmem } from 'node:os';

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
