import { createHash } from 'node:crypto';
import { SamepointError } from '@samepoint/shared-protocol';
import { compile } from '../../graph/compile.js';
import { type ClipTextConfig, clipText } from '../../graph/networks/clip-text.js';
import { type NdArray, runOnce } from '../../graph/runtime/run.js';
import { CPU_RUNTIME } from '../../graph/runtime/runtime.js';
import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { fileIdentity } from '../networks/model-files.js';
import type { TokenizerFiles } from './clip-tokenizer-files.js';
import { emptyPromptIds, PROMPT_TOKENS, promptToIds } from './prompt-to-ids.js';

/** A checkpoint's own text encoder. */
export interface TextEncoder {
  /** Path of the weights. */
  weights: string;
  checkpoint: Checkpoint;
  config: ClipTextConfig;
  /** Absent in single files; the empty prompt does not need it. */
  tokenizer?: TokenizerFiles;
}

/** Text states (1, 77, channels) of 77 tokens. */
export type EncodeTokens = (encoder: TextEncoder, ids: BigInt64Array) => Promise<NdArray>;

/** Runs the text encoder on the CPU: once per prompt, and in single precision. */
export const encodeTokens: EncodeTokens = async ({ checkpoint, config }, data) => {
  const ids = { dims: [1, PROMPT_TOKENS], data };
  const shape = { dims: ids.dims, dataType: 'int64' as const };
  const { states } = await runOnce(
    CPU_RUNTIME,
    () => compile(checkpoint, { ids: shape }, (b, inputs) => ({ states: clipText(b, inputs.ids, config) })),
    { ids },
  );
  if (states === undefined) throw new Error('the text encoder returns no states');
  return states;
};

/**
 * The 77 tokens of a prompt.
 * @throws SamepointError `MODEL_MISSING` if the tokenizer is missing or incomplete, `MODEL_INVALID`
 */
export function promptTokens({ tokenizer, config }: TextEncoder, prompt: string): BigInt64Array {
  if (tokenizer !== undefined) return promptToIds(tokenizer, config, prompt).ids;
  if (prompt === '') return emptyPromptIds(config);
  throw new SamepointError(
    'MODEL_MISSING',
    'The checkpoint has no tokenizer, which prompts require.',
    'Omit the prompt, or add --backend ID to use the tokenizer of that model.',
  );
}

/** SHA-256 of everything that text states depend on. The tokens represent the tokenizer. */
export function statesKey({ weights, config }: TextEncoder, ids: BigInt64Array): string {
  const facts = [fileIdentity(weights), config, Array.from(ids, Number)];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
