import { constants, crc32, deflateRawSync } from 'node:zlib';

const SIDE = 8000;
/** 16-bit RGBA, and a filter with three neighbours. */
const BYTES_PER_PIXEL = 8;
const PAETH = 4;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A PNG of as many pixels as the limits allow that is small, quick to make and slow to decode. */
export function slowPng(): Uint8Array {
  return Buffer.concat([SIGNATURE, chunk('IHDR', header()), chunk('IDAT', pixels()), chunk('IEND', Buffer.alloc(0))]);
}

function header(): Buffer {
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(SIDE, 0);
  ihdr.writeUInt32BE(SIDE, 4);
  ihdr.set([16, 6, 0, 0, 0], 8);
  return ihdr;
}

/** One compressed row, repeated; the flush at its end makes the copies independent. */
function pixels(): Buffer {
  const row = Buffer.alloc(1 + SIDE * BYTES_PER_PIXEL);
  row[0] = PAETH;
  const packed = deflateRawSync(row, { finishFlush: constants.Z_FULL_FLUSH });
  const last = deflateRawSync(Buffer.alloc(0));
  const rows = Array.from({ length: SIDE }, () => packed);
  return Buffer.concat([Uint8Array.of(0x78, 0x01), ...rows, last, adler32(row, SIDE)]);
}

function adler32(row: Buffer, times: number): Buffer {
  const modulus = 65_521;
  let a = 1;
  let b = 0;
  for (let n = 0; n < times; n++) {
    // all bytes but the first are 0, so `a` changes once per row
    a = (a + (row[0] ?? 0)) % modulus;
    b = (b + a * row.length) % modulus;
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt16BE(b, 0);
  sum.writeUInt16BE(a, 2);
  return sum;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
