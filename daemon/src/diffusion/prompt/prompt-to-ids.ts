import { Tokenizer } from '@huggingface/tokenizers';
import { SamepointError } from '@samepoint/shared-protocol';
import type { ClipTextConfig } from '../../graph/networks/clip-text.js';
import { readTokenizer, type TokenizerDescription, type TokenizerFiles } from './clip-tokenizer-files.js';

/** Input tokens of Stable Diffusion's text encoders, including start and end token. */
export const PROMPT_TOKENS = 77;

/** The settings of a text encoder that the tokenizer must match. */
export type EncoderVocabulary = Pick<ClipTextConfig, 'vocab_size' | 'hidden_act'>;

export interface PromptIds {
  /** (77): start token, prompt, end token, padding. */
  ids: BigInt64Array;
  /** Message for the user if the prompt was truncated. */
  warning?: string;
}

/**
 * Tokenizes `text` with the checkpoint's own tokenizer. SD 1.x pads with the end token, SD 2.x with "!" (0). Prompts longer
 * than 77 tokens are truncated.
 * @throws SamepointError `MODEL_MISSING` if files are missing, `MODEL_INVALID` if they belong to another model
 */
export function promptToIds(files: TokenizerFiles, encoder: EncoderVocabulary, text: string): PromptIds {
  const description = readTokenizer(files);
  checkFits(description, encoder);
  const { json, ids: special } = description;
  // building the tokenizer is slow, and the empty prompt does not need it
  const tokens =
    text === '' ? [] : new Tokenizer(json, {}).encode(lowercaseSigma(text), { add_special_tokens: false }).ids;
  const room = PROMPT_TOKENS - 2;
  const ids = new BigInt64Array(PROMPT_TOKENS).fill(BigInt(special.pad));
  ids.set([special.bos, ...tokens.slice(0, room), special.eos].map(BigInt));
  if (tokens.length <= room) return { ids };
  return {
    ids,
    warning: `The prompt has ${tokens.length} tokens; only the first ${room} are used.`,
  };
}

/**
 * Tokens of the empty prompt, without a tokenizer: start and end token are the last two of CLIP's vocabulary. SD 1.x pads
 * with the end token, SD 2.x with 0.
 */
export function emptyPromptIds(encoder: EncoderVocabulary): BigInt64Array {
  const end = BigInt(encoder.vocab_size - 1);
  const ids = new BigInt64Array(PROMPT_TOKENS).fill(isOpenClip(encoder) ? 0n : end);
  ids.set([BigInt(encoder.vocab_size - 2), end]);
  return ids;
}

/** SD 2.x uses OpenCLIP-H; SD 1.x uses OpenAI's CLIP-L, which has the activation `quick_gelu`. */
function isOpenClip({ hidden_act: activation }: EncoderVocabulary): boolean {
  return activation !== 'quick_gelu';
}

function checkFits({ size, isPadNamed }: TokenizerDescription, encoder: EncoderVocabulary): void {
  if (size !== encoder.vocab_size) {
    throw new SamepointError(
      'MODEL_INVALID',
      `The tokenizer has ${size} tokens and the text encoder ${encoder.vocab_size}: they belong to different models.`,
      'Download the checkpoint again, with tokenizer and text encoder of the same model.',
    );
  }
  if (isPadNamed || !isOpenClip(encoder)) return;
  throw new SamepointError(
    'MODEL_MISSING',
    'The tokenizer has no pad token, which the text encoder of Stable Diffusion 2 requires.',
    "Add special_tokens_map.json and tokenizer_config.json to the checkpoint's folder tokenizer, or run samepoint models pull for the model.",
  );
}

/** JavaScript lowercases a final Σ to ς; the reference implementation always to σ. */
function lowercaseSigma(text: string): string {
  return text.replaceAll('Σ', 'σ');
}
