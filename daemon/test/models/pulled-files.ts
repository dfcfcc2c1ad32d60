import { readFileSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import type { ModelEnvironment } from '../../src/models/model-environment.js';
import { resolveModel } from '../../src/models/resolve-model.js';
import { UNET } from './model-room.js';

/** Last byte of the second needed run of tensors, which `up_blocks.3` follows. */
export const NEEDED_END = UNET.length - 400_000 - 1;

/** The files of the model, by name. */
export function filesOf(environment: ModelEnvironment, options = {}): ReadonlyMap<string, string> {
  const resolved = resolveModel('tiny', options, environment);
  if (!resolved.ok) throw resolved.error;
  return resolved.files;
}

export function read(environment: ModelEnvironment, name: string, options = {}): Buffer {
  return readFileSync(filesOf(environment, options).get(name) ?? '');
}

/** The error that a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<SamepointError> {
  const thrown = await promise.catch((error: unknown) => error);
  if (!(thrown instanceof SamepointError)) throw new TypeError(`expected a SamepointError, got ${String(thrown)}`);
  return thrown;
}
