import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';

/** Words of CLIP's vocabulary that open and close every prompt. */
const BOS = '<|startoftext|>';
const EOS = '<|endoftext|>';

/** What stands between two pieces that byte-pair encoding must not join. Of OpenAI's CLIP. */
const SPLIT_PATTERN = String.raw`<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`;

const tokenSchema = z
  .union([z.string(), z.object({ content: z.string() })])
  .transform((token) => (typeof token === 'string' ? token : token.content));
const specialTokensSchema = z.object({
  bos_token: tokenSchema.optional(),
  eos_token: tokenSchema.optional(),
  pad_token: tokenSchema.optional(),
  added_tokens_decoder: z.unknown().optional(),
});
const vocabularySchema = z.record(z.string(), z.number().int().nonnegative());

export interface SpecialTokens {
  bos: string;
  eos: string;
  pad: string;
}

/**
 * The special tokens of the tokenizer in `folder`. Files from before transformers kept `added_tokens_decoder` in
 * `tokenizer_config.json` are overruled by `special_tokens_map.json`: SD 2.x names its pad token "!" only there.
 * @throws SamepointError `MODEL_INVALID`
 */
export function readSpecialTokens(folder: string): SpecialTokens {
  const config = readOptional(folder, 'tokenizer_config.json');
  const map = config.added_tokens_decoder === undefined ? readOptional(folder, 'special_tokens_map.json') : {};
  const eos = map.eos_token ?? config.eos_token ?? EOS;
  return {
    bos: map.bos_token ?? config.bos_token ?? BOS,
    eos,
    pad: map.pad_token ?? config.pad_token ?? eos,
  };
}

/**
 * The tokenizer in `folder` as one `tokenizer.json` object: the file itself, or what transformers makes of
 * `vocab.json` and `merges.txt`.
 * @throws SamepointError `MODEL_MISSING` when the folder holds neither, `MODEL_INVALID` when they cannot be read
 */
export function readTokenizerJson(folder: string, special: SpecialTokens): object {
  if (existsSync(join(folder, 'tokenizer.json'))) {
    return readJson(folder, 'tokenizer.json', z.looseObject({ model: z.looseObject({}) }));
  }
  if (!existsSync(join(folder, 'vocab.json')) || !existsSync(join(folder, 'merges.txt'))) {
    throw new SamepointError(
      'MODEL_MISSING',
      `${folder} holds no tokenizer: neither tokenizer.json nor vocab.json with merges.txt.`,
      'Get the checkpoint again with its tokenizer folder, or leave the prompt empty.',
    );
  }
  const vocabulary = readJson(folder, 'vocab.json', vocabularySchema);
  return clipTokenizerJson(folder, vocabulary, readMerges(folder), special);
}

function clipTokenizerJson(
  folder: string,
  vocabulary: Record<string, number>,
  merges: string[],
  special: SpecialTokens,
): object {
  return {
    version: '1.0',
    // tokens that stand alone wherever they are written; SD 2.x has "!" among them
    added_tokens: [...new Set(Object.values(special))].map((content) => {
      const id = vocabulary[content];
      if (id === undefined) throw invalid(folder, 'vocab.json', `the special token "${content}" is missing`);
      return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    }),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: SPLIT_PATTERN }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: null,
    decoder: null,
    model: { type: 'BPE', unk_token: special.eos, end_of_word_suffix: '</w>', vocab: vocabulary, merges },
  };
}

function readMerges(folder: string): string[] {
  const lines = readFileSync(join(folder, 'merges.txt'), 'utf8').split(/\r?\n/);
  return lines.filter((line) => line !== '' && !line.startsWith('#version'));
}

function readOptional(folder: string, file: string): z.infer<typeof specialTokensSchema> {
  return existsSync(join(folder, file)) ? readJson(folder, file, specialTokensSchema) : {};
}

function readJson<T>(folder: string, file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } catch {
    throw invalid(folder, file, 'it is not the JSON that CLIP tokenizers have');
  }
}

function invalid(folder: string, file: string, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${join(folder, file)} cannot be used: ${reason}.`,
    'Get the file again; it may have been cut off or belong to another model.',
  );
}
