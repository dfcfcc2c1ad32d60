import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Checkpoint, ElementType } from '../graph/checkpoint.js';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import type { CatalogueFile } from './catalogue.js';
import { damaged } from './failures.js';

/** Element types that weights can have and graphs can read. */
const WEIGHT_TYPES: ReadonlySet<ElementType> = new Set(['F32', 'F16']);

/** Signature of a local file header, with which every zip archive of PyTorch begins. */
const ZIP_START = Buffer.from('PK\u0003\u0004');

/**
 * Checks that a file is what the catalogue says, as far as its header tells: format, the tensor that gives it away,
 * and element types. Never reads the weights.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkWeights(path: string, file: CatalogueFile): void {
  if (file.name.endsWith('.json')) checkJson(path);
  if (file.name.endsWith('.pt')) checkZip(path);
  const checkpoint = readCheckpoint(path, file);
  if (checkpoint === undefined || file.proof === undefined) return;
  const { proof } = file;
  const [, tensor] = [...checkpoint.tensors].find(([name]) => name === proof || name.endsWith(`.${proof}`)) ?? [];
  if (tensor === undefined) throw damaged(path, `it has no tensor "${proof}", so it is not ${file.name}`);
  if (!WEIGHT_TYPES.has(tensor.dtype)) {
    throw damaged(path, `its weights are ${tensor.dtype}; only ${[...WEIGHT_TYPES].join(' and ')} can be used`);
  }
}

function readCheckpoint(path: string, file: CatalogueFile): Checkpoint | undefined {
  return file.name.endsWith('.safetensors') ? readSafetensorsHeader(path) : undefined;
}

/** A PyTorch file is a zip archive; what is in it is read, and refused, when the network is opened. */
function checkZip(path: string): void {
  const start = Buffer.alloc(ZIP_START.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  if (!start.equals(ZIP_START)) throw damaged(path, 'it is not a PyTorch file (no zip archive)');
}

function checkJson(path: string): void {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw damaged(path, 'it is not JSON');
  }
}
