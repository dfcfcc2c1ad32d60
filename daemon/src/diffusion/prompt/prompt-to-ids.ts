import { Tokenizer } from '@huggingface/tokenizers';
import { SamepointError } from '@samepoint/shared-protocol';
import type { ClipTextConfig } from '../../graph/networks/clip-text.js';
import { readSpecialTokens, readTokenizerJson } from './clip-tokenizer-files.js';

/** Tokens that the text encoders of Stable Diffusion take, the opening and closing ones included. */
export const PROMPT_TOKENS = 77;

export interface PromptIds {
  /** (77): opening token, the prompt, closing token, padding. */
  ids: BigInt64Array;
  /** A sentence for the user when the end of the prompt was left out. */
  warning?: string;
}

/**
 * The tokens of `text` as the checkpoint's own tokenizer makes them: SD 1.x fills up with the closing token, SD 2.x
 * with "!" (0). What is longer than 77 tokens is cut.
 * @param folder the `tokenizer` folder of a diffusers checkpoint
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export function promptToIds(folder: string, text: string): PromptIds {
  const special = readSpecialTokens(folder);
  const tokenizer = new Tokenizer(readTokenizerJson(folder, special), {});
  const idOf = (token: string) => {
    const id = tokenizer.token_to_id(token);
    if (id !== undefined) return id;
    throw new SamepointError(
      'MODEL_INVALID',
      `The tokenizer in ${folder} has no token "${token}".`,
      'Get the checkpoint again; its tokenizer may belong to another model.',
    );
  };
  const words = tokenizer.encode(lowercaseSigma(text), { add_special_tokens: false }).ids;
  const room = PROMPT_TOKENS - 2;
  const filled = [idOf(special.bos), ...words.slice(0, room), idOf(special.eos)];
  const ids = new BigInt64Array(PROMPT_TOKENS).fill(BigInt(idOf(special.pad)));
  ids.set(filled.map(BigInt));
  if (words.length <= room) return { ids };
  return {
    ids,
    warning: `The prompt has ${words.length} tokens, the model reads the first ${room}: the rest was left out.`,
  };
}

/**
 * The tokens of the empty prompt without a tokenizer: the opening and closing tokens are the last two of CLIP's
 * vocabulary. SD 1.x, whose CLIP-L is the one with the quick activation, fills up with the closing one, SD 2.x with 0.
 */
export function emptyPromptIds({ vocab_size: words, hidden_act: activation }: ClipTextConfig): BigInt64Array {
  const closing = BigInt(words - 1);
  const ids = new BigInt64Array(PROMPT_TOKENS).fill(activation === 'quick_gelu' ? closing : 0n);
  ids.set([BigInt(words - 2), closing]);
  return ids;
}

/** JavaScript lowers a Σ that ends a word to ς; the reference lowers character by character, always to σ. */
function lowercaseSigma(text: string): string {
  return text.replaceAll('Σ', 'σ');
}
