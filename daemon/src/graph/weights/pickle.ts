import { WeightsFormatError } from './checkpoint.js';

/** A tensor as a pickle describes it: a view of a storage. Offset, shape and strides count elements. */
export class PickledTensor {
  constructor(
    readonly storage: PickledStorage,
    readonly storageOffset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** Memory that tensors are views of. `type` is its class (`FloatStorage`), `key` its entry in the archive's `data` folder. */
export class PickledStorage {
  constructor(
    readonly type: string,
    readonly key: string,
    readonly elements: number,
  ) {}
}

/** Name of a class or function that builds tables of tensors. It is never resolved. */
class PickledName {
  constructor(readonly name: string) {}
}

/** Placeholder for all other objects, classes and functions. */
const OPAQUE = Symbol('an object that is not a tensor');

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | typeof OPAQUE
  | PickledName
  | PickledStorage
  | PickledTensor;

const ORDERED_DICT = 'collections.OrderedDict';
/** `(storage, offset, shape, strides, …)`; torch 0.3 and older use the first one. */
const REBUILD_TENSOR: ReadonlySet<string> = new Set([
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
]);
/** `(tensor, …)` */
const REBUILD_PARAMETER: ReadonlySet<string> = new Set([
  'torch._utils._rebuild_parameter',
  'torch._utils._rebuild_parameter_with_state',
]);
const STORAGE = /^torch\.([A-Za-z0-9]+Storage)$/;
const MAX_PROTOCOL = 5;
const STOP = 0x2e;
/** Limits memory, since a byte can create a large object. Stable Diffusion has about 70 instructions per tensor. */
const MAX_INSTRUCTIONS = 2_000_000;
/** Limits the cost of a single instruction, which may reuse names and shapes. */
const MAX_NAME_CHARS = 1000;
/** Same limit as torch. */
const MAX_DIMENSIONS = 64;

export interface ReadPickle {
  value: PickleValue;
  /** All storages, by key. */
  storages: ReadonlyMap<string, PickledStorage>;
  /** Offset after its last byte. */
  end: number;
}

/**
 * Reads tables of tensors from a pickle. A pickle is a program, but nothing is executed here: results of unknown classes and
 * functions become a placeholder.
 * @param begin offset of the pickle in `bytes`
 * @throws WeightsFormatError
 */
export function readTensorPickle(bytes: Buffer, begin = 0): ReadPickle {
  const machine = new PickleMachine(bytes, begin);
  let instructions = 0;
  for (let opcode = machine.uint(1); opcode !== STOP; opcode = machine.uint(1)) {
    const instruction = INSTRUCTIONS.get(opcode);
    if (instruction === undefined) {
      throw new WeightsFormatError(`its pickle has the unknown instruction 0x${opcode.toString(16)}`);
    }
    if (++instructions > MAX_INSTRUCTIONS) {
      throw new WeightsFormatError(`its pickle has more than ${MAX_INSTRUCTIONS} instructions`);
    }
    instruction(machine);
  }
  return { value: machine.pop(), storages: machine.storages, end: machine.position };
}

class PickleMachine {
  readonly storages = new Map<string, PickledStorage>();
  readonly #bytes: Buffer;
  readonly #memo = new Map<number, PickleValue>();
  readonly #marked: PickleValue[][] = [];
  #stack: PickleValue[] = [];
  #at = 0;

  constructor(bytes: Buffer, begin: number) {
    this.#bytes = bytes;
    this.#at = begin;
  }

  get position(): number {
    return this.#at;
  }

  bytes(count: number): Buffer {
    const begin = this.#at;
    this.#at += count;
    return this.#at <= this.#bytes.length ? this.#bytes.subarray(begin, this.#at) : damaged();
  }

  uint(bytes: number): number {
    return this.bytes(bytes).readUIntLE(0, bytes);
  }

  /** Unsigned integer of 8 bytes. */
  long(): number {
    return Number(this.bytes(8).readBigUInt64LE());
  }

  line(): string {
    const end = this.#bytes.indexOf('\n', this.#at);
    if (end === -1) return damaged();
    const text = this.bytes(end - this.#at).toString('utf8');
    this.#at++;
    return text;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    return value === undefined ? damaged() : value;
  }

  /** Pops `count` values; returns them in push order. */
  pops(count: number): PickleValue[] {
    const values: PickleValue[] = [];
    for (let n = 0; n < count; n++) values.unshift(this.pop());
    return values;
  }

  top(): PickleValue {
    const value = this.#stack.at(-1);
    return value === undefined ? damaged() : value;
  }

  mark(): void {
    this.#marked.push(this.#stack);
    this.#stack = [];
  }

  popToMark(): PickleValue[] {
    const values = this.#stack;
    this.#stack = this.#marked.pop() ?? damaged();
    return values;
  }

  memoise(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    this.push(value === undefined ? damaged() : value);
  }
}

type Instruction = (machine: PickleMachine) => void;

/** Numbers, strings, and skipped bytes. */
const SCALARS: Record<string, Instruction> = {
  N: (m) => m.push(null),
  '\x88': (m) => m.push(true),
  '\x89': (m) => m.push(false),
  I: (m) => m.push(decimal(m.line())),
  J: (m) => m.push(m.bytes(4).readInt32LE()),
  K: (m) => m.push(m.uint(1)),
  L: (m) => m.push(decimal(m.line().replace(/L$/, ''))),
  M: (m) => m.push(m.uint(2)),
  '\x8a': (m) => m.push(longInteger(m.bytes(m.uint(1)))),
  '\x8b': (m) => skipped(m, m.uint(4)),
  F: (m) => m.push(decimal(m.line())),
  G: (m) => m.push(m.bytes(8).readDoubleBE()),
  S: (m) => m.push(m.line().replace(/^(['"])(.*)\1$/, '$2')),
  V: (m) => m.push(m.line()),
  T: (m) => m.push(m.bytes(m.uint(4)).toString('latin1')),
  U: (m) => m.push(m.bytes(m.uint(1)).toString('latin1')),
  X: (m) => m.push(m.bytes(m.uint(4)).toString('utf8')),
  '\x8c': (m) => m.push(m.bytes(m.uint(1)).toString('utf8')),
  '\x8d': (m) => m.push(m.bytes(m.long()).toString('utf8')),
  B: (m) => skipped(m, m.uint(4)),
  C: (m) => skipped(m, m.uint(1)),
  '\x8e': (m) => skipped(m, m.long()),
  '\x96': (m) => skipped(m, m.long()),
};

const CONTAINERS: Record<string, Instruction> = {
  '(': (m) => m.mark(),
  ')': (m) => m.push([]),
  ']': (m) => m.push([]),
  t: (m) => m.push(m.popToMark()),
  l: (m) => m.push(m.popToMark()),
  '\x85': (m) => m.push(m.pops(1)),
  '\x86': (m) => m.push(m.pops(2)),
  '\x87': (m) => m.push(m.pops(3)),
  a: (m) => append(m, m.pops(1)),
  e: (m) => append(m, m.popToMark()),
  '}': (m) => m.push(new Map()),
  d: (m) => dictionary(m, m.popToMark()),
  s: (m) => setItems(m, m.pops(2)),
  u: (m) => setItems(m, m.popToMark()),
  // sets
  '\x8f': (m) => m.push(OPAQUE),
  '\x90': (m) => void m.popToMark(),
  '\x91': (m) => opaque(m, m.popToMark()),
};

const STACK: Record<string, Instruction> = {
  '\x80': (m) => expectProtocol(m.uint(1)),
  // frame length, a hint for reading ahead
  '\x95': (m) => void m.long(),
  '0': (m) => void m.pop(),
  '1': (m) => void m.popToMark(),
  '2': (m) => m.push(m.top()),
  p: (m) => m.memoise(Number(m.line())),
  q: (m) => m.memoise(m.uint(1)),
  r: (m) => m.memoise(m.uint(4)),
  '\x94': (m) => m.memoise(),
  g: (m) => m.recall(Number(m.line())),
  h: (m) => m.recall(m.uint(1)),
  j: (m) => m.recall(m.uint(4)),
};

/** Instructions that execute code in Python. */
const OBJECTS: Record<string, Instruction> = {
  c: (m) => m.push(name(m.line(), m.line())),
  '\x93': (m) => m.push(stackName(m.pop(), m.pop())),
  P: (m) => opaque(m, [m.line()]),
  Q: (m) => m.push(storage(m, m.pop())),
  R: (m) => m.push(rebuild(m.pop(), m.pop())),
  b: (m) => void m.pop(),
  i: (m) => opaque(m, [m.line(), m.line(), ...m.popToMark()]),
  o: (m) => opaque(m, m.popToMark()),
  '\x81': (m) => m.push(rebuild(m.pop(), m.pop())),
  '\x92': (m) => opaque(m, m.pops(3)),
  '\x82': (m) => opaque(m, [m.uint(1)]),
  '\x83': (m) => opaque(m, [m.uint(2)]),
  '\x84': (m) => opaque(m, [m.uint(4)]),
};

/** Instructions by opcode, as in Python's `pickletools`. */
const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map(
  Object.entries({ ...SCALARS, ...CONTAINERS, ...STACK, ...OBJECTS }).map(([opcode, instruction]) => [
    opcode.charCodeAt(0),
    instruction,
  ]),
);

function expectProtocol(protocol: number): void {
  if (protocol > MAX_PROTOCOL) throw new WeightsFormatError(`its pickle has the unknown protocol ${protocol}`);
}

/** Pushes the placeholder; `_parts` were popped and are ignored. */
function opaque(machine: PickleMachine, _parts: readonly PickleValue[]): void {
  machine.push(OPAQUE);
}

function skipped(machine: PickleMachine, bytes: number): void {
  machine.bytes(bytes);
  machine.push(OPAQUE);
}

function decimal(text: string): PickleValue {
  const value = Number(text);
  return Number.isNaN(value) ? damaged() : value;
}

function longInteger(bytes: Buffer): PickleValue {
  const unsigned = bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const value = Number(BigInt.asIntN(8 * bytes.length, unsigned));
  return Number.isSafeInteger(value) ? value : OPAQUE;
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.top();
  if (Array.isArray(list)) for (const item of items) list.push(item);
  else if (list !== OPAQUE) throw damage();
}

function dictionary(machine: PickleMachine, items: readonly PickleValue[]): void {
  machine.push(new Map());
  setItems(machine, items);
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const map = machine.top();
  if (map === OPAQUE) return;
  if (!(map instanceof Map) || items.length % 2 !== 0) throw damage();
  for (let i = 0; i < items.length; i += 2) map.set(items[i] ?? null, items[i + 1] ?? null);
}

function name(module: string, member: string): PickleValue {
  const full = `${module}.${member}`;
  const isKnown =
    full === ORDERED_DICT || REBUILD_TENSOR.has(full) || REBUILD_PARAMETER.has(full) || STORAGE.test(full);
  return isKnown ? new PickledName(full) : OPAQUE;
}

function stackName(member: PickleValue, module: PickleValue): PickleValue {
  return isName(module) && isName(member) ? name(module, member) : damaged();
}

/** `('storage', class, key, device, elements)`; torch before 1.6 adds a view of the storage. */
function storage(machine: PickleMachine, id: PickleValue): PickleValue {
  if (!Array.isArray(id)) return id === OPAQUE ? OPAQUE : damaged();
  const [tag, storageClass, key, , elements, view] = id;
  if (tag !== 'storage' || storageClass === OPAQUE || Array.isArray(view)) return OPAQUE;
  const type = storageClass instanceof PickledName ? STORAGE.exec(storageClass.name)?.[1] : undefined;
  if (type === undefined || !isName(key) || !isCount(elements)) return damaged();
  const made = new PickledStorage(type, key, elements);
  machine.storages.set(key, made);
  return made;
}

/** Supported calls: an empty OrderedDict, a tensor from a storage, a parameter from a tensor. */
function rebuild(args: PickleValue, callee: PickleValue): PickleValue {
  if (callee === OPAQUE) return OPAQUE;
  if (!(callee instanceof PickledName) || !Array.isArray(args)) return damaged();
  if (callee.name === ORDERED_DICT) return args.length === 0 ? new Map() : OPAQUE;
  const [source, offset, shape, strides] = args;
  if (REBUILD_PARAMETER.has(callee.name)) return source instanceof PickledTensor ? source : OPAQUE;
  if (!REBUILD_TENSOR.has(callee.name) || source === OPAQUE) return OPAQUE;
  if (!(source instanceof PickledStorage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides))
    return damaged();
  return new PickledTensor(source, offset, shape, strides);
}

function isName(value: PickleValue | undefined): value is string {
  return typeof value === 'string' && value.length <= MAX_NAME_CHARS;
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= MAX_DIMENSIONS && value.every(isCount);
}

function damaged(): never {
  throw damage();
}

function damage(): WeightsFormatError {
  return new WeightsFormatError('its pickle is damaged');
}
