import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NdArray } from '../../graph/runtime/run.js';
import { readPromptStates, writePromptStates } from './prompt-states-file.js';
import { type EncodeTokens, encodeTokens, promptTokens, statesKey, type TextEncoder } from './text-encoder.js';

/**
 * The text states of the empty prompt, (1, 77, channels): computed once by the checkpoint's own text encoder, and kept
 * in `cacheFolder` for as long as weights, configuration and tokens stay the same.
 * @param channels of the text states, the U-Net's `cross_attention_dim`
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export async function emptyPromptStates(
  encoder: TextEncoder,
  channels: number,
  cacheFolder: string,
  encode: EncodeTokens = encodeTokens,
): Promise<NdArray> {
  const ids = promptTokens(encoder, '');
  const path = statesPath(encoder, ids, cacheFolder);
  return readKept(path, channels) ?? computeAndKeep(path, () => encode(encoder, ids));
}

/**
 * Removes the text states that {@link emptyPromptStates} has kept for an encoder.
 * @returns whether there were any
 * @throws SamepointError `MODEL_INVALID` for a tokenizer that gives no tokens
 */
export function removeEmptyPromptStates(encoder: TextEncoder, cacheFolder: string): boolean {
  const path = statesPath(encoder, promptTokens(encoder, ''), cacheFolder);
  const existed = existsSync(path);
  rmSync(path, { force: true });
  return existed;
}

function statesPath(encoder: TextEncoder, ids: BigInt64Array, cacheFolder: string): string {
  return join(cacheFolder, `${statesKey(encoder, ids)}.safetensors`);
}

/** Undefined where nothing usable is kept: what is damaged is computed again. */
function readKept(path: string, channels: number): NdArray | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const states = readPromptStates(path);
    return states.dims[2] === channels ? states : undefined;
  } catch {
    return undefined;
  }
}

async function computeAndKeep(path: string, encode: () => Promise<NdArray>): Promise<NdArray> {
  const states = await encode();
  try {
    writePromptStates(path, states);
  } catch {
    // a folder that cannot be written costs a run of the text encoder each time, and nothing else
  }
  return states;
}
