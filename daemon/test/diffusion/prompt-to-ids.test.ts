import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { promptToIds } from '../../src/diffusion/prompt/prompt-to-ids.js';
import { readPrompts } from '../support/read-prompts.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/text', import.meta.url));

describe.each(['sd1', 'sd2'])('the %s tokenizer gives the ids that transformers gives', (family) => {
  const prompts = readPrompts(join(FIXTURES, family, 'prompts.json'));

  it.each(prompts)('for $text', ({ text, ids }) => {
    expect(Array.from(promptToIds(join(FIXTURES, family, 'tokenizer'), text).ids, Number)).toEqual(ids);
  });

  it.each(prompts)('from one tokenizer.json, for $text', ({ text, ids }) => {
    expect(Array.from(promptToIds(join(FIXTURES, family, 'tokenizer-json'), text).ids, Number)).toEqual(ids);
  });

  it('and warns of exactly the prompts that it cuts', () => {
    for (const { text, untruncated } of prompts) {
      const { warning } = promptToIds(join(FIXTURES, family, 'tokenizer'), text);
      expect(warning !== undefined, text).toBe(untruncated > 77);
    }
  });
});

describe('padding', () => {
  const last = (family: string) => promptToIds(join(FIXTURES, family, 'tokenizer'), '').ids.at(-1);

  it('is the closing token in SD 1.x and "!" in SD 2.x', () => {
    expect(last('sd1')).toBe(promptToIds(join(FIXTURES, 'sd1', 'tokenizer'), '').ids[1]);
    expect(last('sd2')).toBe(0n);
  });
});

describe('a folder that is no tokenizer is refused with one sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'samepoint-tokenizer-'));

  it('when it is empty', () => {
    expect(() => promptToIds(folder, 'cat')).toThrow(expect.objectContaining({ code: 'MODEL_MISSING' }));
  });

  it('when its vocabulary is damaged', () => {
    const good = join(FIXTURES, 'sd1', 'tokenizer');
    writeFileSync(join(folder, 'merges.txt'), readFileSync(join(good, 'merges.txt')));
    writeFileSync(join(folder, 'vocab.json'), readFileSync(join(good, 'vocab.json')).subarray(0, 1000));
    expect(() => promptToIds(folder, 'cat')).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  });

  it('when its vocabulary lacks the closing token', () => {
    writeFileSync(join(folder, 'vocab.json'), '{"!": 0, "<|startoftext|>": 1}');
    expect(() => promptToIds(folder, 'cat')).toThrow(/<\|endoftext\|>.* is missing/);
  });
});
