import { readdir } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';

const EXTENSIONS: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.webp']);

const collator = new Intl.Collator('en', { numeric: true });

/** A frame of a sequence on disk. */
export interface FrameFile {
  path: string;
  /** File name. */
  name: string;
  /** File name without extension; output files are named after it. */
  stem: string;
}

/**
 * Lists the images of a folder in natural order: frame2 before frame10.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function listFrames(folder: string): Promise<FrameFile[]> {
  const names = await readdir(folder).catch(() => {
    throw invalidFrames(`${folder} is not a readable folder.`);
  });
  const frames = names
    .filter((name) => EXTENSIONS.has(extname(name).toLowerCase()))
    .sort(collator.compare)
    .map((name) => ({ path: join(folder, name), name, stem: parse(name).name }));
  if (frames.length === 0) throw invalidFrames(`${folder} contains no images.`);
  if (frames.length === 1) throw invalidFrames(`${folder} contains only one image.`);
  const duplicate = frames.find(({ stem }, n) => stem === frames[n + 1]?.stem);
  if (duplicate !== undefined) throw invalidFrames(`${folder} contains two images named ${duplicate.stem}.`);
  return frames;
}

/**
 * Finds a frame by file name, with or without extension, or by number from 1.
 * @returns its index
 * @throws SamepointError `BAD_REQUEST`
 */
export function findFrame(frames: readonly FrameFile[], selector: string): number {
  const named = frames.findIndex(({ name, stem }) => name === selector || stem === selector);
  if (named >= 0) return named;
  const number = Number(selector);
  if (Number.isInteger(number) && number >= 1 && number <= frames.length) return number - 1;
  throw new SamepointError(
    'BAD_REQUEST',
    `There is no frame "${selector}".`,
    `Give a file name or a number from 1 to ${frames.length}.`,
  );
}

function invalidFrames(message: string): SamepointError {
  return new SamepointError('BAD_REQUEST', message, 'Choose a folder with one PNG, JPEG or WebP image per frame.');
}
