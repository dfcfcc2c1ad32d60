import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Point } from '@samepoint/shared-protocol';
import { detectCorners } from '../matching/detect-corners.js';
import { readDatasetImage } from './dataset-image.js';
import { badDataset } from './read-annotation.js';
import { KEYPOINT_FORMATS, readKeypointFile } from './read-keypoint-file.js';

/** Where keypoints come from: files in a folder, or a detector. */
export interface KeypointSource {
  folder: string | undefined;
}

const LAYOUT = `Give a folder with one file an image, <sequence>-<n> or <sequence>/<n>, with the ending ${KEYPOINT_FORMATS.join(', ')}.`;

/** The keypoint file of an image; none where keypoints are detected. */
export function keypointFiles({ folder }: KeypointSource, sequence: string, index: number): string[] {
  if (folder === undefined) return [];
  const stems = [join(folder, `${sequence}-${index}`), join(folder, sequence, String(index))];
  const path = stems.flatMap((stem) => KEYPOINT_FORMATS.map((ending) => `${stem}${ending}`)).find(existsSync);
  if (path === undefined) throw badDataset(folder, `it has no keypoints for image ${index} of ${sequence}`, LAYOUT);
  return [path];
}

/** Keypoints of an image, each once, in the order of x and then y, as the official code sorts them; (0,0) is the middle of the first pixel. */
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
