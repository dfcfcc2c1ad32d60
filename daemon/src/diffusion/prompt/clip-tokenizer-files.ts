import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { readJsonSync, readTextSync } from '../../read-text.js';
import type { ModelFiles } from '../networks/model-files.js';

/** CLIP's start and end tokens. */
const BOS = '<|startoftext|>';
const EOS = '<|endoftext|>';

/** OpenAI CLIP's pre-tokenisation: byte-pair encoding does not merge across these pieces. */
const SPLIT_PATTERN = String.raw`<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`;

const FOLDER = 'tokenizer/';

/**
 * Files of a tokenizer: name in its folder (`vocab.json`) → path. A folder would not do: a Hugging Face cache stores the files
 * of all folders together.
 */
export type TokenizerFiles = ReadonlyMap<string, string>;

const tokenSchema = z
  .union([z.string(), z.object({ content: z.string() })])
  .nullish()
  .transform((token) => (typeof token === 'object' ? token?.content : token));
const idSchema = z.number().int().nonnegative();
const vocabularySchema = z.record(z.string(), idSchema);
const specialTokensSchema = z.object({
  bos_token: tokenSchema,
  eos_token: tokenSchema,
  pad_token: tokenSchema,
  /** transformers 4.34 and later: all added tokens, by id. */
  added_tokens_decoder: z.record(z.string(), z.object({ content: z.string() })).optional(),
  /** transformers 5, which does not write `special_tokens_map.json`. */
  backend: z.unknown().optional(),
});
const tokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: idSchema, content: z.string() })).default([]),
  model: z.looseObject({ vocab: vocabularySchema }),
});
type TokenizerConfig = Partial<z.infer<typeof specialTokensSchema>>;
type TokenizerJson = z.infer<typeof tokenizerSchema>;
type AddedToken = TokenizerJson['added_tokens'][number];

interface SpecialTokens<Token> {
  bos: Token;
  eos: Token;
  pad: Token;
}

/** A tokenizer, as read from its files. */
export interface TokenizerDescription {
  /** In the format of `tokenizer.json`. */
  json: TokenizerJson;
  ids: SpecialTokens<number>;
  /** False if no file sets the pad token and CLIP's default is used. */
  isPadNamed: boolean;
  /** Number of tokens, including added ones. */
  size: number;
}

/** The tokenizer's files in a checkpoint; undefined if there are none. */
export function tokenizerFiles(files: ModelFiles): TokenizerFiles | undefined {
  const own = [...files].filter(([name]) => name.startsWith(FOLDER));
  const named = new Map(own.map(([name, path]) => [name.slice(FOLDER.length), path]));
  return named.has('tokenizer.json') || named.has('vocab.json') ? named : undefined;
}

/**
 * Reads a tokenizer: `tokenizer.json`, or the same built from `vocab.json` and `merges.txt` like transformers does, with the
 * special and added tokens of the other files.
 * @throws SamepointError `MODEL_MISSING` if both are missing, `MODEL_INVALID` if they are unreadable
 */
export function readTokenizer(files: TokenizerFiles): TokenizerDescription {
  const config = readOptional(files, 'tokenizer_config.json');
  const { isPadNamed, ...special } = specialTokens(files, config);
  const { path, json } = readBase(files, special);
  const added = new Map(addedTokens(files, config, json).map((token) => [token.content, token]));
  const idOf = (content: string): number => {
    const id = added.get(content)?.id ?? json.model.vocab[content];
    if (id === undefined) throw invalid(path, `the special token "${content}" is missing`);
    added.set(content, addedToken(id, content));
    return id;
  };
  const ids = { bos: idOf(special.bos), eos: idOf(special.eos), pad: idOf(special.pad) };
  const all = [...Object.values(json.model.vocab), ...[...added.values()].map(({ id }) => id)];
  const size = 1 + all.reduce((a, b) => Math.max(a, b), -1);
  return { json: { ...json, added_tokens: [...added.values()] }, ids, isPadNamed, size };
}

/**
 * Same precedence as transformers: `special_tokens_map.json` overrides a `tokenizer_config.json` without
 * `added_tokens_decoder`. The published files of SD 2.x have the pad token "!" in the former and `<|endoftext|>` in the latter.
 */
function specialTokens(
  files: TokenizerFiles,
  config: TokenizerConfig,
): SpecialTokens<string> & { isPadNamed: boolean } {
  const isWhole = config.added_tokens_decoder !== undefined || config.backend !== undefined;
  const map = config.added_tokens_decoder === undefined ? readOptional(files, 'special_tokens_map.json') : {};
  const pad = map.pad_token ?? config.pad_token ?? EOS;
  return {
    bos: map.bos_token ?? config.bos_token ?? BOS,
    eos: map.eos_token ?? config.eos_token ?? EOS,
    pad,
    isPadNamed: typeof map.pad_token === 'string' || (typeof config.pad_token === 'string' && (isWhole || pad !== EOS)),
  };
}

/** Added tokens besides the special ones: never merged with the surrounding text. */
function addedTokens(files: TokenizerFiles, config: TokenizerConfig, json: TokenizerJson): AddedToken[] {
  const { added_tokens_decoder: byId } = config;
  if (byId !== undefined) return Object.entries(byId).map(([id, { content }]) => addedToken(Number(id), content));
  const more = files.get('added_tokens.json');
  const byContent = more === undefined ? {} : readJson(more, vocabularySchema);
  return [...json.added_tokens, ...Object.entries(byContent).map(([content, id]) => addedToken(id, content))];
}

function readBase(files: TokenizerFiles, special: SpecialTokens<string>): { path: string; json: TokenizerJson } {
  const whole = files.get('tokenizer.json');
  if (whole !== undefined) return { path: whole, json: readJson(whole, tokenizerSchema) };
  const [path, merges] = [files.get('vocab.json'), files.get('merges.txt')];
  if (path === undefined || merges === undefined) {
    throw new SamepointError(
      'MODEL_MISSING',
      'The checkpoint has no tokenizer: neither tokenizer.json nor vocab.json with merges.txt.',
      'Download the checkpoint again, with its folder tokenizer.',
    );
  }
  return { path, json: clipTokenizerJson(readJson(path, vocabularySchema), readMerges(merges), special) };
}

/** An added token. SD 2.x has "!" among them. */
function addedToken(id: number, content: string): AddedToken {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

function clipTokenizerJson(
  vocabulary: Record<string, number>,
  merges: string[],
  special: SpecialTokens<string>,
): TokenizerJson {
  return {
    version: '1.0',
    added_tokens: [],
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

function readMerges(path: string): string[] {
  const lines = readTextSync(path, (reason, hint) => invalid(path, reason, hint)).split(/\r?\n/);
  return lines.filter((line) => line !== '' && !line.startsWith('#version'));
}

function readOptional(files: TokenizerFiles, name: string): TokenizerConfig {
  const path = files.get(name);
  return path === undefined ? {} : readJson(path, specialTokensSchema);
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(readJsonSync(path, (reason, hint) => invalid(path, reason, hint)));
  if (parsed.success) return parsed.data;
  throw invalid(path, 'it is not the JSON of a CLIP tokenizer');
}

function invalid(path: string, reason: string, hint?: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} cannot be used: ${reason}.`,
    hint ?? 'Download the file again; it may be incomplete or belong to another model.',
  );
}
