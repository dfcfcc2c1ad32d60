import { rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { makeTemporaryFolder } from '../../app-folders.js';
import { chooseProvider, type ProviderChoice } from '../../engine/providers/choose-provider.js';
import { deviceFor, type GpuDevice } from '../../engine/providers/gpu-devices.js';
import { listGpuDevices } from '../../engine/providers/list-gpu-devices.js';
import { runtimeVersion } from '../../engine/providers/probe-cache.js';
import { benchCases } from '../bench/bench-cases.js';
import { type BenchMachine, type BenchResult, benchJson, benchTable, skipReason } from '../bench/bench-report.js';
import { INTERRUPTED, measureCase } from '../bench/measure-case.js';
import { describeDevice } from '../doctor/check-system.js';
import { EXIT_CODES } from '../exit-codes.js';
import { StatusLine, withStatus } from '../format/status-line.js';
import { formatDevice, packageVersion } from '../host-info.js';
import { createCommand } from '../options/create-command.js';
import { type ProviderOptions, withDeviceOptions } from '../options/provider-options.js';

const DEFAULT_SECONDS = 120;
const MILLISECONDS = 1000;

const DETAILS = `
"first" includes loading the networks, "then" does not. Stable Diffusion 2.1 has its published architecture and random
weights, which do not affect time or memory; nothing is downloaded. Measurements that exceed the time are skipped.`;

interface BenchCommandOptions extends Pick<ProviderOptions, 'provider' | 'device'> {
  seconds: number;
  json?: true;
}

/** `samepoint bench`: measures the speed of this computer. */
export function benchCommand(): Command {
  const command = createCommand(
    'bench',
    'Measure time and memory of the networks on this computer, in about two minutes.',
    'bench --seconds 60',
  )
    .option('--seconds <n>', 'time limit for all measurements', parseSeconds, DEFAULT_SECONDS)
    .option('--json', 'print one line of JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runBench);
  return withDeviceOptions(command);
}

function parseSeconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a number of seconds.');
}

async function runBench({ seconds, json, ...requested }: BenchCommandOptions): Promise<void> {
  const { devices, choice } = await withStatus('Choosing the device', async () => {
    const found = await listGpuDevices();
    return { devices: found, choice: await chooseProvider({ requested, devices: found }) };
  });
  const machine = machineOf(choice, devices);
  const results = await measureAll(choice, seconds, devices);
  process.stdout.write(json ? `${benchJson(machine, results)}\n` : benchTable(machine, results));
}

async function measureAll(
  choice: ProviderChoice,
  limitS: number,
  devices: readonly GpuDevice[],
): Promise<BenchResult[]> {
  const { device: _, ...target } = choice;
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  const { signal } = interrupted;
  const end = performance.now() + MILLISECONDS * limitS;
  const folder = makeTemporaryFolder('samepoint-bench-');
  const results: BenchResult[] = [];
  const line = new StatusLine();
  try {
    for (const [index, { title, sizePx, macs }] of benchCases().entries()) {
      line.show(`Measuring ${title}, ${sizePx} px (${index + 1}/${benchCases().length})`);
      const leftS = (end - performance.now()) / MILLISECONDS;
      const skipped = signal.aborted ? `skipped: ${INTERRUPTED}` : skipReason({ macs }, leftS, results);
      const freeBytes = () => freeMemory(choice, devices);
      const outcome =
        skipped === undefined
          ? await measureCase({ index, target, folder, limitS: leftS, freeBytes, signal })
          : { skipped };
      results.push({ title, sizePx, macs, outcome });
    }
  } finally {
    line.clear();
    process.off('SIGINT', interrupt);
    rmSync(folder, { recursive: true, force: true });
  }
  if (signal.aborted) process.exitCode = EXIT_CODES.interrupted;
  return results;
}

/** Free memory of the chosen device, if the system reports it. */
async function freeMemory(choice: ProviderChoice, devices: readonly GpuDevice[]): Promise<number | undefined> {
  if (deviceFor(choice, devices)?.freeBytes === undefined) return undefined;
  return deviceFor(choice, await listGpuDevices())?.freeBytes;
}

function machineOf({ device, precision }: ProviderChoice, devices: readonly GpuDevice[]): BenchMachine {
  return {
    samepoint: packageVersion(),
    onnxRuntime: runtimeVersion(),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`,
    memoryGb: Math.round(totalmem() / 1e9),
    device: formatDevice(device),
    precision,
    gpus: devices.map(describeDevice),
  };
}
