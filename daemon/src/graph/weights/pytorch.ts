import { closeSync, fstatSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import {
  type Checkpoint,
  ELEMENT_BYTES,
  type ElementType,
  type TensorEntry,
  WeightsFormatError,
} from './checkpoint.js';
import { type PickledStorage, PickledTensor, type PickleValue, readTensorPickle } from './pickle.js';
import { readAt } from './read-values.js';
import { readZipDirectory, type Stored } from './zip-directory.js';

/** Limit for pickles. Stable Diffusion's, with its optimizer, has 1 MB. */
const MAX_PICKLE_BYTES = 32_000_000;
const STORAGE_LENGTH_BYTES = 8;

/**
 * Reads the table of tensors of a `torch.save` file from torch 1.6 or newer: a ZIP archive with a pickle and one entry per
 * storage. The pickle is not executed and no weights are loaded.
 * @throws SamepointError `MODEL_INVALID`
 */
export function readPytorchZip(path: string): Checkpoint {
  return readPytorch(path, (file, name) => {
    const entries = readZipDirectory(file);
    const { root, pickle } = readZippedPickle(file, entries);
    return locateTensors(readTensorPickle(pickle).value, name, (key) => entries.get(`${root}data/${key}`));
  });
}

/**
 * Reads a `torch.save` file from before torch 1.6: pickles of a magic number, a version and the machine, of the saved object,
 * and of the storage keys; then the storages in that order, each after its number of elements.
 * @throws SamepointError `MODEL_INVALID`
 */
export function readPytorchLegacy(path: string): Checkpoint {
  return readPytorch(path, (file, name) => {
    const bytes = readAt(file, 0, Math.min(fstatSync(file).size, MAX_PICKLE_BYTES));
    const magic = readTensorPickle(bytes);
    const version = readTensorPickle(bytes, magic.end);
    const machine = readTensorPickle(bytes, version.end);
    if (!(machine.value instanceof Map) || machine.value.get('little_endian') !== true) {
      throw new WeightsFormatError('its weights are not little-endian');
    }
    const saved = readTensorPickle(bytes, machine.end);
    const keys = readTensorPickle(bytes, saved.end);
    const storages = locateStorages(file, keys.end, keys.value, saved.storages);
    return locateTensors(saved.value, name, (key) => storages.get(key));
  });
}

function readPytorch(path: string, locate: (file: number, name: string) => Map<string, TensorEntry>): Checkpoint {
  const realPath = realpathSync(path);
  const file = openSync(realPath, 'r');
  try {
    return { path, folder: dirname(realPath), tensors: locate(file, basename(realPath)) };
  } catch (error) {
    throw modelInvalid(path, error);
  } finally {
    closeSync(file);
  }
}

/** The pickle, and its folder in the archive. */
function readZippedPickle(file: number, entries: ReadonlyMap<string, Stored>): { root: string; pickle: Buffer } {
  const [name, ...others] = [...entries.keys()].filter((entry) => entry.endsWith('/data.pkl'));
  if (name === undefined || others.length > 0) throw new WeightsFormatError('it does not have exactly one data.pkl');
  const root = name.slice(0, -'data.pkl'.length);
  if (entries.has(`${root}constants.pkl`)) {
    throw new WeightsFormatError(
      'it is a TorchScript program; save only its weights, with torch.save(model.state_dict(), …)',
    );
  }
  const byteOrder = entries.get(`${root}byteorder`);
  if (byteOrder !== undefined && read(file, byteOrder).toString() !== 'little') {
    throw new WeightsFormatError('its weights are not little-endian');
  }
  return { root, pickle: read(file, entries.get(name)) };
}

function read(file: number, stored: Stored | undefined): Buffer {
  const { offset, length } = stored ?? { offset: 0, length: 0 };
  if (length > MAX_PICKLE_BYTES) throw new WeightsFormatError(`its pickle has ${length} bytes`);
  return readAt(file, offset, length);
}

function locateStorages(
  file: number,
  begin: number,
  keys: PickleValue,
  storages: ReadonlyMap<string, PickledStorage>,
): Map<string, Stored> {
  if (!Array.isArray(keys)) throw new WeightsFormatError('its list of storages is missing');
  const fileBytes = fstatSync(file).size;
  const located = new Map<string, Stored>();
  let at = begin;
  for (const key of keys) {
    if (typeof key !== 'string') throw new WeightsFormatError('its list of storages is damaged');
    const storage = storages.get(key);
    if (storage === undefined) throw new WeightsFormatError(`its storage ${key} is unknown`);
    const count = readAt(file, at, STORAGE_LENGTH_BYTES);
    const length = storage.elements * elementBytes(storage);
    if (count.length < STORAGE_LENGTH_BYTES || Number(count.readBigInt64LE()) !== storage.elements) {
      throw new WeightsFormatError(`its storage ${key} is not where it should be`);
    }
    at += STORAGE_LENGTH_BYTES + length;
    if (at > fileBytes) throw new WeightsFormatError(`its storage ${key} extends beyond the end of the file`);
    located.set(key, { offset: at - length, length });
  }
  return located;
}

function modelInvalid(path: string, error: unknown): SamepointError {
  const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
  return new SamepointError(
    'MODEL_INVALID',
    `${path} is not a usable PyTorch checkpoint: ${reason}.`,
    'Download the file again; it may be incomplete or damaged.',
  );
}

const STORAGE_TYPES: ReadonlyMap<string, ElementType> = new Map([
  ['DoubleStorage', 'F64'],
  ['FloatStorage', 'F32'],
  ['HalfStorage', 'F16'],
  ['BFloat16Storage', 'BF16'],
  ['LongStorage', 'I64'],
  ['IntStorage', 'I32'],
  ['ShortStorage', 'I16'],
  ['CharStorage', 'I8'],
  ['ByteStorage', 'U8'],
  ['BoolStorage', 'BOOL'],
]);

/**
 * Keys of the weights in checkpoints of training code: PyTorch Lightning (Stable Diffusion), DINO and DINOv2 (the published
 * network is the teacher), and others.
 */
const STATE_DICT_KEYS = ['state_dict', 'teacher', 'model'];

/** Bytes per element. @throws WeightsFormatError for an unknown type */
export function elementBytes({ type }: PickledStorage): number {
  const dtype = STORAGE_TYPES.get(type);
  if (dtype === undefined) throw new WeightsFormatError(`it has weights of the unknown type ${type}`);
  return ELEMENT_BYTES[dtype];
}

/**
 * Locates the weights of a saved object by name: its own tensors, or those of a nested state dict. Other content, such as
 * counters and optimizer states, is ignored.
 * @param file name of the file in the tensors' entries
 * @param find returns the location of a storage
 * @throws WeightsFormatError
 */
export function locateTensors(
  saved: PickleValue,
  file: string,
  find: (storageKey: string) => Stored | undefined,
): Map<string, TensorEntry> {
  if (!(saved instanceof Map)) throw new WeightsFormatError('it contains no table of tensors');
  const table = STATE_DICT_KEYS.map((name) => saved.get(name)).find((value) => value instanceof Map) ?? saved;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, tensor] of table) {
    if (typeof name !== 'string' || !(tensor instanceof PickledTensor)) continue;
    tensors.set(name, { file, ...locateTensor(name, tensor, find(tensor.storage.key)) });
  }
  if (tensors.size === 0) throw new WeightsFormatError('it contains no tensors');
  return tensors;
}

function locateTensor(name: string, tensor: PickledTensor, stored: Stored | undefined): Omit<TensorEntry, 'file'> {
  const { storage, storageOffset, shape } = tensor;
  const dtype = STORAGE_TYPES.get(storage.type);
  if (dtype === undefined) throw new WeightsFormatError(`tensor "${name}" has the unknown type ${storage.type}`);
  if (stored === undefined) throw new WeightsFormatError(`the storage of tensor "${name}" is missing`);
  if (!isContiguous(tensor)) {
    throw new WeightsFormatError(`tensor "${name}" is not contiguous; save it again with .contiguous()`);
  }
  const bytes = ELEMENT_BYTES[dtype];
  const length = shape.reduce((product, size) => product * size, bytes);
  const begin = storageOffset * bytes;
  const available = Math.min(stored.length, storage.elements * bytes);
  if (begin + length > available) throw new WeightsFormatError(`tensor "${name}" extends beyond its storage`);
  return { dtype, shape, offset: stored.offset + begin, length };
}

/** Row-major without gaps. Strides of dimensions of size 1, and of empty tensors, do not matter. */
function isContiguous({ shape, strides }: PickledTensor): boolean {
  if (shape.length !== strides.length) return false;
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}
