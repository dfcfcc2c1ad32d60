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

/** A pickle longer than this is refused unread. Stable Diffusion's with its optimizer has 1 MB. */
const MAX_PICKLE_BYTES = 32_000_000;
const STORAGE_LENGTH_BYTES = 8;

/**
 * Reads a table of tensors that `torch.save` of torch 1.6 or newer wrote: a ZIP archive with a pickle and one entry for
 * each storage. Nothing of the pickle is executed, and no weight is read: the tensors lie in the file itself.
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
 * The same of `torch.save` before 1.6: pickles of a magic number, a version and the machine, the pickle of what was saved, that of
 * the storages' keys, and the storages in that order, each behind the number of its elements.
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

/** The pickle, and the folder in the archive that it lies in. */
function readZippedPickle(file: number, entries: ReadonlyMap<string, Stored>): { root: string; pickle: Buffer } {
  const [name, ...others] = [...entries.keys()].filter((entry) => entry.endsWith('/data.pkl'));
  if (name === undefined || others.length > 0) throw new WeightsFormatError('it has not one data.pkl');
  const root = name.slice(0, -'data.pkl'.length);
  if (entries.has(`${root}constants.pkl`)) {
    throw new WeightsFormatError(
      'it is a TorchScript program; save its weights alone with torch.save(model.state_dict(), …)',
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
    if (at > fileBytes) throw new WeightsFormatError(`its storage ${key} ends behind the file's end`);
    located.set(key, { offset: at - length, length });
  }
  return located;
}

function modelInvalid(path: string, error: unknown): SamepointError {
  const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
  return new SamepointError(
    'MODEL_INVALID',
    `${path} is not a usable PyTorch checkpoint: ${reason}.`,
    'Get the file again; it may have been cut off or damaged.',
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
 * Where training code puts the weights when it saves more than them: PyTorch Lightning (Stable Diffusion), DINO and DINOv2
 * (the teacher is the network that is published), and many others.
 */
const TABLES = ['state_dict', 'teacher', 'model'];

/** Bytes of an element. @throws WeightsFormatError for a type that has no name here */
export function elementBytes({ type }: PickledStorage): number {
  const dtype = STORAGE_TYPES.get(type);
  if (dtype === undefined) throw new WeightsFormatError(`it has weights of the unknown type ${type}`);
  return ELEMENT_BYTES[dtype];
}

/**
 * The weights of a saved object, by name: its own tensors, or those of the table that training code keeps them in.
 * Everything else, such as counters and the state of an optimizer, is left out.
 * @param file what the tensors' entries call the file
 * @param find where a storage lies in it
 * @throws WeightsFormatError
 */
export function locateTensors(
  saved: PickleValue,
  file: string,
  find: (storageKey: string) => Stored | undefined,
): Map<string, TensorEntry> {
  if (!(saved instanceof Map)) throw new WeightsFormatError('it holds no table of tensors');
  const table = TABLES.map((name) => saved.get(name)).find((value) => value instanceof Map) ?? saved;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, tensor] of table) {
    if (typeof name !== 'string' || !(tensor instanceof PickledTensor)) continue;
    tensors.set(name, { file, ...locateTensor(name, tensor, find(tensor.storage.key)) });
  }
  if (tensors.size === 0) throw new WeightsFormatError('it holds no tensors');
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
  if (begin + length > available) throw new WeightsFormatError(`tensor "${name}" ends behind the end of its storage`);
  return { dtype, shape, offset: stored.offset + begin, length };
}

/** Row-major without gaps. Any stride will do for a dimension of 1, and for a tensor without elements. */
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
