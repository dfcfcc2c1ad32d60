import { InvalidArgumentError, Option } from 'commander';
import { OUT_OF_MEMORY_POLICIES, type OutOfMemoryPolicy } from '../../engine/engine-host.js';
import type { RequestedProvider } from '../../engine/providers/choose-provider.js';
import { PROVIDERS } from '../../graph/runtime/runtime.js';

/** Parsed values of the options below. */
export interface ProviderOptions extends RequestedProvider {
  onOutOfMemory?: OutOfMemoryPolicy;
}

/** `--provider`, for every command that runs networks. */
export function providerOption(): Option {
  return new Option('--provider <id>', 'execution provider (default: fastest available)')
    .choices(PROVIDERS)
    .env('SAMEPOINT_PROVIDER');
}

/** `--device`, for every command that runs networks. */
export function deviceOption(): Option {
  return new Option('--device <number>', 'device of CUDA or DirectML, as numbered by samepoint doctor')
    .argParser(parseDevice)
    .env('SAMEPOINT_DEVICE');
}

function parseDevice(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a device number from 0.');
}

/** `--on-out-of-memory`, for the commands that run jobs. */
export function outOfMemoryOption(): Option {
  return new Option('--on-out-of-memory <action>', 'what to do when the device runs out of memory')
    .choices(OUT_OF_MEMORY_POLICIES)
    .default('smaller' satisfies OutOfMemoryPolicy);
}
