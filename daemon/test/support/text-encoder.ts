import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { TokenizerFiles } from '../../src/diffusion/prompt/clip-tokenizer-files.js';
import { seededRandom } from './random.js';
import { writeSafetensors } from './weights-files.js';

const WORDS = 670;
const POSITIONS = 77;

/** Writes the folder `text_encoder` of a checkpoint: one block of CLIP with random weights, for the fixtures' tokenizers. */
export function writeTextEncoder(folder: string, channels: number): void {
  mkdirSync(folder, { recursive: true });
  const config = {
    vocab_size: WORDS,
    hidden_size: channels,
    intermediate_size: 2 * channels,
    num_hidden_layers: 1,
    num_attention_heads: 2,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeRandomTensors(join(folder, 'model.safetensors'), shapes(channels));
}

/** Writes tensors of the given shapes with values that do not repeat. */
function writeRandomTensors(path: string, tensors: Record<string, readonly number[]>): void {
  const random = seededRandom(1);
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [name, shape] of Object.entries(tensors)) {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    parts.push(Buffer.from(values.buffer));
    offset += values.byteLength;
  }
  writeSafetensors(path, header, Buffer.concat(parts));
}

function shapes(channels: number): Record<string, readonly number[]> {
  const layer = 'text_model.encoder.layers.0';
  const linear = (name: string, rows: number, columns: number) => ({
    [`${name}.weight`]: [rows, columns],
    [`${name}.bias`]: [rows],
  });
  const norm = (name: string) => ({ [`${name}.weight`]: [channels], [`${name}.bias`]: [channels] });
  return {
    'text_model.embeddings.token_embedding.weight': [WORDS, channels],
    'text_model.embeddings.position_embedding.weight': [POSITIONS, channels],
    ...norm(`${layer}.layer_norm1`),
    ...norm(`${layer}.layer_norm2`),
    ...['q_proj', 'k_proj', 'v_proj', 'out_proj'].reduce(
      (all, part) => Object.assign(all, linear(`${layer}.self_attn.${part}`, channels, channels)),
      {},
    ),
    ...linear(`${layer}.mlp.fc1`, 2 * channels, channels),
    ...linear(`${layer}.mlp.fc2`, channels, 2 * channels),
    ...norm('text_model.final_layer_norm'),
  };
}

/** The files in a tokenizer's folder. */
export function tokenizerIn(folder: string): TokenizerFiles {
  return new Map(readdirSync(folder).map((name) => [name, join(folder, name)]));
}

const promptsSchema = z.array(
  z.object({ text: z.string(), ids: z.array(z.number()).length(77), untruncated: z.number() }),
);

/** Prompts with their ids by transformers, and the number of ids before truncation. */
export function readPrompts(path: string): z.infer<typeof promptsSchema> {
  return promptsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}
