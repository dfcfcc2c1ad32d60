import { dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { compile, readConfig } from '../../graph/compile.js';
import { clipText, clipTextConfigSchema } from '../../graph/networks/clip-text.js';
import { type NdArray, runOnce } from '../../graph/run.js';
import { CPU_RUNTIME } from '../../graph/runtime.js';
import { readSafetensorsHeader } from '../../graph/safetensors.js';
import { type ModelFiles, requireFile } from '../model-files.js';
import { emptyPromptStates } from './empty-prompt.js';
import { PROMPT_TOKENS, promptToIds } from './prompt-to-ids.js';

const WEIGHTS = ['text_encoder/model.safetensors', 'text_encoder/model.fp16.safetensors'];

/**
 * The text states of a prompt, (1, 77, channels), by the checkpoint's own text encoder. The empty prompt's are kept.
 * @param channels the U-Net's `cross_attention_dim`
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export function promptStates(
  files: ModelFiles,
  prompt: string,
  channels: number,
  cacheFolder: string,
): Promise<NdArray> {
  const weights = WEIGHTS.map((name) => files.get(name)).find((path) => path !== undefined);
  if (prompt === '') {
    const textEncoder =
      weights === undefined ? {} : { textEncoder: { weights, encode: () => encode(files, weights, '') } };
    return emptyPromptStates({ channels, cacheFolder, ...textEncoder });
  }
  if (weights === undefined) throw noTextEncoder();
  return encode(files, weights, prompt);
}

async function encode(files: ModelFiles, weights: string, prompt: string): Promise<NdArray> {
  const config = readConfig(requireFile(files, 'text_encoder/config.json'), clipTextConfigSchema);
  const tokenizer = dirname(requireFile(files, 'tokenizer/tokenizer.json', 'tokenizer/vocab.json'));
  const ids = { dims: [1, PROMPT_TOKENS], data: promptToIds(tokenizer, prompt).ids };
  const shape = { dims: ids.dims, dataType: 'int64' as const };
  // on the CPU: once for a prompt, and exact
  const { states } = await runOnce(
    CPU_RUNTIME,
    () =>
      compile(readSafetensorsHeader(weights), { ids: shape }, (b, inputs) => ({
        states: clipText(b, inputs.ids, config),
      })),
    { ids },
  );
  if (states === undefined) throw new Error('the text encoder gives states');
  return states;
}

function noTextEncoder(): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    'The checkpoint has no text encoder, which a prompt needs.',
    'Add its folders text_encoder and tokenizer, or leave the prompt out.',
  );
}
