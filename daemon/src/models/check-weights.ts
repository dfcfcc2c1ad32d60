import { readFileSync } from 'node:fs';
import type { Checkpoint, ElementType } from '../graph/checkpoint.js';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import type { CatalogueFile } from './catalogue.js';
import { damaged } from './failures.js';

/** Element types that weights can have and graphs can read. */
const WEIGHT_TYPES: ReadonlySet<ElementType> = new Set(['F32', 'F16']);

/**
 * Checks that a file is what the catalogue says, as far as its header tells: format, the tensor that gives it away,
 * and element types. Never reads the weights.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkWeights(path: string, file: CatalogueFile): void {
  if (path.endsWith('.json') || file.name.endsWith('.json')) checkJson(path);
  const checkpoint = readCheckpoint(path, file);
  if (checkpoint === undefined || file.proof === undefined) return;
  const tensor = checkpoint.tensors.get(file.proof);
  if (tensor === undefined) throw damaged(path, `it has no tensor "${file.proof}", so it is not ${file.name}`);
  if (!WEIGHT_TYPES.has(tensor.dtype)) {
    throw damaged(path, `its weights are ${tensor.dtype}; only ${[...WEIGHT_TYPES].join(' and ')} can be used`);
  }
}

function readCheckpoint(path: string, file: CatalogueFile): Checkpoint | undefined {
  return file.name.endsWith('.safetensors') ? readSafetensorsHeader(path) : undefined;
}

function checkJson(path: string): void {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw damaged(path, 'it is not JSON');
  }
}
