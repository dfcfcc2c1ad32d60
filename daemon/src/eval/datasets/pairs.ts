import { join } from 'node:path';
import * as z from 'zod';
import type { KeypointOutcome } from '../metrics/pck.js';
import type { Dataset } from './dataset.js';
import { readAnnotation } from './dataset-files.js';
import { keypointDataset } from './keypoint-pairs.js';

const pointSchema = z.tuple([z.number(), z.number()]).transform(([x, y]) => ({ x, y }));

const pairSchema = z
  .object({
    source: z.string().min(1),
    target: z.string().min(1),
    sourcePoints: z.array(pointSchema).min(1),
    targetPoints: z.array(pointSchema).min(1),
    group: z.string().min(1).default('pairs'),
  })
  .refine(({ sourcePoints, targetPoints }) => sourcePoints.length === targetPoints.length, {
    message: 'sourcePoints and targetPoints differ in number',
  });

const PROTOCOL = {
  title: 'Pairs, PCK in percent',
  note: 'thresholds relative to the longer side of the target; per image and per point',
  rowTitle: 'group',
  alphas: [0.005, 0.01, 0.02, 0.05, 0.1],
  originPx: 0,
  refusesOutside: true,
} as const;

const LAYOUT = `Choose a folder with images and a pairs.json: [{ "source": "a.png", "target": "b.png", "sourcePoints": [[x,y], …], "targetPoints": [[x,y], …], "group": "theme" }, …]`;

/** @throws SamepointError `BAD_REQUEST` */
export function readPairs(folder: string): Promise<z.infer<typeof pairSchema>[]> {
  return readAnnotation(join(folder, 'pairs.json'), z.array(pairSchema).min(1), LAYOUT);
}

/**
 * The user's own pairs: a folder with images and a `pairs.json`, with points in pixels from the top left corner.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function openPairs(folder: string): Promise<Dataset<KeypointOutcome>> {
  const pairs = await readPairs(folder);
  return keypointDataset(
    pairs.map(({ source, target, sourcePoints, targetPoints, group }, n) => ({
      id: `${n + 1} ${source} → ${target}`,
      group,
      source: join(folder, source),
      target: join(folder, target),
      sourceKeypoints: sourcePoints,
      targetKeypoints: targetPoints,
      base: 'target-long-side' as const,
    })),
    PROTOCOL,
  );
}
