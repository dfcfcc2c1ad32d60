import { SamepointError } from '@samepoint/shared-protocol';
import type { NdArray } from '../../graph/runtime/run.js';
import { emptyPromptStates } from './empty-prompt.js';
import { encodeTokens, promptTokens, type TextEncoder } from './text-encoder.js';

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
