import { cpSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { emptyPromptStates, promptStates } from '../../src/diffusion/prompt/prompt-states.js';
import { readPromptStates } from '../../src/diffusion/prompt/prompt-states-file.js';
import type { TextEncoder } from '../../src/diffusion/prompt/text-encoder.js';
import { clipTextConfigSchema } from '../../src/graph/networks/clip-text.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { readTensor, relativeError } from '../support/run-network.js';
import { useTempFolder } from '../support/temp-folder.js';
import { tokenizerIn } from '../support/text-encoder.js';

const SD2 = fileURLToPath(new URL('../fixtures/text/sd2', import.meta.url));
const CHANNELS = 64;

const temp = useTempFolder();
let folders = 0;
function newFolder(): string {
  const path = temp.path(String(folders++));
  mkdirSync(path);
  return path;
}

/** The fixture's text encoder in a folder of its own, and a counter of its runs. */
function textEncoder(change: Partial<TextEncoder> = {}) {
  const folder = newFolder();
  const weights = join(folder, 'model.safetensors');
  cpSync(`${SD2}/text_encoder/model.safetensors`, weights);
  const config = clipTextConfigSchema.parse(JSON.parse(readFileSync(`${SD2}/text_encoder/config.json`, 'utf8')));
  const checkpoint = readSafetensorsHeader(weights);
  const encoder: TextEncoder = { weights, checkpoint, config, tokenizer: tokenizerIn(`${SD2}/tokenizer`), ...change };
  let runs = 0;
  const encode = async () => {
    const data = new Float32Array(77 * CHANNELS).fill(++runs);
    return { dims: [1, 77, CHANNELS], data };
  };
  return { encoder, encode, runs: () => runs };
}

describe('the states of the empty prompt', () => {
  it('equal those of transformers, with and without a tokenizer', async () => {
    const expected = readTensor(`${SD2}/parity.safetensors`, 'states_0').data;
    const { encoder } = textEncoder();
    const { tokenizer: _, ...alone } = encoder;
    for (const one of [encoder, alone]) {
      const { data } = await promptStates(one, '', CHANNELS, newFolder());
      expect(relativeError(data, expected)).toBeLessThan(1e-4);
    }
  });

  it('are computed once and cached exactly', async () => {
    const cacheFolder = newFolder();
    const { encoder, encode, runs } = textEncoder();
    const first = await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    expect(await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode)).toEqual(first);
    expect(runs()).toBe(1);
  });

  it('are computed again when the weights have changed', async () => {
    const cacheFolder = newFolder();
    const { encoder, encode, runs } = textEncoder();
    await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    utimesSync(encoder.weights, 1, 1);
    await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    expect(runs()).toBe(2);
  });

  it('are computed again when the configuration has changed', async () => {
    const cacheFolder = newFolder();
    const { encoder, encode, runs } = textEncoder();
    await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    const other = { ...encoder, config: { ...encoder.config, num_hidden_layers: 1 } };
    await emptyPromptStates(other, CHANNELS, cacheFolder, encode);
    expect(runs()).toBe(2);
  });

  it('are computed again when the tokenizer pads with another token', async () => {
    const cacheFolder = newFolder();
    const { encoder, encode, runs } = textEncoder();
    await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    const map = join(newFolder(), 'special_tokens_map.json');
    writeFileSync(map, '{"pad_token": "<|endoftext|>"}');
    const tokenizer = new Map([...(encoder.tokenizer ?? []), ['special_tokens_map.json', map]]);
    await emptyPromptStates({ ...encoder, tokenizer }, CHANNELS, cacheFolder, encode);
    expect(runs()).toBe(2);
  });

  it('need a complete tokenizer', async () => {
    const { encoder, encode, runs } = textEncoder();
    const tokenizer = new Map([...(encoder.tokenizer ?? [])].filter(([name]) => !name.startsWith('special_tokens')));
    const states = emptyPromptStates({ ...encoder, tokenizer }, CHANNELS, newFolder(), encode);
    await expect(states).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    expect(runs()).toBe(0);
  });

  it('are computed each time if the cache is not writable', async () => {
    const { encoder, encode, runs } = textEncoder();
    // a file where a folder should be
    const cacheFolder = join(encoder.weights, 'prompts');
    await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    expect(runs()).toBe(2);
  });

  it('are computed again when the cache is damaged', async () => {
    const cacheFolder = newFolder();
    const { encoder, encode, runs } = textEncoder();
    await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    const [kept = ''] = readdirSync(cacheFolder);
    writeFileSync(join(cacheFolder, kept), readFileSync(join(cacheFolder, kept)).subarray(0, 100));
    const states = await emptyPromptStates(encoder, CHANNELS, cacheFolder, encode);
    expect(readPromptStates(join(cacheFolder, kept))).toEqual(states);
    expect(runs()).toBe(2);
  });
});

it('the error names a missing text encoder', async () => {
  await expect(promptStates(undefined, '', CHANNELS, newFolder())).rejects.toMatchObject({
    code: 'MODEL_MISSING',
    message: expect.stringContaining('no text encoder'),
  });
});

describe('a file of text states', () => {
  function writeHalf(bits: readonly number[], shape = [1, 77, 1], dtype = 'F16'): string {
    const halves = new Uint16Array(77).fill(0);
    halves.set(bits);
    const header = Buffer.from(JSON.stringify({ states: { dtype, shape, data_offsets: [0, 154] } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const path = join(newFolder(), 'states.safetensors');
    writeFileSync(path, Buffer.concat([length, header, Buffer.from(halves.buffer)]));
    return path;
  }

  it('in half precision is read exactly, signs, subnormals and the largest number included', () => {
    const { dims, data } = readPromptStates(writeHalf([0x3c00, 0xc000, 0x0001, 0x8400, 0x7bff, 0x3555]));
    expect(dims).toEqual([1, 77, 1]);
    expect([...data.subarray(0, 6)]).toEqual([1, -2, 2 ** -24, -(2 ** -14), 65504, 0.333251953125]);
  });

  it.each([
    ['another shape', [77, 1], 'F16'],
    ['another type', [1, 77, 1], 'BF16'],
  ])('with %s is rejected', (_, shape, dtype) => {
    expect(() => readPromptStates(writeHalf([], shape, dtype))).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });
});
