import { Option } from 'commander';
import { OUT_OF_MEMORY_POLICIES, type OutOfMemoryPolicy } from '../engine/engine-host.js';
import { PROVIDERS, type Provider } from '../graph/runtime.js';

/** What the two options below are parsed to. */
export interface ProviderOptions {
  provider?: Provider;
  onOutOfMemory?: OutOfMemoryPolicy;
}

/** `--provider`, for every command that runs networks. */
export function providerOption(): Option {
  return new Option('--provider <id>', 'what the networks run on (default: the best that works here)')
    .choices(PROVIDERS)
    .env('SAMEPOINT_PROVIDER');
}

/** `--on-out-of-memory`, for the commands that run jobs. */
export function outOfMemoryOption(): Option {
  return new Option('--on-out-of-memory <what>', 'what a job does that the device has too little memory for')
    .choices(OUT_OF_MEMORY_POLICIES)
    .default('smaller' satisfies OutOfMemoryPolicy);
}
