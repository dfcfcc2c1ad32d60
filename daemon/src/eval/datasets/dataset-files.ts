import { readFile } from 'node:fs/promises';
import { SamepointError } from '@samepoint/shared-protocol';
import type * as z from 'zod';
import { decodeImage, decodePpm, type RgbImage } from '../../images/decode.js';
import { readJson, readText } from '../../read-text.js';

/**
 * Reads a JSON file of a data set.
 * @param layout expected layout of the data set, for the hint
 * @throws SamepointError `BAD_REQUEST` that names the file and the entry
 */
export async function readAnnotation<T>(path: string, schema: z.ZodType<T>, layout: string): Promise<T> {
  const json = await readJson(path, (reason, hint) => badDataset(path, reason, hint ?? layout));
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw badDataset(path, describeIssue(parsed.error), layout);
}

/** @throws SamepointError `BAD_REQUEST` */
export async function readDatasetText(path: string, layout: string): Promise<string> {
  return readText(path, (reason, hint) => badDataset(path, reason, hint ?? layout));
}

export function badDataset(path: string, reason: string, layout: string): SamepointError {
  return new SamepointError('BAD_REQUEST', `${path} cannot be used: ${reason}.`, layout);
}

/** `entry 3, targetPoints, point 1: expected number, received string`; entries are counted from 1. */
function describeIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return 'it is malformed';
  const place = issue.path.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part))).join(', ');
  return place === '' ? lower(issue.message) : `${place}: ${lower(issue.message)}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

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

/** Decodes PNG, JPEG and WebP, and the PPM of data sets. */
export async function decodeDatasetImage(bytes: Uint8Array, path: string): Promise<RgbImage> {
  return path.endsWith('.ppm') ? decodePpm(bytes, path) : decodeImage(bytes, path);
}

/** @throws SamepointError `IMAGE_MISSING`, `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE` */
export async function readDatasetImage(path: string): Promise<RgbImage> {
  return decodeDatasetImage(await readDatasetBytes(path), path);
}
