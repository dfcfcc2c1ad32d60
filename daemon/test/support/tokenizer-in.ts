import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenizerFiles } from '../../src/diffusion/prompt/clip-tokenizer-files.js';

/** The files in a tokenizer's folder. */
export function tokenizerIn(folder: string): TokenizerFiles {
  return new Map(readdirSync(folder).map((name) => [name, join(folder, name)]));
}
