import { extname, join, parse } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { foreignFile } from '../../images/unreadable.js';
import { visibleFiles } from '../../visible-files.js';

const EXTENSIONS: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.jfif', '.webp']);

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
 * Lists the images of a folder in natural order: frame2 before frame10. Hidden files are no frames.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function listFrames(folder: string): Promise<FrameFile[]> {
  const names = await visibleFiles(folder).catch(async () => {
    throw (await foreignFile(folder)) ?? invalidFrames(`${folder} is not a readable folder.`);
  });
  const frames = names
    .filter((name) => EXTENSIONS.has(extname(name).toLowerCase()))
    .sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1))
    .map((name) => ({ path: join(folder, name), name, stem: parse(name).name }));
  if (frames.length === 0) throw await noFrames(folder, names);
  if (frames.length === 1) throw invalidFrames(`${folder} contains only one image.`);
  checkStems(folder, frames);
  return frames;
}

/** Output files are named after stems, and some file systems ignore case. */
function checkStems(folder: string, frames: readonly FrameFile[]): void {
  const seen = new Map<string, string>();
  for (const { name, stem } of frames) {
    const other = seen.get(stem.toLowerCase());
    if (other !== undefined) {
      throw invalidFrames(`${folder} contains two images named ${stem}: ${other} and ${name}.`);
    }
    seen.set(stem.toLowerCase(), name);
  }
}

/** Names the first file that holds pictures in another format, such as HEIC images or a video. */
async function noFrames(folder: string, names: readonly string[]): Promise<SamepointError> {
  for (const name of [...names].sort(collator.compare)) {
    const error = await foreignFile(join(folder, name));
    if (error !== undefined && !error.message.endsWith('a text file.')) return error;
  }
  return invalidFrames(`${folder} contains no images.`);
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
