/** A pickle with an instruction or a name that a table of tensors does not need. */
export class PickleCodeError extends Error {}

/** A pickle that is cut off or does not fit together. */
export class PickleDamagedError extends Error {}

/** A tensor as a pickle describes it: a view of a storage. Offset, shape and strides count elements. */
export class PickledTensor {
  constructor(
    readonly storage: PickledStorage,
    readonly storageOffset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** Memory that tensors view: `type` is its class, such as `FloatStorage`, `key` its entry in the archive's `data` folder. */
export class PickledStorage {
  constructor(
    readonly type: string,
    readonly key: string,
    readonly elements: number,
  ) {}
}

/** The name of a class or function. It is never looked up. */
class PickledName {
  constructor(readonly name: string) {}
}

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | readonly PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickledName
  | PickledStorage
  | PickledTensor;

const ORDERED_DICT = 'collections.OrderedDict';
const REBUILD_TENSOR = 'torch._utils._rebuild_tensor_v2';
const STORAGE = /^torch\.([A-Za-z0-9]+Storage)$/;
/** What `torch.save` writes. */
const MAX_PROTOCOL = 2;
const STOP = 0x2e;

/**
 * Reads the pickles that `torch.save` writes for tables of tensors, and nothing else. A pickle is a program; this machine
 * has no instruction that runs anything, and refuses those it does not have.
 * @throws PickleCodeError or PickleDamagedError
 */
export function readTensorPickle(bytes: Buffer): PickleValue {
  const machine = new PickleMachine(bytes);
  for (let opcode = machine.uint(1); opcode !== STOP; opcode = machine.uint(1)) {
    const instruction = INSTRUCTIONS.get(opcode);
    if (instruction === undefined) throw new PickleCodeError(`the pickle instruction 0x${opcode.toString(16)}`);
    instruction(machine);
  }
  return machine.pop();
}

class PickleMachine {
  readonly #bytes: Buffer;
  readonly #memo = new Map<number, PickleValue>();
  readonly #marked: PickleValue[][] = [];
  #stack: PickleValue[] = [];
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(count: number): Buffer {
    const begin = this.#at;
    this.#at += count;
    return this.#at <= this.#bytes.length ? this.#bytes.subarray(begin, this.#at) : damaged();
  }

  uint(bytes: number): number {
    return this.take(bytes).readUIntLE(0, bytes);
  }

  line(): string {
    const end = this.#bytes.indexOf('\n', this.#at);
    if (end === -1) return damaged();
    const text = this.take(end - this.#at).toString('utf8');
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

  remember(index: number): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    this.push(value === undefined ? damaged() : value);
  }
}

/** Opcodes of Python's `pickletools`, by their byte. */
const INSTRUCTIONS: ReadonlyMap<number, (machine: PickleMachine) => void> = new Map(
  Object.entries<(machine: PickleMachine) => void>({
    '\x80': (m) => expectProtocol(m.uint(1)),
    N: (m) => m.push(null),
    '\x88': (m) => m.push(true),
    '\x89': (m) => m.push(false),
    J: (m) => m.push(m.take(4).readInt32LE()),
    K: (m) => m.push(m.uint(1)),
    M: (m) => m.push(m.uint(2)),
    '\x8a': (m) => m.push(longInteger(m.take(m.uint(1)))),
    X: (m) => m.push(m.take(m.uint(4)).toString('utf8')),
    '(': (m) => m.mark(),
    ')': (m) => m.push([]),
    t: (m) => m.push(m.popToMark()),
    '\x85': (m) => m.push([m.pop()]),
    '\x86': (m) => m.push([m.pop(), m.pop()].reverse()),
    '\x87': (m) => m.push([m.pop(), m.pop(), m.pop()].reverse()),
    '}': (m) => m.push(new Map()),
    s: (m) => setItems(m, [m.pop(), m.pop()].reverse()),
    u: (m) => setItems(m, m.popToMark()),
    q: (m) => m.remember(m.uint(1)),
    r: (m) => m.remember(m.uint(4)),
    h: (m) => m.recall(m.uint(1)),
    j: (m) => m.recall(m.uint(4)),
    c: (m) => m.push(name(m.line(), m.line())),
    Q: (m) => m.push(storage(m.pop())),
    R: (m) => m.push(rebuild(m.pop(), m.pop())),
    b: (m) => ignoreState(m.pop(), m.top()),
  }).map(([opcode, instruction]) => [opcode.charCodeAt(0), instruction]),
);

function expectProtocol(protocol: number): void {
  if (protocol > MAX_PROTOCOL) throw new PickleCodeError(`pickle protocol ${protocol}`);
}

function longInteger(bytes: Buffer): number {
  const unsigned = bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const value = Number(BigInt.asIntN(8 * bytes.length, unsigned));
  return Number.isSafeInteger(value) ? value : damaged();
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const map = machine.top();
  if (!(map instanceof Map) || items.length % 2 !== 0) throw damage();
  for (let i = 0; i < items.length; i += 2) map.set(items[i] ?? null, items[i + 1] ?? null);
}

function name(module: string, member: string): PickledName {
  const full = `${module}.${member}`;
  if (full !== ORDERED_DICT && full !== REBUILD_TENSOR && !STORAGE.test(full)) throw new PickleCodeError(full);
  return new PickledName(full);
}

/** `('storage', class, key, device, elements)` */
function storage(id: PickleValue): PickledStorage {
  if (!Array.isArray(id)) return damaged();
  const [tag, storageClass, key, , elements] = id;
  const type = storageClass instanceof PickledName ? STORAGE.exec(storageClass.name)?.[1] : undefined;
  if (tag !== 'storage' || type === undefined || typeof key !== 'string' || !isCount(elements)) return damaged();
  return new PickledStorage(type, key, elements);
}

/** The two calls of a table of tensors: an empty OrderedDict, and a tensor made of a storage. */
function rebuild(args: PickleValue, callee: PickleValue): PickleValue {
  if (!(callee instanceof PickledName) || !Array.isArray(args)) return damaged();
  if (callee.name === ORDERED_DICT && args.length === 0) return new Map();
  if (callee.name !== REBUILD_TENSOR) throw new PickleCodeError(`a call of ${callee.name}`);
  const [source, offset, shape, strides] = args;
  if (!(source instanceof PickledStorage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides))
    return damaged();
  return new PickledTensor(source, offset, shape, strides);
}

/** A state dict carries version numbers of its layers as attributes; nothing here has attributes. */
function ignoreState(_state: PickleValue, target: PickleValue): void {
  if (!(target instanceof Map)) throw new PickleCodeError('a state for something that is not a table');
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function damaged(): never {
  throw damage();
}

function damage(): PickleDamagedError {
  return new PickleDamagedError('its pickle is damaged');
}
