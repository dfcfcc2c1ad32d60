import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { LIMITS, SamepointError } from '@samepoint/shared-protocol';
import { decodeImage, type RgbImage } from '../../images/decode.js';
import { foreignFile } from '../../images/unreadable.js';

/** An image file given on the command line. */
export interface ImageFile {
  path: string;
  imageId: string;
  bytes: Uint8Array;
  image: RgbImage;
}

/** @throws SamepointError `IMAGE_MISSING`, `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE` */
export async function readImage(path: string): Promise<ImageFile> {
  const bytes = await readBytes(path);
  const image = await decodeImage(bytes, path);
  return { ...identify(path, bytes), image };
}

/** Adds the image id of a job: the SHA-256 of the bytes. */
export function identify(path: string, bytes: Uint8Array): Omit<ImageFile, 'image'> {
  return { path, bytes, imageId: createHash('sha256').update(bytes).digest('hex') };
}

const REASONS: Readonly<Record<string, string>> = { ENOENT: 'does not exist', EISDIR: 'is a folder, not an image' };

/** Reads an image file without decoding it. @throws SamepointError `IMAGE_MISSING`, `IMAGE_TOO_LARGE` */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > LIMITS.imageBytes) throw await tooLarge(path, size);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof SamepointError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason = REASONS[code] ?? 'cannot be opened';
    throw new SamepointError('IMAGE_MISSING', `${path} ${reason}.`, 'Check the path. Quote it if it contains spaces.');
  }
}

/** A video, for example, is named as such. */
async function tooLarge(path: string, size: number): Promise<SamepointError> {
  const foreign = await foreignFile(path);
  if (foreign !== undefined) return foreign;
  return new SamepointError(
    'IMAGE_TOO_LARGE',
    `${path} has ${size} bytes; the limit is ${LIMITS.imageBytes}.`,
    'Reduce its size or increase its compression.',
  );
}
