import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import type { NdArray } from '../../graph/run.js';
import { fileIdentity } from '../model-files.js';
import { readPromptStates, writePromptStates } from './prompt-states-file.js';

/** Folder of the constants that come with the package. */
const CONSTANTS_FOLDER = fileURLToPath(new URL('../../../models/prompts', import.meta.url));

/** Files of the constants, by the channels of the text states: SD 1.x reads CLIP-L, SD 2.x OpenCLIP-H. */
const CONSTANTS: Readonly<Record<number, string>> = {
  768: 'empty-clip-l.safetensors',
  1024: 'empty-openclip-h.safetensors',
};

export interface EmptyPromptOptions {
  /** Channels of the text states, the U-Net's `cross_attention_dim`. */
  channels: number;
  /** The checkpoint's own text encoder, if it has one: its weights' file, and a run of it on the empty prompt. */
  textEncoder?: { weights: string; encode: () => Promise<NdArray> };
  /** Where what was computed is kept. */
  cacheFolder: string;
  /** Other than the package's. */
  constantsFolder?: string;
}

/**
 * The text states of the empty prompt, (1, 77, channels): computed once by the checkpoint's own text encoder and
 * kept; without one, the constant for the channels. The own encoder goes first, since a fine-tuned one differs.
 * @throws SamepointError `MODEL_MISSING` when there is neither
 */
export async function emptyPromptStates(options: EmptyPromptOptions): Promise<NdArray> {
  const { channels, textEncoder, cacheFolder, constantsFolder = CONSTANTS_FOLDER } = options;
  if (textEncoder !== undefined) {
    const cached = join(cacheFolder, `${weightsKey(textEncoder.weights)}.safetensors`);
    return readKept(cached, channels) ?? computeAndKeep(cached, textEncoder.encode);
  }
  const constant = CONSTANTS[channels];
  if (constant === undefined || !existsSync(join(constantsFolder, constant))) throw noStates(channels);
  return readPromptStates(join(constantsFolder, constant));
}

/** Undefined where nothing usable is kept: what is damaged is computed again. */
function readKept(path: string, channels: number): NdArray | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const states = readPromptStates(path);
    return states.dims[2] === channels ? states : undefined;
  } catch {
    return undefined;
  }
}

async function computeAndKeep(path: string, encode: () => Promise<NdArray>): Promise<NdArray> {
  const states = await encode();
  try {
    writePromptStates(path, states);
  } catch {
    // a folder that cannot be written costs a run of the text encoder each time, and nothing else
  }
  return states;
}

function weightsKey(path: string): string {
  return createHash('sha256').update(fileIdentity(path)).digest('hex');
}

function noStates(channels: number): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `The checkpoint has no text encoder, and no states of the empty prompt with ${channels} channels are installed.`,
    'Add the folders text_encoder and tokenizer to the checkpoint, or give the text states as a file.',
  );
}
