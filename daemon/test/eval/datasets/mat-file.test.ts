import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readMatArray } from '../../../src/eval/datasets/mat-file.js';
import { useTempFolder } from '../../support/temp-folder.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/mat/${name}`, import.meta.url));
const folder = useTempFolder();

/** The fixture with some of its bytes changed. */
function changed(name: string, change: (bytes: Buffer) => Buffer): string {
  writeFileSync(folder.path(name), change(readFileSync(fixture('plain.mat'))));
  return folder.path(name);
}

function setText(bytes: Buffer, at: number, text: string): Buffer {
  bytes.write(text, at, 'latin1');
  return bytes;
}

describe('a MATLAB file of version 5, as scipy writes it', () => {
  it.each(['plain.mat', 'compressed.mat'])('%s is read column-major', async (name) => {
    const read = (variable: string) => readMatArray(fixture(name), variable);
    expect(await read('pts_coord')).toEqual({ dims: [2, 3], data: Float64Array.of(10.5, 1, 20, 2.25, 30, 300) });
    const positions = await read('pos_img');
    expect(positions.dims).toEqual([2, 3, 4]);
    // element (1, 2, 3) of an array counted row by row is 1·12 + 2·4 + 3
    expect(positions.data[1 + 2 * 2 + 3 * 6]).toBe(23);
    expect((await read('small')).data).toEqual(Float64Array.of(1, 2, 3));
    expect((await read('singles')).data).toEqual(Float64Array.of(0.5, -1.5));
    expect((await read('shorts')).data).toEqual(Float64Array.of(-300, 300));
    expect((await read('longs')).data).toEqual(Float64Array.of(2 ** 40));
    expect(await read('empty')).toEqual({ dims: [0, 2], data: new Float64Array() });
  });

  it.each([
    [
      'a variable that is not there',
      fixture('plain.mat'),
      'nose',
      'has no variable "nose" (only comment, pose, pts_coord',
    ],
    ['text', fixture('plain.mat'), 'comment', 'its variable "comment" is not a full array of real numbers'],
    ['a structure', fixture('compressed.mat'), 'pose', 'its variable "pose" is not a full array of real numbers'],
    ['complex numbers', fixture('plain.mat'), 'waves', 'its variable "waves" is not a full array of real numbers'],
    ['a missing file', fixture('none.mat'), 'x', 'it cannot be opened'],
  ])('refuses %s with a message', async (_, path, variable, reason) => {
    await expect(readMatArray(path, variable)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(reason),
    });
  });

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['another kind of file', () => Buffer.from('P6\n1 1\n255\n'), 'it is not a MATLAB file of version 5'],
    ['version 7.3', (bytes) => setText(bytes, 0, 'MATLAB 7.3'), 'it is of version 7.3 (HDF5)'],
    ['big-endian numbers', (bytes) => setText(bytes, 126, 'MI'), 'its numbers are big-endian'],
    ['a file that was cut', (bytes) => bytes.subarray(0, 400), 'it ends in the middle of a variable'],
    [
      'a length beyond the end',
      (bytes) => setText(bytes, 132, '\xff\xff\xff\x7f'),
      'it ends in the middle of a variable',
    ],
  ])('refuses %s with a message', async (name, change, reason) => {
    await expect(readMatArray(changed(`${name}.mat`, change), 'longs')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(reason),
    });
  });

  it('refuses a compressed variable that does not unpack', async () => {
    const path = folder.path('broken.mat');
    const bytes = readFileSync(fixture('compressed.mat'));
    bytes.fill(0xff, 140, 150);
    writeFileSync(path, bytes);
    await expect(readMatArray(path, 'pts_coord')).rejects.toMatchObject({
      message: expect.stringContaining('it is damaged'),
    });
  });
});
