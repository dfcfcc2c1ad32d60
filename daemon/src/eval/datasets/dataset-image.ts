import { readFile } from 'node:fs/promises';
import { SamepointError } from '@samepoint/shared-protocol';
import { decodeImage, decodePpm, type RgbImage } from '../../images/decode.js';

/** @throws SamepointError `IMAGE_MISSING` */
export async function readDatasetBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new SamepointError(
      'IMAGE_MISSING',
      `${path} ${missing ? 'does not exist' : 'cannot be opened'}.`,
      'Check that the data set is complete.',
    );
  });
}

/** Decodes PNG, JPEG, WebP, and PPM, which only data sets have. */
export async function decodeDatasetImage(bytes: Uint8Array, path: string): Promise<RgbImage> {
  return path.endsWith('.ppm') ? decodePpm(bytes, path) : decodeImage(bytes, path);
}

/** @throws SamepointError `IMAGE_MISSING`, `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE` */
export async function readDatasetImage(path: string): Promise<RgbImage> {
  return decodeDatasetImage(await readDatasetBytes(path), path);
}
