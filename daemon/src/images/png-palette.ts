const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHUNK_HEADER_BYTES = 8;
const CHUNK_CRC_BYTES = 4;
/** Of a pixel of the header chunk: where the colour type lies, and the one that means indices of a palette. */
const COLOUR_TYPE = { offset: SIGNATURE.length + CHUNK_HEADER_BYTES + 9, indexed: 3 };

/**
 * The colours of a PNG with a palette, in their order; undefined for anything else. The image library gives colours
 * only, and the order is what the labels of DAVIS are.
 * Source: W3C, Portable Network Graphics (third edition), section 11.2.2.
 */
export function readPngPalette(bytes: Uint8Array): [number, number, number][] | undefined {
  const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return undefined;
  if (png[COLOUR_TYPE.offset] !== COLOUR_TYPE.indexed) return undefined;
  for (let at = SIGNATURE.length; at + CHUNK_HEADER_BYTES <= png.length; ) {
    const length = png.readUInt32BE(at);
    const start = at + CHUNK_HEADER_BYTES;
    if (png.toString('latin1', at + 4, start) === 'PLTE') return toColours(png.subarray(start, start + length));
    at = start + length + CHUNK_CRC_BYTES;
  }
  return undefined;
}

function toColours(bytes: Uint8Array): [number, number, number][] {
  return Array.from({ length: Math.floor(bytes.length / 3) }, (_, n) => [
    bytes[3 * n] ?? 0,
    bytes[3 * n + 1] ?? 0,
    bytes[3 * n + 2] ?? 0,
  ]);
}
