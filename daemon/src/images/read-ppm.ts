import { LIMITS, SamepointError } from '@samepoint/shared-protocol';
import type { RgbImage } from './decode.js';

/** `P6`, width, height and greatest value, apart by white space and comments, then one white space and the pixels. */
const HEADER = /^P6(?:\s+(?:#[^\n]*\n\s*)*)(\d+)(?:\s+(?:#[^\n]*\n\s*)*)(\d+)(?:\s+(?:#[^\n]*\n\s*)*)(\d+)\s/;
const HEADER_MAX_BYTES = 1024;
const GREATEST_VALUE = 255;

/**
 * Reads a binary PPM image with one byte a channel, as HPatches has them.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export function readPpm(bytes: Uint8Array, label: string): RgbImage {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_MAX_BYTES)).toString('latin1');
  const match = HEADER.exec(text);
  if (match === null) throw unreadable(label, 'it is not a binary PPM image');
  const [header, width = 0, height = 0, greatest] = [match[0], ...match.slice(1).map(Number)];
  if (greatest !== GREATEST_VALUE) throw unreadable(label, 'it does not have one byte a channel');
  if (width * height > LIMITS.imagePixels || width * height === 0) {
    throw new SamepointError(
      'IMAGE_TOO_LARGE',
      `${label} has ${width}×${height} pixels, and the limit is ${LIMITS.imagePixels / 1e6} million.`,
      'Use the image as the data set has it.',
    );
  }
  const rgb = bytes.subarray(header.length, header.length + 3 * width * height);
  if (rgb.length < 3 * width * height) throw unreadable(label, 'it ends before its last pixel');
  return { width, height, rgb };
}

function unreadable(label: string, reason: string): SamepointError {
  return new SamepointError(
    'IMAGE_UNREADABLE',
    `${label} cannot be read: ${reason}.`,
    'Use the image as the data set has it.',
  );
}
