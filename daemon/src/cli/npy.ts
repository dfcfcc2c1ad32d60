import { readFile } from 'node:fs/promises';
import { SamepointError } from '@samepoint/shared-protocol';
import type { NdArray } from '../graph/run.js';
import { writeWhole } from './write-whole.js';

const MAGIC = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]);
const PREFIX_BYTES = 10;
const ALIGNMENT = 64;

/**
 * Writes a float32 array as NumPy's NPY, version 1.0, row-major.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function writeNpy(path: string, { dims, data }: NdArray): Promise<void> {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  const padding = (ALIGNMENT - ((PREFIX_BYTES + text.length + 1) % ALIGNMENT)) % ALIGNMENT;
  const header = Buffer.from(`${text}${' '.repeat(padding)}\n`, 'latin1');
  const prefix = Buffer.concat([MAGIC, Buffer.from([1, 0]), Buffer.alloc(2)]);
  prefix.writeUInt16LE(header.length, PREFIX_BYTES - 2);
  await writeWhole(path, Buffer.concat([prefix, header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]));
}

/**
 * Reads a little-endian float32, row-major NPY file.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function readNpy(path: string): Promise<NdArray> {
  const bytes = await readFile(path).catch(() => {
    throw invalid(path, 'it cannot be opened');
  });
  if (bytes.length < PREFIX_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw invalid(path, 'it is not an NPY file');
  }
  const isVersion1 = bytes[6] === 1;
  const headerStart = isVersion1 ? PREFIX_BYTES : PREFIX_BYTES + 2;
  const headerBytes = isVersion1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const header = bytes.toString('latin1', headerStart, headerStart + headerBytes);
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (!/'descr':\s*'<f4'/.test(header) || !/'fortran_order':\s*False/.test(header) || shape === undefined) {
    throw invalid(path, 'it is not a row-major array of little-endian float32');
  }
  const dims = shape.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [Number(dim)]));
  const values = bytes.subarray(headerStart + headerBytes);
  if (values.length !== 4 * dims.reduce((product, dim) => product * dim, 1)) {
    throw invalid(path, `its ${values.length} bytes of data do not fit the shape (${dims.join(', ')})`);
  }
  return { dims, data: new Float32Array(new Uint8Array(values).buffer) };
}

function invalid(path: string, reason: string): SamepointError {
  return new SamepointError('BAD_REQUEST', `${path} cannot be used: ${reason}.`, 'Save it with numpy.save as float32.');
}
