/**
 * Does a PNG, JPEG or WebP file end before its data does? Follows the structure of the file, without decoding it.
 * @returns false also for damage inside the file, and for other formats
 */
export function isCutOff(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (PNG_SIGNATURE.subarray(0, file.length).equals(file.subarray(0, PNG_SIGNATURE.length))) return isPngCutOff(file);
  if (file[0] === 0xff && file[1] === SOI) return isJpegCutOff(file);
  if (file.toString('latin1', 0, 4) === 'RIFF') return file.length < 8 || file.readUInt32LE(4) + 8 > file.length;
  return false;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Length and type before the data of a PNG chunk, its checksum after it. */
const CHUNK = { head: 8, checksum: 4 };

function isPngCutOff(file: Buffer): boolean {
  let at = PNG_SIGNATURE.length;
  while (at + CHUNK.head <= file.length) {
    const type = file.toString('latin1', at + 4, at + CHUNK.head);
    if (!/^[A-Za-z]{4}$/.test(type)) return false;
    if (type === 'IEND') return false;
    at += CHUNK.head + file.readUInt32BE(at) + CHUNK.checksum;
  }
  return true;
}

/** Markers of JPEG: start and end of the image, start of a scan, restart markers without a length. */
const [SOI, EOI, SOS, RST0, RST7] = [0xd8, 0xd9, 0xda, 0xd0, 0xd7];

function isJpegCutOff(file: Buffer): boolean {
  let at = 2;
  while (at + 4 <= file.length) {
    if (file[at] !== 0xff) return false;
    const marker = file[at + 1];
    if (marker === EOI) return false;
    if (marker === 0xff) {
      at++;
      continue;
    }
    at += 2 + file.readUInt16BE(at + 2);
    if (marker === SOS) at = endOfScan(file, at);
  }
  return file[at] !== 0xff || file[at + 1] !== EOI;
}

/** The position of the first marker after the compressed data. */
function endOfScan(file: Buffer, start: number): number {
  let at = start;
  while (at < file.length) {
    const next = file[at + 1];
    const isMarker = file[at] === 0xff && next !== 0 && next !== 0xff;
    if (isMarker && !(next !== undefined && next >= RST0 && next <= RST7)) return at;
    at++;
  }
  return at;
}
