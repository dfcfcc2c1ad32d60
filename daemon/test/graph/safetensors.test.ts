import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { useTempFolder } from '../support/temp-folder.js';
import { lengthPrefix, writeSafetensors } from '../support/weights-files.js';

const folder = useTempFolder();
const path = () => folder.path('weights.safetensors');

const tensor = (dtype: string, shape: unknown, begin: unknown, end: unknown) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('a header', () => {
  it('locates each tensor and skips the metadata', () => {
    const header = {
      __metadata__: { format: 'pt' },
      a: tensor('F32', [2, 3], 0, 24),
      b: tensor('F16', [4], 24, 32),
      empty: tensor('I64', [0, 7], 32, 32),
    };
    writeSafetensors(path(), header, new Uint8Array(32));
    const dataStart = 8 + JSON.stringify(header).length;
    const read = readSafetensorsHeader(path());
    expect(read.path).toBe(path());
    expect([...read.tensors.keys()]).toEqual(['a', 'b', 'empty']);
    expect([...read.tensors.values()]).toMatchObject([
      { dtype: 'F32', shape: [2, 3], offset: dataStart, length: 24 },
      { dtype: 'F16', shape: [4], offset: dataStart + 24, length: 8 },
      { dtype: 'I64', shape: [0, 7], offset: dataStart + 32, length: 0 },
    ]);
  });

  it('is all that is read, so weights may exceed memory', () => {
    const terabyte = 2 ** 40;
    const header = { huge: tensor('U8', [terabyte], 0, terabyte) };
    writeSafetensors(path(), header);
    // a sparse file, which takes no disk space
    const file = openSync(path(), 'r+');
    ftruncateSync(file, 8 + JSON.stringify(header).length + terabyte);
    closeSync(file);
    expect(readSafetensorsHeader(path()).tensors.get('huge')?.length).toBe(terabyte);
  });

  const data = new Uint8Array(16);
  it.each<[string, string, () => void]>([
    ['an empty file', 'shorter than a header', () => writeFileSync(path(), '')],
    ['a file of seven bytes', 'shorter than a header', () => writeFileSync(path(), new Uint8Array(7))],
    ['a length and no header', 'should have 2 bytes', () => writeFileSync(path(), lengthPrefix(2n))],
    ['a header longer than the file by one', 'should have 3 bytes', () => writeHeaderLength(3n)],
    ['a header of 2⁶⁴−1 bytes', 'should have', () => writeHeaderLength(2n ** 64n - 1n)],
    ['a header of 0 bytes', 'not a JSON object', () => writeSafetensors(path(), '')],
    ['a header that is not JSON', 'not a JSON object', () => writeSafetensors(path(), '{"a":')],
    ['a header that is a list', 'not a JSON object', () => writeSafetensors(path(), [1])],
    ['a header that is null', 'not a JSON object', () => writeSafetensors(path(), null)],
    ['an entry that is no object', 'malformed', () => writeSafetensors(path(), { a: 7 })],
    ['an entry without offsets', 'malformed', () => writeSafetensors(path(), { a: { dtype: 'F32', shape: [1] } })],
    ['a negative size', 'malformed', () => writeSafetensors(path(), { a: tensor('U8', [-1, -4], 0, 4) }, data)],
    ['half a size', 'malformed', () => writeSafetensors(path(), { a: tensor('U8', [0.5, 8], 0, 4) }, data)],
    ['a negative offset', 'malformed', () => writeSafetensors(path(), { a: tensor('U8', [4], -4, 0) }, data)],
    ['a type of no size', 'unknown type F8', () => writeSafetensors(path(), { a: tensor('F8', [4], 0, 4) }, data)],
    [
      'the name of a method as a type',
      'unknown type toString',
      () => writeSafetensors(path(), { a: tensor('toString', [4], 0, 4) }, data),
    ],
    ['fewer bytes than the shape needs', 'needs 16 bytes and has 12', () => writeTensor([4], 0, 12)],
    ['more bytes than the shape needs', 'needs 12 bytes and has 16', () => writeTensor([3], 0, 16)],
    ['offsets in the wrong order', 'needs 4 bytes and has -4', () => writeTensor([1], 8, 4)],
    ['an end one behind the end of the file', 'extends beyond', () => writeTensor([4], 1, 17)],
    ['a shape whose product is beyond all numbers', 'needs', () => writeTensor(Array(40).fill(2 ** 40), 0, 16)],
    [
      'tensors that share bytes',
      '"b" overlaps',
      () => writeSafetensors(path(), { a: tensor('U8', [8], 0, 8), b: tensor('U8', [8], 7, 15) }, data),
    ],
    [
      'a tensor within another',
      'overlaps',
      () => writeSafetensors(path(), { b: tensor('U8', [2], 3, 5), a: tensor('U8', [16], 0, 16) }, data),
    ],
  ])('is rejected: %s', (_name, reason, write) => {
    write();
    expect(() => readSafetensorsHeader(path())).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  function writeTensor(shape: number[], begin: number, end: number): void {
    writeSafetensors(path(), { a: tensor('F32', shape, begin, end) }, data);
  }

  function writeHeaderLength(bytes: bigint): void {
    writeFileSync(path(), Buffer.concat([lengthPrefix(bytes), Buffer.from('{}')]));
  }
});

describe('a weight of a network', () => {
  const builder = () => {
    const header = { w: tensor('F32', [2, 2], 0, 16), i: tensor('I32', [1], 16, 20) };
    writeSafetensors(path(), header, new Uint8Array(20));
    return new GraphBuilder(readSafetensorsHeader(path()));
  };

  it('is added once', () => {
    const b = builder();
    expect(b.weight('w', [2, 2])).toBe(b.weight('w', [2, 2]));
    expect(b.hasWeight('w')).toBe(true);
    expect(b.hasWeight('v')).toBe(false);
  });

  it.each([
    ['that is missing', 'v', [2, 2], '"v" is missing'],
    ['of another shape', 'w', [4], 'has the shape 2×2, not 4'],
    ['of whole numbers', 'i', [1], 'has the type I32'],
  ])('is rejected %s', (_case, name, shape, reason) => {
    expect(() => builder().weight(name, shape)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining(reason) }),
    );
  });
});
