import { SamepointError } from '@samepoint/shared-protocol';
import type { Checkpoint } from '../../graph/checkpoint.js';
import { compile } from '../../graph/compile.js';
import { type ClipTextConfig, clipText } from '../../graph/networks/clip-text.js';
import { type NdArray, runOnce } from '../../graph/run.js';
import { CPU_RUNTIME } from '../../graph/runtime.js';
import { emptyPromptIds, PROMPT_TOKENS, promptToIds } from './prompt-to-ids.js';

/** A checkpoint's own text encoder. */
export interface TextEncoder {
  /** The file that the weights lie in. */
  weights: string;
  checkpoint: Checkpoint;
  config: ClipTextConfig;
  /** Single files come without one; the empty prompt does without. */
  tokenizerFolder?: string;
}

/**
 * The text states of a prompt, (1, 77, channels).
 * @throws SamepointError `MODEL_MISSING` when there is no tokenizer, `MODEL_INVALID`
 */
export async function encodePrompt(encoder: TextEncoder, prompt: string): Promise<NdArray> {
  const ids = { dims: [1, PROMPT_TOKENS], data: idsOf(encoder, prompt) };
  const shape = { dims: ids.dims, dataType: 'int64' as const };
  // on the CPU: once for a prompt, and exact
  const { states } = await runOnce(
    CPU_RUNTIME,
    () =>
      compile(encoder.checkpoint, { ids: shape }, (b, inputs) => ({ states: clipText(b, inputs.ids, encoder.config) })),
    { ids },
  );
  if (states === undefined) throw new Error('the text encoder gives states');
  return states;
}

function idsOf({ tokenizerFolder, config }: TextEncoder, prompt: string): BigInt64Array {
  if (tokenizerFolder !== undefined) return promptToIds(tokenizerFolder, prompt).ids;
  if (prompt === '') return emptyPromptIds(config);
  throw new SamepointError(
    'MODEL_MISSING',
    'The checkpoint has no tokenizer, which a prompt needs.',
    'Leave the prompt out, or add --backend ID to take the tokenizer of that model.',
  );
}
