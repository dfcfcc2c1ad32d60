import { dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { NdArray } from '../../graph/runtime/run.js';
import { readValues } from '../../graph/weights/read-values.js';
import { readSafetensorsHeader } from '../../graph/weights/safetensors.js';
import { makeFolder, writeFileAtomic } from '../../write-files.js';
import { PROMPT_TOKENS } from './prompt-to-ids.js';

/** The only tensor of the file. */
const TENSOR = 'states';
const DTYPES: ReadonlySet<string> = new Set(['F16', 'F32']);

/**
 * Reads text states (1, 77, channels) from a safetensors file: one tensor `states`, in half or single precision.
 * @throws SamepointError `MODEL_INVALID`
 */
export function readPromptStates(path: string): NdArray {
  const file = readSafetensorsHeader(path);
  const entry = file.tensors.get(TENSOR);
  const [one, tokens, channels] = entry?.shape ?? [];
  if (entry === undefined || one !== 1 || tokens !== PROMPT_TOKENS || channels === undefined) throw invalid(path);
  const data = DTYPES.has(entry.dtype) ? readValues(file, TENSOR) : undefined;
  if (data === undefined) throw invalid(path);
  return { dims: [one, tokens, channels], data };
}

/** Writes text states in single precision. */
export function writePromptStates(path: string, { dims, data }: NdArray): void {
  const entry = { dtype: 'F32', shape: dims, data_offsets: [0, data.byteLength] };
  const header = Buffer.from(JSON.stringify({ [TENSOR]: entry }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  makeFolder(dirname(path));
  writeFileAtomic(path, Buffer.concat([length, header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]));
}

function invalid(path: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} contains no text states: it needs a float tensor "${TENSOR}" of shape 1×${PROMPT_TOKENS}×channels.`,
    'Delete the file, or download it again.',
  );
}
