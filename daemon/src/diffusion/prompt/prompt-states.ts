import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { NdArray } from '../../graph/runtime/run.js';
import type { ModelFiles } from '../networks/model-files.js';
import { openSdCheckpoint } from '../networks/sd-checkpoint.js';
import { readPromptStates, writePromptStates } from './prompt-states-file.js';
import { type EncodeTokens, encodeTokens, promptTokens, statesKey, type TextEncoder } from './text-encoder.js';

/**
 * The text states of a prompt, (1, 77, channels), by the checkpoint's own text encoder. The empty prompt's are kept.
 * @param channels the U-Net's `cross_attention_dim`
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export async function promptStates(
  encoder: TextEncoder | undefined,
  prompt: string,
  channels: number,
  cacheFolder: string,
): Promise<NdArray> {
  if (encoder === undefined) throw noTextEncoder();
  if (prompt === '') return emptyPromptStates(encoder, channels, cacheFolder);
  return encodeTokens(encoder, promptTokens(encoder, prompt));
}

function noTextEncoder(): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    'The checkpoint has no text encoder, which Stable Diffusion needs for every prompt, the empty one included.',
    'Add its folders text_encoder and tokenizer, or give the text states as a file.',
  );
}

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

/**
 * Computes the text states of the empty prompt of a Stable Diffusion and caches them in `promptFolder`, so that the first
 * image does not wait for the text encoder.
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export async function cacheEmptyPrompt(files: ModelFiles, promptFolder: string): Promise<void> {
  const { text, unet } = openSdCheckpoint(files);
  await promptStates(text, '', unet.config.cross_attention_dim, promptFolder);
}

/**
 * Removes the text states that {@link cacheEmptyPrompt} has cached for a Stable Diffusion, whose files have to be there
 * still. Another model with the same text encoder computes them again.
 * @returns whether there were any
 * @throws SamepointError `MODEL_INVALID`
 */
export function forgetEmptyPrompt(files: ModelFiles, promptFolder: string): boolean {
  const { text } = openSdCheckpoint(files);
  return text !== undefined && removeEmptyPromptStates(text, promptFolder);
}
