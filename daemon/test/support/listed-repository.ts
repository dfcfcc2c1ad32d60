import type { HubRepository } from './hub-cache-layout.js';

/** What `test/parity/make-hub-cache.py` downloads: small files, large ones, in folders and two with one content. */
export const LISTED: HubRepository = {
  repository: 'org/listed',
  commit: 'd00d1e0000000000000000000000000000000002',
  files: [
    { path: 'model_index.json', content: Buffer.from('{"_class_name": "StableDiffusionPipeline"}'), isLarge: false },
    { path: 'tokenizer/merges.txt', content: Buffer.from('#version: 0.2\n'), isLarge: false },
    { path: 'tokenizer/vocab.json', content: Buffer.from('{"!": 0}'), isLarge: false },
    { path: 'unet/diffusion_pytorch_model.safetensors', content: Buffer.from('weights'), isLarge: true },
    { path: 'vae/diffusion_pytorch_model.safetensors', content: Buffer.from('weights'), isLarge: true },
  ],
};

/** What it asks for besides. */
export const ABSENT = 'tokenizer/added_tokens.json';
