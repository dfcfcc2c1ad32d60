import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { readPytorchZip } from '../../src/graph/pytorch-zip.js';
import { pickle, type TensorParts, tensorPickle, writeZip, type ZipEntry } from '../support/pytorch-file.js';
import { useTempFolder } from '../support/temp-folder.js';

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

/** The message of the refusal, without the path that it starts with. */
async function refusal(path: string): Promise<string> {
  const error = await readPytorchZip(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SamepointError)) throw new Error(`${path} was read, or failed otherwise: ${String(error)}`);
  expect(error.code).toBe('MODEL_INVALID');
  expect(error.message.startsWith(path)).toBe(true);
  expect(error.message).not.toContain('\n');
  return error.message.slice(path.length + 1);
}

describe('a PyTorch checkpoint', () => {
  it('says where in the file each tensor lies', async () => {
    const path = writeTensor({});
    const { folder: weightsFolder, tensors } = await readPytorchZip(path);
    const { offset = 0, length = 0, ...rest } = tensors.get('w') ?? {};

    expect(join(weightsFolder, basename(path))).toBe(path);
    expect(rest).toEqual({ dtype: 'F32', shape: [2, 3], file: basename(path) });
    expect(new Uint8Array(readFileSync(path)).slice(offset, offset + length)).toEqual(STORAGE.data);
  });

  it('may hold tensors that view a part of one storage', async () => {
    const path = writePickle(
      pickle.of(
        pickle.dict({ all: tensorPickle(), row: tensorPickle({ offset: 3, shape: [1, 3], strides: [99, 1] }) }),
      ),
    );
    const { tensors } = await readPytorchZip(path);
    const begin = tensors.get('all')?.offset ?? Number.NaN;
    expect(tensors.get('row')).toMatchObject({ offset: begin + 12, length: 12, shape: [1, 3] });
  });

  it('may be an OrderedDict with the version numbers of a state dict', async () => {
    const items = pickle.dict({ w: tensorPickle() }).slice(1);
    const state = pickle.dict({ _metadata: `${pickle.global('collections', 'OrderedDict')})R` });
    const path = writePickle(pickle.of(`${pickle.global('collections', 'OrderedDict')})R${items}${state}b`));
    expect([...(await readPytorchZip(path)).tensors.keys()]).toEqual(['w']);
  });

  it('is read behind a symbolic link, under the name of the real file', async () => {
    const link = folder.path('link.pt');
    symlinkSync(OFFICIAL, link);
    const checkpoint = await readPytorchZip(link);
    expect(checkpoint.folder).toBe(dirname(OFFICIAL));
    expect(checkpoint.tensors.get('time_embed.0.weight')?.file).toBe('model.pt');
  });
});

describe('a pickle with code in it is refused, and nothing of it runs', () => {
  const marker = () => folder.path('executed');
  const system = () => pickle.global('os', 'system');
  const command = () => pickle.text(`touch ${marker()}`);

  it.each<[string, () => string, string]>([
    ['REDUCE of os.system', () => pickle.call(system(), command()), 'os.system'],
    ['REDUCE of posix.system', () => pickle.call(pickle.global('posix', 'system'), command()), 'posix.system'],
    ['GLOBAL of builtins.eval', () => pickle.global('builtins', 'eval'), 'builtins.eval'],
    ['GLOBAL of torch.load', () => pickle.global('torch', 'load'), 'torch.load'],
    ['GLOBAL of a name with a storage in it', () => pickle.global('os', 'torch.FloatStorage'), 'os.torch.FloatStorage'],
    ['INST', () => `(${command()}ios\nsystem\n`, 'instruction 0x69'],
    ['OBJ', () => `(${system()}${command()}o`, 'os.system'],
    ['OBJ of an allowed class', () => `(${pickle.global('collections', 'OrderedDict')}o`, 'instruction 0x6f'],
    ['STACK_GLOBAL', () => `${pickle.text('os')}${pickle.text('system')}\x93`, 'instruction 0x93'],
    ['NEWOBJ', () => `${pickle.global('collections', 'OrderedDict')})\x81`, 'instruction 0x81'],
    ['EXT1', () => '\x82\x01', 'instruction 0x82'],
    ['an opcode that pickle does not have', () => '\xff', 'instruction 0xff'],
    [
      'a call of a storage class',
      () => pickle.call(pickle.global('torch', 'FloatStorage'), command()),
      'torch.FloatStorage',
    ],
    ['a state for a tensor', () => `${tensorPickle()}}b`, 'a state'],
  ])('%s', async (_what, body, reason) => {
    const message = await refusal(writePickle(pickle.of(body())));
    expect(message).toMatch(/^contains code/);
    expect(message).toContain(reason);
    expect(existsSync(marker())).toBe(false);
  });

  it('a newer protocol', async () => {
    expect(await refusal(writePickle(Buffer.from('\x80\x05}.', 'latin1')))).toContain('pickle protocol 5');
  });
});

describe('a damaged pickle is refused', () => {
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
    ['a number beyond all sizes', `\x8a\x10${'\x7f'.repeat(16)}`],
    ['a negative shape', tensorPickle({ shape: [-2, 3] })],
  ])('%s', async (what, body) => {
    const bytes = what === 'no end' ? pickle.of(body).subarray(0, -1) : pickle.of(body);
    expect(await refusal(writePickle(bytes))).toContain('its pickle is damaged');
  });
});

describe('tensors that cannot be used where they lie are refused', () => {
  it.each<[string, TensorParts, RegExp]>([
    ['transposed', { strides: [1, 2] }, /"w" is not contiguous/],
    ['expanded', { strides: [0, 1] }, /"w" is not contiguous/],
    ['fewer strides than dimensions', { strides: [1] }, /"w" is not contiguous/],
    ['beyond its storage', { offset: 1 }, /"w" ends behind the end of its storage/],
    [
      'in a storage larger than its entry',
      { elements: 600, shape: [200, 3] },
      /"w" ends behind the end of its storage/,
    ],
    [
      'huge',
      { shape: [2 ** 31 - 1, 2 ** 31 - 1], strides: [2 ** 31 - 1, 1] },
      /"w" ends behind the end of its storage/,
    ],
    ['in a storage that is not there', { key: '7' }, /the storage of tensor "w" is missing/],
    ['in a storage outside the data folder', { key: '../data.pkl' }, /the storage of tensor "w" is missing/],
    ['of a type that is not known', { type: 'QInt8Storage' }, /"w" has the unknown type QInt8Storage/],
  ])('%s', async (_what, parts, reason) => {
    expect(await refusal(writeTensor(parts))).toMatch(reason);
  });

  it.each([
    ['a list', pickle.tuple(), /not a table of tensors/],
    ['a table of other things', pickle.dict({ epoch: pickle.integer(3) }), /"epoch" is not a tensor/],
    ['a table of tables', pickle.dict({ model: pickle.dict({ w: tensorPickle() }) }), /"model" is not a tensor/],
  ])('%s instead of a table of tensors', async (_what, body, reason) => {
    expect(await refusal(writePickle(pickle.of(body)))).toMatch(reason);
  });
});

describe('an archive that does not fit together is refused', () => {
  const PICKLE: ZipEntry = { name: 'model/data.pkl', data: pickle.of(pickle.dict({ w: tensorPickle() })) };

  it.each([0, 1, 100, 5000, -1000, -30, -1])('cut off at byte %i', async (bytes) => {
    const path = folder.path(`cut${bytes}.pt`);
    writeFileSync(path, readFileSync(OFFICIAL).subarray(0, bytes === 0 ? 0 : bytes));
    expect(await refusal(path)).toMatch(/is not a usable PyTorch checkpoint/);
  });

  it('compressed', async () => {
    expect(await refusal(write(PICKLE, { ...STORAGE, patch: { method: 8 } }))).toMatch(/data\/0 is compressed/);
  });

  it('a pickle that claims to unpack to gigabytes', async () => {
    const patch = { method: 8, size: 0xfffffff0 };
    expect(await refusal(write({ ...PICKLE, patch }, STORAGE))).toMatch(/data\.pkl is compressed/);
  });

  it('an entry that claims more bytes than the file has', async () => {
    const patch = { compressedSize: 0x7fffffff, size: 0x7fffffff };
    expect(await refusal(write({ ...PICKLE, patch }, STORAGE))).toMatch(/not a usable PyTorch checkpoint/);
    expect(await refusal(write(PICKLE, { ...STORAGE, patch }))).toMatch(/not a usable PyTorch checkpoint/);
  });

  it('entries that overlap', async () => {
    const other = { ...STORAGE, name: 'model/data/1', patch: { localOffset: 0 } };
    expect(await refusal(write(PICKLE, STORAGE, other))).toMatch(/overlaps another one/);
  });

  it('two entries of one name', async () => {
    expect(await refusal(write(PICKLE, STORAGE, STORAGE))).toMatch(/two entries model\/data\/0/);
  });

  it('no pickle, or two', async () => {
    expect(await refusal(write(STORAGE))).toMatch(/not one data\.pkl/);
    expect(await refusal(write(PICKLE, { ...PICKLE, name: 'other/data.pkl' }))).toMatch(/not one data\.pkl/);
  });

  it('weights of another byte order', async () => {
    const order = { name: 'model/byteorder', data: Buffer.from('big') };
    expect(await refusal(write(PICKLE, STORAGE, order))).toMatch(/not little-endian/);
  });

  it('a file that is no archive', async () => {
    const path = folder.path('text.pt');
    writeFileSync(path, 'not a checkpoint '.repeat(100));
    expect(await refusal(path)).toMatch(/not a usable PyTorch checkpoint/);
  });
});
