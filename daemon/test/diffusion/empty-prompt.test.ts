import { mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyPromptStates } from '../../src/diffusion/prompt/empty-prompt.js';
import { readPromptStates, writePromptStates } from '../../src/diffusion/prompt/prompt-states-file.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'samepoint-prompt-'));
const states = (value: number, channels = 2) => ({
  dims: [1, 77, channels],
  data: new Float32Array(77 * channels).fill(value),
});

/** A text encoder that counts its runs and puts out their number. */
function countingEncoder(folder: string) {
  const weights = join(folder, 'model.safetensors');
  writeFileSync(weights, 'weights');
  let runs = 0;
  const encode = async () => states(++runs);
  return { weights, encode, runs: () => runs };
}

describe("the checkpoint's own text encoder", () => {
  it('runs once, and its states are kept exactly', async () => {
    const cacheFolder = newFolder();
    const textEncoder = countingEncoder(newFolder());
    const first = await emptyPromptStates({ channels: 2, textEncoder, cacheFolder });
    expect(await emptyPromptStates({ channels: 2, textEncoder, cacheFolder })).toEqual(first);
    expect(textEncoder.runs()).toBe(1);
  });

  it('runs again when its weights have changed', async () => {
    const cacheFolder = newFolder();
    const textEncoder = countingEncoder(newFolder());
    await emptyPromptStates({ channels: 2, textEncoder, cacheFolder });
    utimesSync(textEncoder.weights, 1, 1);
    await emptyPromptStates({ channels: 2, textEncoder, cacheFolder });
    expect(textEncoder.runs()).toBe(2);
  });

  it('runs again where nothing can be kept', async () => {
    const textEncoder = countingEncoder(newFolder());
    // a file where a folder should be
    const options = { channels: 2, textEncoder, cacheFolder: join(textEncoder.weights, 'prompts') };
    expect(await emptyPromptStates(options)).toEqual(states(1));
    expect(await emptyPromptStates(options)).toEqual(states(2));
  });

  it('runs again when what was kept is damaged', async () => {
    const cacheFolder = newFolder();
    const textEncoder = countingEncoder(newFolder());
    await emptyPromptStates({ channels: 2, textEncoder, cacheFolder });
    const [kept = ''] = readdirSync(cacheFolder);
    writeFileSync(join(cacheFolder, kept), readFileSync(join(cacheFolder, kept)).subarray(0, 100));
    expect(await emptyPromptStates({ channels: 2, textEncoder, cacheFolder })).toEqual(states(2));
    expect(readPromptStates(join(cacheFolder, kept))).toEqual(states(2));
  });

  it('goes before the constant', async () => {
    const constantsFolder = newFolder();
    writePromptStates(join(constantsFolder, 'empty-clip-l.safetensors'), states(9, 768));
    const textEncoder = countingEncoder(newFolder());
    const options = { channels: 768, textEncoder, cacheFolder: newFolder(), constantsFolder };
    expect(await emptyPromptStates(options)).toEqual(states(1));
  });
});

describe('without a text encoder', () => {
  it.each([
    [768, 'empty-clip-l.safetensors'],
    [1024, 'empty-openclip-h.safetensors'],
  ])('the constant for %i channels is taken', async (channels, file) => {
    const constantsFolder = newFolder();
    writePromptStates(join(constantsFolder, file), states(9, channels));
    const options = { channels, cacheFolder: newFolder(), constantsFolder };
    expect(await emptyPromptStates(options)).toEqual(states(9, channels));
  });

  it('and without a constant the error says what is missing', async () => {
    const options = { channels: 1024, cacheFolder: newFolder(), constantsFolder: newFolder() };
    await expect(emptyPromptStates(options)).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringContaining('1024 channels'),
    });
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
  ])('with %s is refused', (_, shape, dtype) => {
    expect(() => readPromptStates(writeHalf([], shape, dtype))).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });
});
