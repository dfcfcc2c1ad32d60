import { SamepointError } from '@samepoint/shared-protocol';
import type { NdArray } from '../runtime/run.js';

/** First bytes of NPY files. */
export const NPY_MAGIC = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]);
/** Size of magic, version and header length in version 1. */
export const NPY_PREFIX_BYTES = 10;

/** Supported element types, by their NumPy names. */
const ELEMENTS: Readonly<Record<string, { bytes: number; read: (data: DataView, at: number) => number }>> = {
  '<f4': { bytes: 4, read: (data, at) => data.getFloat32(at, true) },
  '<f8': { bytes: 8, read: (data, at) => data.getFloat64(at, true) },
  '<i4': { bytes: 4, read: (data, at) => data.getInt32(at, true) },
  '<i8': { bytes: 8, read: (data, at) => Number(data.getBigInt64(at, true)) },
};

/**
 * Parses a row-major NPY file of floats or integers as float32.
 * @param label name of the file in messages
 * @throws SamepointError `BAD_REQUEST`
 */
export function parseNpy(bytes: Buffer, label: string): NdArray {
  if (bytes.length < NPY_PREFIX_BYTES || !bytes.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC)) {
    throw invalidNpy(label, 'it is not an NPY file');
  }
  const isVersion1 = bytes[6] === 1;
  const headerStart = isVersion1 ? NPY_PREFIX_BYTES : NPY_PREFIX_BYTES + 2;
  const headerBytes = isVersion1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const header = bytes.toString('latin1', headerStart, headerStart + headerBytes);
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const element = ELEMENTS[/'descr':\s*'([^']*)'/.exec(header)?.[1] ?? ''];
  if (element === undefined || !/'fortran_order':\s*False/.test(header) || shape === undefined) {
    throw invalidNpy(label, 'it is not a row-major array of little-endian numbers');
  }
  const dims = shape.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [Number(dim)]));
  const values = bytes.subarray(headerStart + headerBytes);
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (values.length !== element.bytes * count) {
    throw invalidNpy(label, `its ${values.length} bytes of data do not fit the shape (${dims.join(', ')})`);
  }
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  return { dims, data: Float32Array.from({ length: count }, (_, n) => element.read(view, n * element.bytes)) };
}

export function invalidNpy(label: string, reason: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `${label} cannot be used: ${reason}.`,
    'Save it as float32 with numpy.save.',
  );
}
