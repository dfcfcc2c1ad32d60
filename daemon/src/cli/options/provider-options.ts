import { type Command, InvalidArgumentError, Option } from 'commander';
import { OUT_OF_MEMORY_POLICIES, type OutOfMemoryPolicy } from '../../engine/engine-host.js';
import type { RequestedProvider } from '../../engine/providers/choose-provider.js';
import { PROVIDERS } from '../../graph/runtime/runtime.js';

/** Parsed values of the options below. */
export interface ProviderOptions extends RequestedProvider {
  onOutOfMemory?: OutOfMemoryPolicy;
}

const HEADING = 'Device:';

/** Adds `--provider` and `--device`, for a command that runs networks in its own process. */
export function withDeviceOptions(command: Command): Command {
  for (const option of [providerOption(), deviceOption()]) command.addOption(option.helpGroup(HEADING));
  return command;
}

/** Adds `--provider`, `--device` and `--on-out-of-memory`, for a command that sends jobs to the engine. */
export function withEngineOptions(command: Command): Command {
  return withDeviceOptions(command).addOption(outOfMemoryOption().helpGroup(HEADING));
}

function providerOption(): Option {
  return new Option('--provider <id>', 'execution provider (default: fastest available)')
    .choices(PROVIDERS)
    .env('SAMEPOINT_PROVIDER');
}

function deviceOption(): Option {
  return new Option('--device <number>', 'device of CUDA or DirectML, as numbered by samepoint doctor')
    .argParser(parseDevice)
    .env('SAMEPOINT_DEVICE');
}

function parseDevice(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a device number from 0.');
}

function outOfMemoryOption(): Option {
  return new Option('--on-out-of-memory <action>', 'what to do when the device runs out of memory')
    .choices(OUT_OF_MEMORY_POLICIES)
    .default('smaller' satisfies OutOfMemoryPolicy);
}
