import { realpathSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { type Checkpoint, ELEMENT_BYTES, type ElementType, type TensorEntry } from './checkpoint.js';
import { PickleCodeError, PickledTensor, type PickleValue, readTensorPickle } from './pickle.js';

/** What is refused before anything of that size is read. The ADM checkpoint has 600 entries and a pickle of 80 kB. */
const LIMITS = { entries: 100_000, pickleBytes: 64_000_000 };

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

/** Where an entry's bytes lie in the archive. */
interface Stored {
  offset: number;
  length: number;
}

/** Why a file is refused: the end of "… is not a usable PyTorch checkpoint: ". */
class Refusal extends Error {}

/**
 * Reads a table of tensors that `torch.save` wrote (a ZIP archive with a pickle and one entry for each storage). Nothing
 * of the pickle is executed, and no weight is read: the tensors lie in the file itself.
 * @throws SamepointError `MODEL_INVALID`
 */
export async function readPytorchZip(path: string): Promise<Checkpoint> {
  const realPath = realpathSync(path);
  const file = await open(realPath, 'r');
  try {
    const entries = await readEntries(file);
    const { root, pickle } = await readPickle(file, entries);
    const tensors = locateTensors(readTensorPickle(pickle), basename(realPath), (key) =>
      entries.get(`${root}data/${key}`),
    );
    return { path, folder: dirname(realPath), tensors };
  } catch (error) {
    throw modelInvalid(path, error);
  } finally {
    await file.close();
  }
}

async function readEntries(file: FileHandle): Promise<Map<string, Stored>> {
  const { size } = await file.stat();
  const zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false });
  if (zip.entryCount > LIMITS.entries) throw new Refusal(`it has ${zip.entryCount} entries`);
  const entries = new Map<string, Stored>();
  for await (const entry of zip.eachEntry()) {
    const stored = await locateEntry(zip, entry);
    if (stored.offset + stored.length > size)
      throw new Refusal(`its entry ${entry.fileName} ends behind the file's end`);
    if (entries.has(entry.fileName)) throw new Refusal(`it has two entries ${entry.fileName}`);
    entries.set(entry.fileName, stored);
  }
  refuseOverlaps(entries);
  return entries;
}

async function locateEntry(zip: ZipFile, entry: Entry): Promise<Stored> {
  if (entry.compressionMethod !== 0 || entry.isEncrypted() || entry.compressedSize !== entry.uncompressedSize) {
    throw new Refusal(
      `its entry ${entry.fileName} is compressed, and weights can only be used where they lie as they are`,
    );
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return { offset: fileDataStart, length: entry.uncompressedSize };
}

function refuseOverlaps(entries: ReadonlyMap<string, Stored>): void {
  let previousEnd = 0;
  for (const [name, { offset, length }] of [...entries].sort(([, a], [, b]) => a.offset - b.offset)) {
    if (offset < previousEnd) throw new Refusal(`its entry ${name} overlaps another one`);
    previousEnd = offset + length;
  }
}

/** The pickle, and the folder in the archive that it lies in. */
async function readPickle(file: FileHandle, entries: ReadonlyMap<string, Stored>) {
  const [name, ...others] = [...entries.keys()].filter((entry) => entry.endsWith('/data.pkl'));
  if (name === undefined || others.length > 0) throw new Refusal('it has not one data.pkl');
  const root = name.slice(0, -'data.pkl'.length);
  const byteOrder = entries.get(`${root}byteorder`);
  if (byteOrder !== undefined && (await read(file, byteOrder)).toString() !== 'little') {
    throw new Refusal('its weights are not little-endian');
  }
  return { root, pickle: await read(file, entries.get(name)) };
}

async function read(file: FileHandle, stored: Stored | undefined): Promise<Buffer> {
  const { offset, length } = stored ?? { offset: 0, length: 0 };
  if (length > LIMITS.pickleBytes) throw new Refusal(`its pickle has ${length} bytes`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

function locateTensors(
  table: PickleValue,
  file: string,
  find: (storageKey: string) => Stored | undefined,
): Map<string, TensorEntry> {
  if (!(table instanceof Map)) throw new Refusal('it is not a table of tensors');
  const tensors = new Map<string, TensorEntry>();
  for (const [name, tensor] of table) {
    if (typeof name !== 'string' || !(tensor instanceof PickledTensor)) {
      throw new Refusal(`its entry "${String(name)}" is not a tensor`);
    }
    tensors.set(name, { file, ...locateTensor(name, tensor, find(tensor.storage.key)) });
  }
  return tensors;
}

function locateTensor(name: string, tensor: PickledTensor, stored: Stored | undefined): Omit<TensorEntry, 'file'> {
  const { storage, storageOffset, shape } = tensor;
  const dtype = STORAGE_TYPES.get(storage.type);
  if (dtype === undefined) throw new Refusal(`tensor "${name}" has the unknown type ${storage.type}`);
  if (stored === undefined) throw new Refusal(`the storage of tensor "${name}" is missing`);
  if (!isContiguous(tensor)) throw new Refusal(`tensor "${name}" is not contiguous; save it again with .contiguous()`);
  const bytes = ELEMENT_BYTES[dtype];
  const length = shape.reduce((product, size) => product * size, bytes);
  const begin = storageOffset * bytes;
  const available = Math.min(stored.length, storage.elements * bytes);
  if (begin + length > available) throw new Refusal(`tensor "${name}" ends behind the end of its storage`);
  return { dtype, shape, offset: stored.offset + begin, length };
}

/** Row-major without gaps. The stride of a dimension of 1 says nothing, nor do strides of a tensor without elements. */
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

function modelInvalid(path: string, error: unknown): SamepointError {
  if (error instanceof PickleCodeError) {
    return new SamepointError(
      'MODEL_INVALID',
      `${path} contains code, which a table of weights does not need: ${error.message}. Nothing of it was executed.`,
      'Use the official file, or save the weights alone: torch.save(model.state_dict(), path).',
    );
  }
  const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
  return new SamepointError(
    'MODEL_INVALID',
    `${path} is not a usable PyTorch checkpoint: ${reason}.`,
    'Get the file again; it may have been cut off or damaged.',
  );
}
