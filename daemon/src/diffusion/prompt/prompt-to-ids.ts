import { Tokenizer } from '@huggingface/tokenizers';
import { SamepointError } from '@samepoint/shared-protocol';
import type { ClipTextConfig } from '../../graph/networks/clip-text.js';
import { readTokenizer, type TokenizerDescription, type TokenizerFiles } from './clip-tokenizer-files.js';

/** Tokens that the text encoders of Stable Diffusion take, the opening and closing ones included. */
export const PROMPT_TOKENS = 77;

/** What has to fit between a tokenizer and a text encoder. */
export type EncoderVocabulary = Pick<ClipTextConfig, 'vocab_size' | 'hidden_act'>;

export interface PromptIds {
  /** (77): opening token, the prompt, closing token, padding. */
  ids: BigInt64Array;
  /** A sentence for the user when the end of the prompt was left out. */
  warning?: string;
}

/**
 * The tokens of `text` as the checkpoint's own tokenizer makes them: SD 1.x fills up with the closing token, SD 2.x
 * with "!" (0). What is longer than 77 tokens is cut.
 * @throws SamepointError `MODEL_MISSING` when the files are not enough, `MODEL_INVALID` when they are of another model
 */
export function promptToIds(files: TokenizerFiles, encoder: EncoderVocabulary, text: string): PromptIds {
  const description = readTokenizer(files);
  checkFits(description, encoder);
  const { json, ids: special } = description;
  // to build the tokenizer takes long, and the empty prompt needs none
  const words =
    text === '' ? [] : new Tokenizer(json, {}).encode(lowercaseSigma(text), { add_special_tokens: false }).ids;
  const room = PROMPT_TOKENS - 2;
  const ids = new BigInt64Array(PROMPT_TOKENS).fill(BigInt(special.pad));
  ids.set([special.bos, ...words.slice(0, room), special.eos].map(BigInt));
  if (words.length <= room) return { ids };
  return {
    ids,
    warning: `The prompt has ${words.length} tokens, the model reads the first ${room}: the rest was left out.`,
  };
}

/**
 * The tokens of the empty prompt without a tokenizer: the opening and closing tokens are the last two of CLIP's
 * vocabulary. SD 1.x fills up with the closing one, SD 2.x with 0.
 */
export function emptyPromptIds(encoder: EncoderVocabulary): BigInt64Array {
  const closing = BigInt(encoder.vocab_size - 1);
  const ids = new BigInt64Array(PROMPT_TOKENS).fill(isOpenClip(encoder) ? 0n : closing);
  ids.set([BigInt(encoder.vocab_size - 2), closing]);
  return ids;
}

/** SD 1.x has OpenAI's CLIP-L, the one with the quick activation; SD 2.x has OpenCLIP-H. */
function isOpenClip({ hidden_act: activation }: EncoderVocabulary): boolean {
  return activation !== 'quick_gelu';
}

function checkFits({ size, isPadNamed }: TokenizerDescription, encoder: EncoderVocabulary): void {
  if (size !== encoder.vocab_size) {
    throw new SamepointError(
      'MODEL_INVALID',
      `The tokenizer has ${size} tokens and the text encoder ${encoder.vocab_size}: they are of different models.`,
      'Get the checkpoint again, with the tokenizer and the text encoder of one model.',
    );
  }
  if (isPadNamed || !isOpenClip(encoder)) return;
  throw new SamepointError(
    'MODEL_MISSING',
    'The tokenizer does not tell its pad token, which the text encoder of Stable Diffusion 2 needs.',
    "Add special_tokens_map.json and tokenizer_config.json to the checkpoint's folder tokenizer, or run samepoint models pull for the model.",
  );
}

/** JavaScript lowers a Σ that ends a word to ς; the reference lowers character by character, always to σ. */
function lowercaseSigma(text: string): string {
  return text.replaceAll('Σ', 'σ');
}
