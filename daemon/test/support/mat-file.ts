import { writeFileSync } from 'node:fs';

const HEADER_BYTES = 128;
const ELEMENTS = { int8: 1, int32: 5, uint32: 6, double: 9, matrix: 14 };
const DOUBLE_CLASS = 6;

/** Writes one array of doubles as a MATLAB file of version 5; `data` is column-major. */
export function writeMatArray(path: string, name: string, dims: readonly number[], data: readonly number[]): void {
  const header = Buffer.alloc(HEADER_BYTES, ' ');
  header.write('MATLAB 5.0 MAT-file');
  header.fill(0, 116, 124);
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126);
  const matrix = Buffer.concat([
    element(ELEMENTS.uint32, Buffer.from(Uint32Array.of(DOUBLE_CLASS, 0).buffer)),
    element(ELEMENTS.int32, Buffer.from(Int32Array.from(dims).buffer)),
    element(ELEMENTS.int8, Buffer.from(name)),
    element(ELEMENTS.double, Buffer.from(Float64Array.from(data).buffer)),
  ]);
  writeFileSync(path, Buffer.concat([header, element(ELEMENTS.matrix, matrix)]));
}

/** Type, length, and the bytes padded to a multiple of eight. */
function element(type: number, bytes: Buffer): Buffer {
  const tag = Buffer.from(Uint32Array.of(type, bytes.length).buffer);
  return Buffer.concat([tag, bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}
