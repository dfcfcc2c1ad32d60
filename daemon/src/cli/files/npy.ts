import { readFile } from 'node:fs/promises';
import type { NdArray } from '../../graph/runtime/run.js';
import { invalidNpy, NPY_MAGIC, NPY_PREFIX_BYTES, parseNpy } from '../../graph/weights/parse-npy.js';
import { writeOutputFile } from './output-files.js';

const ALIGNMENT = 64;

/**
 * Writes a float32 array as NPY version 1.0, row-major.
 * @param option that names the file
 * @throws SamepointError `BAD_REQUEST`
 */
export async function writeNpy(path: string, { dims, data }: NdArray, option = '--out'): Promise<void> {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  const padding = (ALIGNMENT - ((NPY_PREFIX_BYTES + text.length + 1) % ALIGNMENT)) % ALIGNMENT;
  const header = Buffer.from(`${text}${' '.repeat(padding)}\n`, 'latin1');
  const prefix = Buffer.concat([NPY_MAGIC, Buffer.from([1, 0]), Buffer.alloc(2)]);
  prefix.writeUInt16LE(header.length, NPY_PREFIX_BYTES - 2);
  const values = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  await writeOutputFile(path, Buffer.concat([prefix, header, values]), option);
}

/**
 * Reads a row-major NPY file of floats or integers.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function readNpy(path: string): Promise<NdArray> {
  const bytes = await readFile(path).catch(() => {
    throw invalidNpy(path, 'it cannot be opened');
  });
  return parseNpy(bytes, path);
}
