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
  /** The file that the weights lie in. */
  weights: string;
  checkpoint: Checkpoint;
  config: ClipTextConfig;
  /** Single files come without one; the empty prompt does without. */
  tokenizer?: TokenizerFiles;
}

/** Text states (1, 77, channels) of 77 tokens. */
export type EncodeTokens = (encoder: TextEncoder, ids: BigInt64Array) => Promise<NdArray>;

/** Runs the text encoder on the CPU: it is needed once for a prompt, and exact there. */
export const encodeTokens: EncodeTokens = async ({ checkpoint, config }, data) => {
  const ids = { dims: [1, PROMPT_TOKENS], data };
  const shape = { dims: ids.dims, dataType: 'int64' as const };
  const { states } = await runOnce(
    CPU_RUNTIME,
    () => compile(checkpoint, { ids: shape }, (b, inputs) => ({ states: clipText(b, inputs.ids, config) })),
    { ids },
  );
  if (states === undefined) throw new Error('the text encoder gives states');
  return states;
};

/**
 * The 77 tokens of a prompt.
 * @throws SamepointError `MODEL_MISSING` when there is no tokenizer or not all of it, `MODEL_INVALID`
 */
export function promptTokens({ tokenizer, config }: TextEncoder, prompt: string): BigInt64Array {
  if (tokenizer !== undefined) return promptToIds(tokenizer, config, prompt).ids;
  if (prompt === '') return emptyPromptIds(config);
  throw new SamepointError(
    'MODEL_MISSING',
    'The checkpoint has no tokenizer, which a prompt needs.',
    'Leave the prompt out, or add --backend ID to take the tokenizer of that model.',
  );
}

/** SHA-256 of everything that text states depend on; the tokens stand for the tokenizer's files. */
export function statesKey({ weights, config }: TextEncoder, ids: BigInt64Array): string {
  const facts = [fileIdentity(weights), config, Array.from(ids, Number)];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
