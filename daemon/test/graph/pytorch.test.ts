import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { openWeights } from '../../src/graph/weights/weights.js';
import { useTempFolder } from '../support/temp-folder.js';
import { pickle, type TensorParts, tensorPickle, writeZip, type ZipEntry } from '../support/weights-files.js';

const folder = useTempFolder();
const OFFICIAL = fileURLToPath(new URL('../fixtures/adm/official/model.pt', import.meta.url));
const WEIGHTS = Float32Array.of(1, 2, 3, 4, 5, 6);
const STORAGE: ZipEntry = { name: 'model/data/0', data: new Uint8Array(WEIGHTS.buffer) };
let count = 0;

function write(...entries: ZipEntry[]): string {
  const path = folder.path(`${count++}.pt`);
  writeZip(path, entries);
  return path;
}

function writePickle(data: Buffer, ...others: ZipEntry[]): string {
  return write({ name: 'model/data.pkl', data }, STORAGE, ...others);
}

const writeTensor = (parts: TensorParts) => writePickle(pickle.of(pickle.dict({ w: tensorPickle(parts) })));

/** The error message, without its path. */
function refusal(path: string): string {
  const error = thrownBy(() => openWeights(path));
  if (!(error instanceof SamepointError)) throw new Error(`${path} was read, or failed otherwise: ${String(error)}`);
  expect(error.code).toBe('MODEL_INVALID');
  expect(error.message.startsWith(path)).toBe(true);
  expect(error.message).not.toContain('\n');
  return error.message.slice(path.length + 1);
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

describe('a PyTorch checkpoint', () => {
  it('locates each tensor in the file', () => {
    const path = writeTensor({});
    const { folder: weightsFolder, tensors } = openWeights(path);
    const { offset = 0, length = 0, ...rest } = tensors.get('w') ?? {};

    expect(join(weightsFolder, basename(path))).toBe(path);
    expect(rest).toEqual({ dtype: 'F32', shape: [2, 3], file: basename(path) });
    expect(new Uint8Array(readFileSync(path)).slice(offset, offset + length)).toEqual(STORAGE.data);
  });

  it('may contain tensors that share a storage', () => {
    const path = writePickle(
      pickle.of(
        pickle.dict({ all: tensorPickle(), row: tensorPickle({ offset: 3, shape: [1, 3], strides: [99, 1] }) }),
      ),
    );
    const { tensors } = openWeights(path);
    const begin = tensors.get('all')?.offset ?? Number.NaN;
    expect(tensors.get('row')).toMatchObject({ offset: begin + 12, length: 12, shape: [1, 3] });
  });

  it('may be an OrderedDict with the version numbers of a state dict', () => {
    const items = pickle.dict({ w: tensorPickle() }).slice(1);
    const state = pickle.dict({ _metadata: `${pickle.global('collections', 'OrderedDict')})R` });
    const path = writePickle(pickle.of(`${pickle.global('collections', 'OrderedDict')})R${items}${state}b`));
    expect([...openWeights(path).tensors.keys()]).toEqual(['w']);
  });

  it.each([2, 3, 4, 5])('may be a pickle of protocol %i, as torch writes it', (protocol) => {
    const path = fileURLToPath(new URL(`../fixtures/formats/protocols/protocol-${protocol}.pt`, import.meta.url));
    const { tensors } = openWeights(path);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['w', [2, 3]],
      ['b', [3]],
    ]);
    expect(tensors.get('w')?.offset).not.toBe(tensors.get('b')?.offset);
  });

  it('may be an archive with the fields of more than 4 GB', () => {
    const path = folder.path('zip64.pt');
    const entries = [{ name: 'model/data.pkl', data: pickle.of(pickle.dict({ w: tensorPickle() })) }, STORAGE];
    writeZip(path, entries, { zip64: true });
    expect(openWeights(path).tensors).toEqual(
      new Map([['w', { ...openWeights(writeTensor({})).tensors.get('w'), file: 'zip64.pt' }]]),
    );
  });

  it('is read through a symbolic link, under the name of the real file', () => {
    const link = folder.path('link.pt');
    symlinkSync(OFFICIAL, link);
    const checkpoint = openWeights(link);
    expect(checkpoint.folder).toBe(dirname(OFFICIAL));
    expect(checkpoint.tensors.get('time_embed.0.weight')?.file).toBe('model.pt');
  });
});

describe('code in a pickle never runs', () => {
  const marker = () => folder.path('executed');
  const system = () => pickle.global('os', 'system');
  const command = () => pickle.text(`touch ${marker()}`);

  it.each<[string, () => string]>([
    ['REDUCE of os.system', () => pickle.call(system(), command())],
    ['REDUCE of posix.system', () => pickle.call(pickle.global('posix', 'system'), command())],
    ['REDUCE of what a call gave', () => pickle.call(pickle.call(system(), command()), command())],
    ['GLOBAL of builtins.eval', () => pickle.global('builtins', 'eval')],
    ['GLOBAL of a name with a storage in it', () => pickle.global('os', 'torch.FloatStorage')],
    ['INST', () => `(${command()}ios\nsystem\n`],
    ['OBJ', () => `(${system()}${command()}o`],
    ['STACK_GLOBAL', () => `${pickle.text('os')}${pickle.text('system')}\x93${pickle.tuple(command())}R`],
    ['NEWOBJ', () => `${system()}${pickle.tuple(command())}\x81`],
    ['NEWOBJ_EX', () => `${system()}${pickle.tuple(command())}}\x92`],
    ['EXT1', () => '\x82\x01'],
    ['PERSID', () => `Ptouch ${marker()}\n`],
    ['BUILD of an object', () => `${pickle.call(system(), command())}${pickle.dict({ a: command() })}b`],
    ['items of an object', () => `${pickle.call(system(), command())}(${pickle.text('k')}${command()}u`],
    ['a storage of another class', () => `${pickle.tuple(pickle.text('storage'), system())}Q`],
    ['a number beyond all sizes', () => `\x8a\x10${'\x7f'.repeat(16)}`],
  ])('%s', (_what, body) => {
    const path = writePickle(pickle.of(pickle.dict({ a: body(), w: tensorPickle(), b: pickle.integer(3) })));
    expect([...openWeights(path).tensors.keys()]).toEqual(['w']);
    expect(existsSync(marker())).toBe(false);
  });

  it('a file with nothing else has no tensors', () => {
    const path = writePickle(pickle.of(pickle.call(system(), command())));
    expect(refusal(path)).toMatch(/it contains no table of tensors/);
    expect(existsSync(marker())).toBe(false);
  });

  it('a tensor created by code is ignored', () => {
    const made = pickle.call(pickle.global('torch._utils', '_rebuild_tensor_v9'), tensorPickle());
    expect(refusal(writePickle(pickle.of(pickle.dict({ w: made }))))).toMatch(/it contains no tensors/);
  });

  it('a pickle that would exhaust memory is rejected', () => {
    expect(refusal(writePickle(pickle.of('}'.repeat(2_000_001))))).toMatch(/more than 2000000 instructions/);
  });

  it('unknown instructions and protocols are rejected', () => {
    expect(refusal(writePickle(pickle.of('\xff')))).toMatch(/unknown instruction 0xff/);
    expect(refusal(writePickle(Buffer.from('\x80\x06}.', 'latin1')))).toMatch(/unknown protocol 6/);
  });
});

describe('weights are found in checkpoints of training code', () => {
  const w = (row: number) => tensorPickle({ offset: 3 * row, shape: [3], strides: [1] });
  const at = (path: string) => openWeights(path).tensors.get('w')?.offset ?? Number.NaN;
  const write = (body: string) => writePickle(pickle.of(body));
  const row = (n: number) => at(write(pickle.dict({ w: w(n) })));

  it.each(['state_dict', 'teacher', 'model'])('the table "%s" takes precedence over other tensors', (name) => {
    const body = pickle.dict({ w: w(0), optimizer: pickle.dict({ w: w(0) }), [name]: pickle.dict({ w: w(1) }) });
    expect(at(write(body)) - row(1)).toBe(at(write(body)) - row(0) - 12);
  });

  it("DINO's teacher takes precedence over its student", () => {
    const path = write(pickle.dict({ student: pickle.dict({ w: w(0) }), teacher: pickle.dict({ w: w(1) }) }));
    expect([...openWeights(path).tensors.keys()]).toEqual(['w']);
  });

  it('a parameter is read as its tensor', () => {
    const parameter = pickle.call(pickle.global('torch._utils', '_rebuild_parameter'), w(1), '\x88', pickle.dict({}));
    expect(openWeights(write(pickle.dict({ w: parameter }))).tensors.get('w')?.shape).toEqual([3]);
  });
});

describe('a damaged pickle is rejected', () => {
  const { integer, text, tuple } = pickle;
  it.each([
    ['no end', '}'],
    ['an empty stack', ''],
    ['text longer than the file', 'X\xff\xff\xff\x7f'],
    ['no mark', 't'],
    ['a memo that was never written', 'h\x05'],
    ['a call of what is no name', `${integer(1)})R`],
    ['a storage that is no tuple', `${integer(1)}Q`],
    ['a storage without a class', `${tuple(text('storage'), text('x'), text('0'), text('cpu'), integer(6))}Q`],
    ['a name that does not end', 'cos'],
    ['an odd number of items', `}(${text('a')}u`],
    ['items for what is no table', `N(${text('a')}${text('b')}u`],
    ['a negative shape', tensorPickle({ shape: [-2, 3] })],
    // a large value takes time for each instruction that reuses it
    [
      'a shape of more dimensions than torch has',
      tensorPickle({ shape: Array(65).fill(1), strides: Array(65).fill(1) }),
    ],
    ['a name longer than any class has', `${text('torch')}${text('a'.repeat(1001))}\x93`],
    ['a key longer than any storage has', tensorPickle({ key: '0'.repeat(1001) })],
  ])('%s', (what, body) => {
    const bytes = what === 'no end' ? pickle.of(body).subarray(0, -1) : pickle.of(body);
    expect(refusal(writePickle(bytes))).toContain('its pickle is damaged');
  });
});

describe('tensors that cannot be used in place are rejected', () => {
  it.each<[string, TensorParts, RegExp]>([
    ['transposed', { strides: [1, 2] }, /"w" is not contiguous/],
    ['expanded', { strides: [0, 1] }, /"w" is not contiguous/],
    ['fewer strides than dimensions', { strides: [1] }, /"w" is not contiguous/],
    ['beyond its storage', { offset: 1 }, /"w" extends beyond its storage/],
    ['in a storage larger than its entry', { elements: 600, shape: [200, 3] }, /"w" extends beyond its storage/],
    ['huge', { shape: [2 ** 31 - 1, 2 ** 31 - 1], strides: [2 ** 31 - 1, 1] }, /"w" extends beyond its storage/],
    ['in a storage that is not there', { key: '7' }, /the storage of tensor "w" is missing/],
    ['in a storage outside the data folder', { key: '../data.pkl' }, /the storage of tensor "w" is missing/],
    ['of a type that is not known', { type: 'QInt8Storage' }, /"w" has the unknown type QInt8Storage/],
  ])('%s', (_what, parts, reason) => {
    expect(refusal(writeTensor(parts))).toMatch(reason);
  });

  it.each([
    ['a list', pickle.tuple(), /no table of tensors/],
    ['a table of other things', pickle.dict({ epoch: pickle.integer(3) }), /no tensors/],
    ['a table of unknown tables', pickle.dict({ other: pickle.dict({ w: tensorPickle() }) }), /no tensors/],
  ])('%s instead of a table of tensors', (_what, body, reason) => {
    expect(refusal(writePickle(pickle.of(body)))).toMatch(reason);
  });
});

describe('an inconsistent file from before torch 1.6 is rejected', () => {
  const LEGACY = fileURLToPath(new URL('../fixtures/formats/dinov2/official/legacy.pth', import.meta.url));
  const changed = (change: (bytes: string) => string) => {
    const path = folder.path(`${count++}.pth`);
    const before = readFileSync(LEGACY, 'latin1');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(path, after, 'latin1');
    return refusal(path);
  };

  it.each<[string, (bytes: string) => string, RegExp]>([
    ['cut off in its weights', (bytes) => bytes.slice(0, -1000), /extends beyond the end of the file/],
    ['cut off in its pickle', (bytes) => bytes.slice(0, 1000), /its pickle is damaged/],
    // the number of elements of the patches' weights
    ['with a storage of another size', (bytes) => bytes.replace('M\x00\x30', 'M\x01\x30'), /not where it should be/],
    [
      'with a list of storages that are no texts',
      (bytes) => bytes.replace('\x80\x02]q\x00(', '$&]'),
      /list of storages/,
    ],
    ['big-endian', (bytes) => bytes.replace(/(little_endianq.)\x88/, '$1\x89'), /not little-endian/],
  ])('%s', (_what, change, reason) => {
    expect(changed(change)).toMatch(reason);
  });
});

describe('an inconsistent archive is rejected', () => {
  const PICKLE: ZipEntry = { name: 'model/data.pkl', data: pickle.of(pickle.dict({ w: tensorPickle() })) };

  it.each([0, 1, 100, 5000, -1000, -30, -1])('cut off at byte %i', (bytes) => {
    const path = folder.path(`cut${bytes}.pt`);
    writeFileSync(path, readFileSync(OFFICIAL).subarray(0, bytes === 0 ? 0 : bytes));
    expect(refusal(path)).toMatch(/is (not a usable PyTorch checkpoint|an empty file)/);
  });

  /** Overwrites bytes of the last record with the signature. */
  const patched = (at: number, bytes: readonly number[], signature = 'PK\x01\x02', zip64 = false) => {
    const path = folder.path(`${count++}.pt`);
    writeZip(path, [PICKLE, STORAGE], { zip64 });
    const archive = readFileSync(path);
    Buffer.from(bytes).copy(archive, archive.lastIndexOf(signature) + at);
    writeFileSync(path, archive);
    return refusal(path);
  };

  it('encrypted', () => {
    expect(patched(8, [1])).toMatch(/data\/0 is compressed/);
  });

  it('with a name longer than the directory', () => {
    expect(patched(28, [0xff, 0xff])).toMatch(/its directory is damaged/);
  });

  it('with too many entries or an oversized directory', () => {
    const record = 'PK\x06\x06';
    expect(patched(32, [0xa1, 0x86, 1], record, true)).toMatch(/100001 entries/);
    expect(patched(40, [0, 0, 0, 4], record, true)).toMatch(/directory has 67108864 bytes/);
  });

  it('with an oversized pickle', () => {
    const data = Buffer.alloc(32_000_001);
    expect(refusal(write({ name: 'model/data.pkl', data }))).toMatch(/pickle has 32000001 bytes/);
  });

  it('compressed', () => {
    expect(refusal(write(PICKLE, { ...STORAGE, patch: { method: 8 } }))).toMatch(/data\/0 is compressed/);
  });

  it('a pickle that claims to unpack to gigabytes', () => {
    const patch = { method: 8, size: 0xfffffff0 };
    expect(refusal(write({ ...PICKLE, patch }, STORAGE))).toMatch(/data\.pkl is compressed/);
  });

  it('an entry that claims more bytes than the file has', () => {
    const patch = { compressedSize: 0x7fffffff, size: 0x7fffffff };
    expect(refusal(write({ ...PICKLE, patch }, STORAGE))).toMatch(/not a usable PyTorch checkpoint/);
    expect(refusal(write(PICKLE, { ...STORAGE, patch }))).toMatch(/not a usable PyTorch checkpoint/);
  });

  it('entries that overlap', () => {
    const other = { ...STORAGE, name: 'model/data/1', patch: { localOffset: 0 } };
    expect(refusal(write(PICKLE, STORAGE, other))).toMatch(/overlaps another one/);
  });

  it('two entries of one name', () => {
    expect(refusal(write(PICKLE, STORAGE, STORAGE))).toMatch(/two entries model\/data\/0/);
  });

  it('no pickle, or two', () => {
    expect(refusal(write(STORAGE))).toMatch(/not have exactly one data\.pkl/);
    expect(refusal(write(PICKLE, { ...PICKLE, name: 'other/data.pkl' }))).toMatch(/not have exactly one data\.pkl/);
  });

  it('weights of another byte order', () => {
    const order = { name: 'model/byteorder', data: Buffer.from('big') };
    expect(refusal(write(PICKLE, STORAGE, order))).toMatch(/not little-endian/);
  });

  it('a file that is no archive', () => {
    const path = folder.path('text.pt');
    writeFileSync(path, 'not a checkpoint '.repeat(100));
    expect(refusal(path)).toMatch(/not a usable PyTorch checkpoint/);
  });
});
