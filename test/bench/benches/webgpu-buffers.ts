import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bench, type BenchOptions, type BenchResult, median } from '../bench.js';

/** Measurement of one process. */
export interface BufferMeasurement {
  runS: number[];
  peakGb: number;
}

const MODES = ['bucket', 'simple'] as const;
const CHILD = fileURLToPath(new URL('../webgpu-buffers-child.ts', import.meta.url));

/** Memory of WebGPU by buffer cache mode. With a software driver, it is all in the process. */
export const webgpuBuffersBench: Bench = {
  name: 'webgpu-buffers',
  title: 'Buffers of WebGPU',
  doc: 'gpu',
  run: runBuffers,
};

async function runBuffers({ sizesPx, rounds, log }: BenchOptions): Promise<BenchResult> {
  const rows: string[][] = [];
  const measurements = [];
  for (const side of sizesPx) {
    for (const mode of MODES) {
      const all: BufferMeasurement[] = [];
      for (let round = 0; round < rounds; round++) all.push(await measure(mode, side));
      log(`${side} px, ${mode}: ${all.map(({ peakGb }) => peakGb.toFixed(2)).join(', ')} GB`);
      measurements.push({ side, mode, all });
      const peaks = all.map(({ peakGb }) => peakGb);
      const loaded = all.flatMap(({ runS }) => runS.slice(1));
      rows.push([`${side} px`, mode, `${median(peaks).toFixed(2)} GB`, `${median(loaded).toFixed(1)} s`]);
    }
  }
  return {
    columns: ['embedded network', 'storageBufferCacheMode', 'peak memory', 'warm run'],
    rows,
    notes: [
      'Peak memory of the process, which includes that of the device if the driver computes in software. VK_DRIVER_FILES selects a driver.',
    ],
    measurements,
  };
}

async function measure(mode: (typeof MODES)[number], side: number): Promise<BufferMeasurement> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD, mode, String(side)]);
  return JSON.parse(stdout) as BufferMeasurement;
}
