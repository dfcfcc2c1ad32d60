import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../../src/cli/files/npy.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samepoint-npy-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('NPY files', () => {
  it.each([[[5]], [[1, 2, 3, 4]], [[2, 0]]])('round-trip, shape %j', async (dims) => {
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i - 0.5);
    const path = join(folder, `${dims.join('x')}.npy`);
    await writeNpy(path, { dims, data });
    expect(await readNpy(path)).toEqual({ dims, data });
    const bytes = await readFile(path);
    expect((10 + bytes.readUInt16LE(8)) % 64).toBe(0);
  });

  it.each([
    ['<f8', 'writeDoubleLE', 8, -2.5],
    ['<i4', 'writeInt32LE', 4, -7],
  ] as const)('may hold %s', async (descr, write, size, value) => {
    const bytes = npy(`{'descr': '${descr}', 'fortran_order': False, 'shape': (1,), }`, size);
    bytes[write](value, bytes.length - size);
    await writeFile(join(folder, 'number.npy'), bytes);
    expect(await readNpy(join(folder, 'number.npy'))).toEqual({ dims: [1], data: Float32Array.of(value) });
  });

  it.each([
    ['no such file', null],
    ['text', Buffer.from('not an array at all')],
    ['complex numbers', npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8)],
    ['column-major', npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", 4)],
    ['too few bytes', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4)],
  ])('are refused with a message: %s', async (name, bytes) => {
    const path = join(folder, `${name}.npy`);
    if (bytes !== null) await writeFile(path, bytes);
    await expect(readNpy(path)).rejects.toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining(path) });
  });
});

function npy(header: string, dataBytes: number): Buffer {
  const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  return Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(dataBytes)]);
}
