import { readFileSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import type { ModelFiles } from '../networks/model-files.js';

/** Words of CLIP's vocabulary that open and close every prompt. */
const BOS = '<|startoftext|>';
const EOS = '<|endoftext|>';

/** What stands between two pieces that byte-pair encoding must not join. Of OpenAI's CLIP. */
const SPLIT_PATTERN = String.raw`<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`;

const FOLDER = 'tokenizer/';

/**
 * Files of a tokenizer by their names in its folder (`vocab.json`), as paths. Never a folder: in a Hugging Face cache
 * the files behind the names lie side by side with those of every other folder.
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
  /** Of transformers 4.34 and later: every token that stands alone, by its id. */
  added_tokens_decoder: z.record(z.string(), z.object({ content: z.string() })).optional(),
  /** Of transformers 5, which writes no `special_tokens_map.json`. */
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

/** A tokenizer as its files describe it. */
export interface TokenizerDescription {
  /** In the format of `tokenizer.json`. */
  json: TokenizerJson;
  ids: SpecialTokens<number>;
  /** False where no file names the pad token, and it is the default of CLIP's tokenizers. */
  isPadNamed: boolean;
  /** How many tokens there are, added ones included. */
  size: number;
}

/** The tokenizer among the files of a checkpoint, if there is one. */
export function tokenizerFiles(files: ModelFiles): TokenizerFiles | undefined {
  const own = [...files].filter(([name]) => name.startsWith(FOLDER));
  const named = new Map(own.map(([name, path]) => [name.slice(FOLDER.length), path]));
  return named.has('tokenizer.json') || named.has('vocab.json') ? named : undefined;
}

/**
 * Reads a tokenizer: `tokenizer.json`, or what transformers makes of `vocab.json` and `merges.txt`; with the tokens that
 * the other files name and add.
 * @throws SamepointError `MODEL_MISSING` when there is neither, `MODEL_INVALID` when they cannot be read
 */
export function readTokenizer(files: TokenizerFiles): TokenizerDescription {
  const config = readOptional(files, 'tokenizer_config.json');
  const { isPadNamed, ...special } = specialTokens(files, config);
  const { path, json } = readBase(files, special);
  const added = new Map(addedTokens(files, config, json).map((token) => [token.content, token]));
  const idOf = (content: string): number => {
    const id = added.get(content)?.id ?? json.model.vocab[content];
    if (id === undefined) throw invalid(path, `the special token "${content}" is missing`);
    added.set(content, standAlone(id, content));
    return id;
  };
  const ids = { bos: idOf(special.bos), eos: idOf(special.eos), pad: idOf(special.pad) };
  const all = [...Object.values(json.model.vocab), ...[...added.values()].map(({ id }) => id)];
  const size = 1 + all.reduce((a, b) => Math.max(a, b), -1);
  return { json: { ...json, added_tokens: [...added.values()] }, ids, isPadNamed, size };
}

/**
 * As transformers reads them: `special_tokens_map.json` overrules a `tokenizer_config.json` without
 * `added_tokens_decoder`. The published files of SD 2.x name their pad token "!" only in the former; the latter has
 * `<|endoftext|>` there.
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

/** Tokens that stand alone wherever they are written, besides the special ones. */
function addedTokens(files: TokenizerFiles, config: TokenizerConfig, json: TokenizerJson): AddedToken[] {
  const { added_tokens_decoder: byId } = config;
  if (byId !== undefined) return Object.entries(byId).map(([id, { content }]) => standAlone(Number(id), content));
  const more = files.get('added_tokens.json');
  const byContent = more === undefined ? {} : readJson(more, vocabularySchema);
  return [...json.added_tokens, ...Object.entries(byContent).map(([content, id]) => standAlone(id, content))];
}

function readBase(files: TokenizerFiles, special: SpecialTokens<string>): { path: string; json: TokenizerJson } {
  const whole = files.get('tokenizer.json');
  if (whole !== undefined) return { path: whole, json: readJson(whole, tokenizerSchema) };
  const [path, merges] = [files.get('vocab.json'), files.get('merges.txt')];
  if (path === undefined || merges === undefined) {
    throw new SamepointError(
      'MODEL_MISSING',
      'The checkpoint has no tokenizer: neither tokenizer.json nor vocab.json with merges.txt.',
      'Get the checkpoint again with its folder tokenizer.',
    );
  }
  return { path, json: clipTokenizerJson(readJson(path, vocabularySchema), readMerges(merges), special) };
}

/** SD 2.x has "!" among the tokens that stand alone. */
function standAlone(id: number, content: string): AddedToken {
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
  const lines = readText(path).split(/\r?\n/);
  return lines.filter((line) => line !== '' && !line.startsWith('#version'));
}

function readOptional(files: TokenizerFiles, name: string): TokenizerConfig {
  const path = files.get(name);
  return path === undefined ? {} : readJson(path, specialTokensSchema);
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  const text = readText(path);
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw invalid(path, 'it is not the JSON that CLIP tokenizers have');
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw invalid(path, 'it does not exist or cannot be opened');
  }
}

function invalid(path: string, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} cannot be used: ${reason}.`,
    'Get the file again; it may have been cut off or belong to another model.',
  );
}
