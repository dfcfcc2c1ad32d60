import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { NdArray } from '../../graph/runtime/run.js';
import type { ModelFiles } from '../networks/model-files.js';
import { openSdCheckpoint } from '../networks/sd-checkpoint.js';
import { readPromptStates, writePromptStates } from './prompt-states-file.js';
import { type EncodeTokens, encodeTokens, promptTokens, statesKey, type TextEncoder } from './text-encoder.js';

/**
 * Text states (1, 77, channels) of a prompt, from the checkpoint's own text encoder. Those of the empty prompt are cached.
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
    'The checkpoint has no text encoder. Stable Diffusion needs it, even for an empty prompt.',
    'Add its folders text_encoder and tokenizer, or use --text-states.',
  );
}

/**
 * Text states (1, 77, channels) of the empty prompt, cached in `cacheFolder` by weights, configuration and tokens.
 * @param channels the U-Net's `cross_attention_dim`
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
  return readCached(path, channels) ?? computeAndCache(path, () => encode(encoder, ids));
}

/**
 * Removes the cached text states of an encoder.
 * @returns whether there were any
 * @throws SamepointError `MODEL_INVALID` for an unusable tokenizer
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

/** Undefined for a missing or damaged file. */
function readCached(path: string, channels: number): NdArray | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const states = readPromptStates(path);
    return states.dims[2] === channels ? states : undefined;
  } catch {
    return undefined;
  }
}

async function computeAndCache(path: string, encode: () => Promise<NdArray>): Promise<NdArray> {
  const states = await encode();
  try {
    writePromptStates(path, states);
  } catch {
    // without a writable cache, the text encoder runs each time
  }
  return states;
}

/**
 * Caches the text states of the empty prompt in `promptFolder`, so that the first image does not wait for the text encoder.
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export async function cacheEmptyPrompt(files: ModelFiles, promptFolder: string): Promise<void> {
  const { text, unet } = openSdCheckpoint(files);
  await promptStates(text, '', unet.config.cross_attention_dim, promptFolder);
}

/**
 * Removes the text states that {@link cacheEmptyPrompt} cached; the model's files must still exist. Other models with the same
 * text encoder compute them again.
 * @returns whether there were any
 * @throws SamepointError `MODEL_INVALID`
 */
export function uncacheEmptyPrompt(files: ModelFiles, promptFolder: string): boolean {
  const { text } = openSdCheckpoint(files);
  return text !== undefined && removeEmptyPromptStates(text, promptFolder);
}
