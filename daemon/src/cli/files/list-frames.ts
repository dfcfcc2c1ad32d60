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
  /** File name without its extension; what is written for the frame is named after it. */
  stem: string;
}

/**
 * The images of a folder in natural order: frame2 before frame10.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function listFrames(folder: string): Promise<FrameFile[]> {
  const names = await readdir(folder).catch(() => {
    throw badFrames(`${folder} is not a folder that can be read.`);
  });
  const frames = names
    .filter((name) => EXTENSIONS.has(extname(name).toLowerCase()))
    .sort(collator.compare)
    .map((name) => ({ path: join(folder, name), name, stem: parse(name).name }));
  if (frames.length === 0) throw badFrames(`${folder} has no images.`);
  if (frames.length === 1) throw badFrames(`${folder} has one image only, and nothing can be carried to another.`);
  const twin = frames.find(({ stem }, n) => stem === frames[n + 1]?.stem);
  if (twin !== undefined) throw badFrames(`${folder} has two images named ${twin.stem}.`);
  return frames;
}

/**
 * Index of the frame that `wanted` names: its file name with or without extension, or its number, counted from 1.
 * @throws SamepointError `BAD_REQUEST`
 */
export function findFrame(frames: readonly FrameFile[], wanted: string): number {
  const named = frames.findIndex(({ name, stem }) => name === wanted || stem === wanted);
  if (named >= 0) return named;
  const number = Number(wanted);
  if (Number.isInteger(number) && number >= 1 && number <= frames.length) return number - 1;
  throw new SamepointError(
    'BAD_REQUEST',
    `There is no frame "${wanted}".`,
    `Give --frame a file name, or a number from 1 to ${frames.length}.`,
  );
}

function badFrames(message: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    message,
    'Give a folder with the frames as PNG, JPEG or WebP, one file each.',
  );
}
