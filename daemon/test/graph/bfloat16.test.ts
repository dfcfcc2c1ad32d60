import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { taesdConfigSchema, taesdEncoder } from '../../src/graph/networks/taesd.js';
import { runOnce } from '../../src/graph/runtime/run.js';
import type { Precision } from '../../src/graph/runtime/runtime.js';
import type { Checkpoint, TensorEntry } from '../../src/graph/weights/checkpoint.js';
import { halvesToFloats } from '../../src/graph/weights/half.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { readConfig, readTensor } from '../support/run-network.js';
import { useTempFolder } from '../support/temp-folder.js';
import { writeSafetensors } from '../support/weights-files.js';

const FOLDER = fileURLToPath(new URL('../fixtures/sd/taesd', import.meta.url));

const folder = useTempFolder();

function floatsOf({ folder: at }: Checkpoint, { file, offset, length, dtype }: TensorEntry): Float32Array {
  const { buffer } = Uint8Array.from(readFileSync(join(at, file)).subarray(offset, offset + length));
  return dtype === 'F16' ? halvesToFloats(new Uint16Array(buffer)) : new Float32Array(buffer);
}

/** The same numbers as the given type. They are exact in bfloat16, the upper half of a float. */
function stored(dtype: 'F32' | 'BF16'): Checkpoint {
  const original = readSafetensorsHeader(join(FOLDER, 'diffusion_pytorch_model.safetensors'));
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let end = 0;
  for (const [name, entry] of original.tensors) {
    const bits = new Uint32Array(floatsOf(original, entry).buffer).map((value) => (value & 0xffff0000) >>> 0);
    const upper = Uint16Array.from(bits, (value) => value >>> 16);
    const part = Buffer.from(dtype === 'F32' ? bits.buffer : upper.buffer);
    header[name] = { dtype, shape: entry.shape, data_offsets: [end, end + part.length] };
    end += part.length;
    parts.push(part);
  }
  writeSafetensors(folder.path(`${dtype}.safetensors`), header, Buffer.concat(parts));
  return readSafetensorsHeader(folder.path(`${dtype}.safetensors`));
}

async function latent(checkpoint: Checkpoint, precision: Precision): Promise<Float32Array | undefined> {
  const config = taesdConfigSchema.parse(readConfig(FOLDER));
  const image = readTensor(join(FOLDER, 'parity.safetensors'), 'image_32x32');
  const runtime = { provider: 'cpu', precision, notify: () => {} } as const;
  const outputs = await runOnce(
    runtime,
    (target) => compile(checkpoint, { image }, (b, inputs) => ({ y: taesdEncoder(b, inputs.image, config) }), target),
    { image },
  );
  return outputs.y?.data;
}

describe('weights in bfloat16', () => {
  it.each(['float32', 'float16'] as const)('equal the weights in single precision, in %s', async (precision) => {
    const expected = await latent(stored('F32'), precision);
    expect(expected?.every(Number.isFinite)).toBe(true);
    expect(await latent(stored('BF16'), precision)).toEqual(expected);
  });
});
