import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Point, SamepointError } from '@samepoint/shared-protocol';
import { fromBufferPromise } from 'yauzl';
import * as z from 'zod';
import { parseNpy } from '../../graph/weights/parse-npy.js';
import { decodeText, parseJson } from '../../read-text.js';
import { detectCorners } from '../matching/detect-corners.js';
import { badDataset, readDatasetImage } from './dataset-files.js';

/** Entry with keypoints in the NPZ archives of SuperPoint and D2-Net. */
const NPZ_ENTRY = 'keypoints.npy';

const jsonSchema = z.array(z.tuple([z.number(), z.number()]));

const invalidText = (reason: string) => new TypeError(reason);

/** Readers by file extension: rows of x, y and optional further columns. */
const READERS: Readonly<Record<string, (bytes: Buffer, path: string) => Promise<Point[]>>> = {
  // text, the format of DIFT for SuperPoint's keypoints
  '.kp': async (bytes) =>
    toPoints(
      decodeText(bytes, invalidText)
        .trim()
        .split(/\r?\n/)
        .map((line) =>
          line
            .trim()
            .split(/[\s,]+/)
            .map(Number),
        ),
    ),
  '.json': async (bytes) =>
    jsonSchema.parse(parseJson(decodeText(bytes, invalidText), invalidText)).map(([x, y]) => ({ x, y })),
  '.npy': async (bytes, path) => pointsOfNpy(bytes, path),
  '.npz': async (bytes, path) => pointsOfNpy(await readNpzEntry(bytes), path),
};

export const KEYPOINT_FORMATS: readonly string[] = Object.keys(READERS);

/**
 * Reads the keypoints of one image.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function readKeypointFile(path: string): Promise<Point[]> {
  try {
    const read = READERS[extname(path)];
    if (read === undefined) throw new TypeError(`its extension is none of ${KEYPOINT_FORMATS.join(', ')}`);
    return await read(await readFile(path), path);
  } catch (cause) {
    if (cause instanceof SamepointError) throw cause;
    const reason =
      cause instanceof z.ZodError
        ? 'it is not a list of [x, y]'
        : String(cause instanceof Error ? cause.message : cause);
    throw badDataset(path, reason, 'Expected rows of x and y, in pixels of the image.');
  }
}

function toPoints(rows: readonly (readonly number[])[]): Point[] {
  return rows.map(([x, y], n) => {
    if (x === undefined || y === undefined || !Number.isFinite(x) || !Number.isFinite(y)) {
      throw new TypeError(`row ${n + 1} does not start with two numbers`);
    }
    return { x, y };
  });
}

function pointsOfNpy(bytes: Buffer, path: string): Point[] {
  const { dims, data } = parseNpy(bytes, path);
  const [count = 0, columns = 0] = dims;
  if (dims.length !== 2 || columns < 2) throw new TypeError(`its shape is (${dims.join(', ')}), not (keypoints, 2)`);
  return toPoints(Array.from({ length: count }, (_, n) => [...data.subarray(n * columns, (n + 1) * columns)]));
}

async function readNpzEntry(bytes: Buffer): Promise<Buffer> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName === NPZ_ENTRY) return buffer(await zip.openReadStreamPromise(entry));
  }
  throw new TypeError(`it has no ${NPZ_ENTRY}`);
}

/** Folder of keypoint files; without one, keypoints are detected. */
export interface KeypointSource {
  folder: string | undefined;
}

const LAYOUT = `Choose a folder with one file an image, <sequence>-<n> or <sequence>/<n>, with the extension ${KEYPOINT_FORMATS.join(', ')}.`;

/** Keypoint file of an image; empty if keypoints are detected. */
export function keypointFiles({ folder }: KeypointSource, sequence: string, index: number): string[] {
  if (folder === undefined) return [];
  const stems = [join(folder, `${sequence}-${index}`), join(folder, sequence, String(index))];
  const path = stems.flatMap((stem) => KEYPOINT_FORMATS.map((ending) => `${stem}${ending}`)).find(existsSync);
  if (path === undefined) throw badDataset(folder, `it has no keypoints for image ${index} of ${sequence}`, LAYOUT);
  return [path];
}

/** Unique keypoints of an image, sorted by x and then y like the official code. (0,0) is the centre of the first pixel. */
export async function keypointsOf(
  source: KeypointSource,
  sequence: string,
  index: number,
  image: string,
  count: number,
): Promise<Point[]> {
  const [given] = keypointFiles(source, sequence, index);
  const found =
    given === undefined ? await detectCorners(await readDatasetImage(image), count) : await readKeypointFile(given);
  const sorted = [...found].sort((a, b) => a.x - b.x || a.y - b.y);
  return sorted.filter(({ x, y }, n) => x !== sorted[n - 1]?.x || y !== sorted[n - 1]?.y);
}
