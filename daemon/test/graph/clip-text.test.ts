import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { clipText, clipTextConfigSchema } from '../../src/graph/networks/clip-text.js';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.js';
import { createSession, ort } from '../../src/graph/runtime/session.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { readTensor, relativeError } from '../support/run-network.js';
import { readPrompts } from '../support/text-encoder.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/text', import.meta.url));

async function openTextEncoder(family: string) {
  const folder = join(FIXTURES, family, 'text_encoder');
  const checkpoint = readSafetensorsHeader(join(folder, 'model.safetensors'));
  const config = clipTextConfigSchema.parse(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const b = new GraphBuilder(checkpoint);
  b.output('states', clipText(b, b.input('ids', [1, 77], 'int64'), config));
  return createSession({ model: b.toModel(), weightsFolder: checkpoint.folder });
}

describe.each([
  ['sd1', 'CLIP-L with quick_gelu, half precision'],
  ['sd2', 'OpenCLIP-H with gelu, single precision'],
])('the text encoder of %s (%s) equals the original', (family) => {
  it.each([0, 1, 2, 3, 4])('for prompt %i, to a relative error under 1e-4', async (index) => {
    const prompt = readPrompts(join(FIXTURES, family, 'prompts.json'))[index];
    const expected = readTensor(join(FIXTURES, family, 'parity.safetensors'), `states_${index}`);
    const session = await openTextEncoder(family);
    const ids = BigInt64Array.from(prompt?.ids ?? [], BigInt);
    const { states } = await session.run({ ids: new ort.Tensor('int64', ids, [1, 77]) });

    expect(states?.dims).toEqual(expected.dims);
    expect(relativeError(states?.data as Float32Array, expected.data)).toBeLessThan(1e-4);
  });
});
