import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { type ErrorCode, LIMITS, SamepointError } from '@samepoint/shared-protocol';
import { type FileKind, fileKind, HEAD_BYTES } from '../file-kinds.js';
import { isCutOff } from './cut-off.js';

/** Formats that are decoded, as in messages. */
const FORMATS = 'PNG, JPEG or WebP image';

const IMAGE_ERRORS: ReadonlySet<ErrorCode> = new Set(['IMAGE_MISSING', 'IMAGE_UNREADABLE', 'IMAGE_TOO_LARGE']);

/** Is an error about a single image, so that work on others can go on? */
export function isAboutImage(thrown: unknown): thrown is SamepointError {
  return thrown instanceof SamepointError && IMAGE_ERRORS.has(thrown.code);
}

/**
 * The error for bytes whose header is not that of a PNG, JPEG or WebP image. The message names the format that they have.
 * @param bytes the file, or its first bytes
 */
export function notAnImage(bytes: Uint8Array, name: string): SamepointError {
  const kind = fileKind(bytes);
  if (kind === undefined) {
    return unreadable(`${name} cannot be read: it is not a ${FORMATS}.`, `Give a ${FORMATS}.`);
  }
  if (isSupported(kind)) return notDecodable(bytes, name, 'invalid header');
  return unreadable(`${name} is ${kind.what}.`, kind.hint);
}

/**
 * The error for a file that is not an image by its first bytes, such as a video.
 * @returns undefined if it may be an image, or cannot be opened
 */
export async function foreignFile(path: string): Promise<SamepointError | undefined> {
  const head = await buffer(createReadStream(path, { end: HEAD_BYTES - 1 })).catch(() => undefined);
  const kind = head && fileKind(head);
  return kind === undefined || isSupported(kind) ? undefined : unreadable(`${path} is ${kind.what}.`, kind.hint);
}

/** The error for a file whose header is not that of an image; reads what it needs of it. */
export async function notAnImageFile(path: string): Promise<SamepointError> {
  try {
    return notAnImage(await buffer(createReadStream(path, { end: LIMITS.imageBytes })), path);
  } catch {
    return new SamepointError('IMAGE_MISSING', `${path} cannot be opened.`, 'Check the path and its permissions.');
  }
}

/**
 * The error for a PNG, JPEG or WebP image that cannot be decoded: it is cut off or damaged.
 * @param reason of the decoder
 */
export function notDecodable(bytes: Uint8Array, name: string, reason: string): SamepointError {
  if (isCutOff(bytes)) return unreadable(`${name} is cut off: the end of the file is missing.`, 'Get the file again.');
  const detail = reason.replace(/^\w+: /, '');
  return unreadable(
    `${name} is damaged: its pixels cannot be decoded (${detail}).`,
    'Get the file again, or save it anew from an image editor.',
  );
}

function isSupported({ what }: FileKind): boolean {
  return /^a (PNG|JPEG|WebP) image$/.test(what);
}

function unreadable(message: string, hint: string): SamepointError {
  return new SamepointError('IMAGE_UNREADABLE', message, hint);
}
