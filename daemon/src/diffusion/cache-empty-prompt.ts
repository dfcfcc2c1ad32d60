import type { ModelFiles } from './model-files.js';
import { promptStates } from './prompt/prompt-states.js';
import { openSdCheckpoint } from './sd-checkpoint.js';

/**
 * Computes the text states of the empty prompt of a Stable Diffusion and caches them in `promptFolder`, so that the first
 * image does not wait for the text encoder.
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export async function cacheEmptyPrompt(files: ModelFiles, promptFolder: string): Promise<void> {
  const { text, unet } = openSdCheckpoint(files);
  await promptStates(text, '', unet.config.cross_attention_dim, promptFolder);
}
