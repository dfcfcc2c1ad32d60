import { ELEMENT_BYTES, type ElementType, type TensorEntry } from './checkpoint.js';
import { type PickledStorage, PickledTensor, type PickleValue } from './pickle.js';
import type { Stored } from './zip-directory.js';

/** Why a PyTorch file is refused: the end of "… is not a usable PyTorch checkpoint: ". */
export class PytorchRefusal extends Error {}

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

/** Bytes of an element. @throws PytorchRefusal for a type that has no name here */
export function elementBytes({ type }: PickledStorage): number {
  const dtype = STORAGE_TYPES.get(type);
  if (dtype === undefined) throw new PytorchRefusal(`it has weights of the unknown type ${type}`);
  return ELEMENT_BYTES[dtype];
}

/**
 * The weights of a saved object, by name: its own tensors, or those of the table that training code keeps them in.
 * Everything else, such as counters and the state of an optimizer, is left out.
 * @param file what the tensors' entries call the file
 * @param find where a storage lies in it
 * @throws PytorchRefusal
 */
export function locateTensors(
  saved: PickleValue,
  file: string,
  find: (storageKey: string) => Stored | undefined,
): Map<string, TensorEntry> {
  if (!(saved instanceof Map)) throw new PytorchRefusal('it holds no table of tensors');
  const table = TABLES.map((name) => saved.get(name)).find((value) => value instanceof Map) ?? saved;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, tensor] of table) {
    if (typeof name !== 'string' || !(tensor instanceof PickledTensor)) continue;
    tensors.set(name, { file, ...locateTensor(name, tensor, find(tensor.storage.key)) });
  }
  if (tensors.size === 0) throw new PytorchRefusal('it holds no tensors');
  return tensors;
}

function locateTensor(name: string, tensor: PickledTensor, stored: Stored | undefined): Omit<TensorEntry, 'file'> {
  const { storage, storageOffset, shape } = tensor;
  const dtype = STORAGE_TYPES.get(storage.type);
  if (dtype === undefined) throw new PytorchRefusal(`tensor "${name}" has the unknown type ${storage.type}`);
  if (stored === undefined) throw new PytorchRefusal(`the storage of tensor "${name}" is missing`);
  if (!isContiguous(tensor)) {
    throw new PytorchRefusal(`tensor "${name}" is not contiguous; save it again with .contiguous()`);
  }
  const bytes = ELEMENT_BYTES[dtype];
  const length = shape.reduce((product, size) => product * size, bytes);
  const begin = storageOffset * bytes;
  const available = Math.min(stored.length, storage.elements * bytes);
  if (begin + length > available) throw new PytorchRefusal(`tensor "${name}" ends behind the end of its storage`);
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
