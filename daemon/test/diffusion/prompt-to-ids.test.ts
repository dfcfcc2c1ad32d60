import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { emptyPromptIds, promptToIds } from '../../src/diffusion/prompt/prompt-to-ids.js';
import { CATALOGUE } from '../../src/models/catalogue.js';
import { sha256 } from '../support/hub-cache-layout.js';
import { useTempFolder } from '../support/temp-folder.js';
import { readPrompts, tokenizerIn } from '../support/text-encoder.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/text', import.meta.url));

/** Text encoders that the fixtures' tokenizers fit. */
const CLIP_L = { vocab_size: 670, hidden_act: 'quick_gelu' } as const;
const OPEN_CLIP = { vocab_size: 670, hidden_act: 'gelu' } as const;
const ENCODERS = { sd1: CLIP_L, sd2: OPEN_CLIP };

const folder = useTempFolder();

describe.each(['sd1', 'sd2'] as const)('the %s tokenizer gives the ids that transformers gives', (family) => {
  const prompts = readPrompts(join(FIXTURES, family, 'prompts.json'));
  const idsOf = (name: string, text: string) =>
    promptToIds(tokenizerIn(join(FIXTURES, family, name)), ENCODERS[family], text);

  it.each(prompts)('for $text', ({ text, ids }) => {
    expect(Array.from(idsOf('tokenizer', text).ids, Number)).toEqual(ids);
  });

  it.each(prompts)('from one tokenizer.json, for $text', ({ text, ids }) => {
    expect(Array.from(idsOf('tokenizer-json', text).ids, Number)).toEqual(ids);
  });

  it('warns about exactly the truncated prompts', () => {
    for (const { text, untruncated } of prompts) {
      expect(idsOf('tokenizer', text).warning !== undefined, text).toBe(untruncated > 77);
    }
  });

  it('reads files from different folders, as in a Hugging Face cache', () => {
    const apart = new Map(
      [...tokenizerIn(join(FIXTURES, family, 'tokenizer'))].map(([name, path]) => {
        const blob = folder.path(`${family}-${sha256(readFileSync(path))}`);
        writeFileSync(blob, readFileSync(path));
        return [name, blob];
      }),
    );
    const [{ text = '', ids } = {}] = prompts;
    expect(Array.from(promptToIds(apart, ENCODERS[family], text).ids, Number)).toEqual(ids);
  });
});

describe('special tokens are read from the other files like transformers does', () => {
  const cases = z
    .array(
      z.object({
        what: z.string(),
        whole: z.boolean(),
        files: z.record(z.string(), z.unknown()),
        words: z.number(),
        ids: z.record(z.string(), z.array(z.number())),
      }),
    )
    .parse(JSON.parse(readFileSync(join(FIXTURES, 'tokenizer-files.json'), 'utf8')));
  const written = (what: string, whole: boolean, files: Record<string, unknown>) => {
    const at = folder.path(`${what} ${whole}`);
    mkdirSync(at);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(at, name), JSON.stringify(content));
    const base = tokenizerIn(join(FIXTURES, 'sd2', whole ? 'tokenizer-json' : 'tokenizer'));
    const names = whole ? ['tokenizer.json'] : ['vocab.json', 'merges.txt'];
    return new Map([...names.map((name) => [name, base.get(name) ?? ''] as const), ...tokenizerIn(at)]);
  };
  /** Nothing in these tells the pad token: with an OpenCLIP, transformers would pad with another one than it needs. */
  const UNTOLD = new Set([
    'no other file',
    'the published configuration alone',
    'one with added_tokens_decoder that names none, and a map',
  ]);

  it.each(cases)('$what (tokenizer.json: $whole)', ({ what, whole, files, words, ids }) => {
    const tokenizer = written(what, whole, files);
    for (const [text, expected] of Object.entries(ids)) {
      const got = promptToIds(tokenizer, { ...CLIP_L, vocab_size: words }, text).ids;
      expect(Array.from(got.subarray(0, expected.length), Number), text).toEqual(expected);
      expect(Number(got.at(-1)), text).toBe(expected.at(-1));
    }
    const padded = () => promptToIds(tokenizer, { ...OPEN_CLIP, vocab_size: words }, '').ids.at(-1);
    if (UNTOLD.has(what)) expect(padded).toThrow(expect.objectContaining({ code: 'MODEL_MISSING' }));
    else expect(Number(padded())).toBe(ids['']?.at(-1));
  });
});

describe('the published files, rebuilt to the byte', () => {
  const token = (content: string, more = {}) => ({
    ...more,
    content,
    lstrip: false,
    normalized: true,
    rstrip: false,
    single_word: false,
  });
  const [bos, eos] = ['<|startoftext|>', '<|endoftext|>'];
  const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const config = (origin: string) =>
    json({
      add_prefix_space: false,
      bos_token: token(bos, { __type: 'AddedToken' }),
      do_lower_case: true,
      eos_token: token(eos, { __type: 'AddedToken' }),
      errors: 'replace',
      model_max_length: 77,
      name_or_path: origin,
      pad_token: eos,
      special_tokens_map_file: './special_tokens_map.json',
      tokenizer_class: 'CLIPTokenizer',
      unk_token: token(eos, { __type: 'AddedToken' }),
    });
  const map = (pad: string) =>
    json({ bos_token: token(bos), eos_token: token(eos), pad_token: pad, unk_token: token(eos) });

  it.each([
    ['sd21', 'hf-models/stable-diffusion-v2-768x768/tokenizer', '!', OPEN_CLIP, 0],
    ['cleandift-sd21', 'hf-models/stable-diffusion-v2-768x768/tokenizer', '!', OPEN_CLIP, 0],
    ['sd15', 'openai/clip-vit-large-patch14', eos, CLIP_L, 669],
  ])('of %s are in the catalogue and pad as published', (id, origin, pad, encoder, padId) => {
    const contents = { 'tokenizer_config.json': config(origin), 'special_tokens_map.json': map(pad) };
    const model = CATALOGUE.find((entry) => entry.id === id);
    const files = new Map([...tokenizerIn(join(FIXTURES, 'sd2/tokenizer'))]);
    for (const [name, content] of Object.entries(contents)) {
      const known = model?.files.find((file) => file.name === `tokenizer/${name}`);
      expect([known?.size, known?.sha256]).toEqual([content.length, sha256(content)]);
      files.set(name, folder.path(`${id}-${name}`));
      writeFileSync(folder.path(`${id}-${name}`), content);
    }
    const { ids } = promptToIds(files, encoder, '');
    expect(Number(ids.at(-1))).toBe(padId);
    expect(ids).toEqual(emptyPromptIds(encoder));
  });
});

describe('a mismatched tokenizer is rejected with one sentence', () => {
  const good = tokenizerIn(join(FIXTURES, 'sd1/tokenizer'));

  it('if it is empty', () => {
    expect(() => promptToIds(new Map(), CLIP_L, 'cat')).toThrow(expect.objectContaining({ code: 'MODEL_MISSING' }));
  });

  it('with a damaged vocabulary', () => {
    const path = folder.path('damaged.json');
    writeFileSync(path, readFileSync(good.get('vocab.json') ?? '').subarray(0, 1000));
    const files = new Map([...good, ['vocab.json', path]]);
    expect(() => promptToIds(files, CLIP_L, 'cat')).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  });

  it('without the end token', () => {
    const path = folder.path('short.json');
    writeFileSync(path, '{"!": 0, "<|startoftext|>": 1}');
    const files = new Map([...good, ['vocab.json', path]]);
    expect(() => promptToIds(files, CLIP_L, 'cat')).toThrow(/<\|endoftext\|>.* is missing/);
  });

  it.each([
    ['fewer', 671],
    ['more', 669],
  ])('with %s tokens than the text encoder', (_, words) => {
    expect(() => promptToIds(good, { ...CLIP_L, vocab_size: words }, '')).toThrow(
      expect.objectContaining({
        code: 'MODEL_INVALID',
        message: `The tokenizer has 670 tokens and the text encoder ${words}: they belong to different models.`,
      }),
    );
  });

  it('without a pad token for an OpenCLIP text encoder', () => {
    const files = new Map([...good].filter(([name]) => name !== 'special_tokens_map.json'));
    expect(() => promptToIds(files, OPEN_CLIP, '')).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISSING',
        message: expect.stringContaining('has no pad token'),
        hint: expect.stringContaining('special_tokens_map.json'),
      }),
    );
  });
});
