import type { ModelFiles } from '../networks/model-files.js';
import { openSdCheckpoint } from '../networks/sd-checkpoint.js';
import { removeEmptyPromptStates } from './empty-prompt.js';
import { promptStates } from './prompt-states.js';

/**
 * Computes the text states of the empty prompt of a Stable Diffusion and caches them in `promptFolder`, so that the first
 * image does not wait for the text encoder.
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export async function cacheEmptyPrompt(files: ModelFiles, promptFolder: string): Promise<void> {
  const { text, unet } = openSdCheckpoint(files);
  await promptStates(text, '', unet.config.cross_attention_dim, promptFolder);
}

/**
 * Removes the text states that {@link cacheEmptyPrompt} has cached for a Stable Diffusion, whose files have to be there
 * still. Another model with the same text encoder computes them again.
 * @returns whether there were any
 * @throws SamepointError `MODEL_INVALID`
 */
export function forgetEmptyPrompt(files: ModelFiles, promptFolder: string): boolean {
  const { text } = openSdCheckpoint(files);
  return text !== undefined && removeEmptyPromptStates(text, promptFolder);
}
