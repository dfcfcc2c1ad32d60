import { join } from 'node:path';
import * as z from 'zod';
import { visibleFiles } from '../../visible-files.js';
import type { KeypointOutcome } from '../metrics/pck.js';
import type { Dataset } from './dataset.js';
import { badDataset, readAnnotation } from './dataset-files.js';
import { type KeypointPair, keypointDataset } from './keypoint-pairs.js';

export const SPAIR_SPLITS = ['test', 'val', 'trn'] as const;

/** Size that the PCK thresholds are relative to: the object's box, as published, or the image. */
export const PCK_BASES = ['box', 'image'] as const;

export interface SpairOptions {
  split: (typeof SPAIR_SPLITS)[number];
  pckBase: (typeof PCK_BASES)[number];
}

const pointSchema = z.tuple([z.number(), z.number()]).transform(([x, y]) => ({ x, y }));

const annotationSchema = z
  .object({
    category: z.string().min(1),
    src_imname: z.string().min(1),
    trg_imname: z.string().min(1),
    src_kps: z.array(pointSchema).min(1),
    trg_kps: z.array(pointSchema).min(1),
    trg_bndbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    trg_imsize: z.array(z.number().positive()).min(2),
  })
  .refine(({ src_kps, trg_kps }) => src_kps.length === trg_kps.length, {
    message: 'src_kps and trg_kps differ in number',
  });

const ALPHAS = [0.01, 0.05, 0.1] as const;

const LAYOUT =
  'Choose the published folder SPair-71k, with PairAnnotation/test/*.json and JPEGImages/<category>/*.jpg.';

/**
 * SPair-71k (Min et al., 2019), scored like eval_spair.py of DIFT: thresholds are relative to the longer side of the target
 * object's box, and "all" weights every pair (per image) or every point (per point) equally.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function openSpair(folder: string, { split, pckBase }: SpairOptions): Promise<Dataset<KeypointOutcome>> {
  const annotations = join(folder, 'PairAnnotation', split);
  const names = (await visibleFiles(annotations).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw badDataset(annotations, 'it has no *.json with a pair', LAYOUT);
  const pairs: KeypointPair[] = [];
  for (const name of names) pairs.push(await readPair(folder, annotations, name, pckBase));
  return keypointDataset(pairs, {
    title: `SPair-71k ${split}, PCK in percent`,
    note: `thresholds relative to the longer side of the target${pckBase === 'box' ? "'s object box" : ''}`,
    rowTitle: 'category',
    alphas: ALPHAS,
    originPx: 0.5,
  });
}

async function readPair(
  folder: string,
  annotations: string,
  name: string,
  pckBase: SpairOptions['pckBase'],
): Promise<KeypointPair> {
  const pair = await readAnnotation(join(annotations, name), annotationSchema, LAYOUT);
  const [left, top, right, bottom] = pair.trg_bndbox;
  const image = (file: string) => join(folder, 'JPEGImages', pair.category, file);
  return {
    id: name.slice(0, -'.json'.length),
    group: pair.category,
    source: image(pair.src_imname),
    target: image(pair.trg_imname),
    sourceKeypoints: pair.src_kps,
    targetKeypoints: pair.trg_kps,
    base: pckBase === 'box' ? Math.max(bottom - top, right - left) : Math.max(...pair.trg_imsize.slice(0, 2)),
    category: pair.category,
  };
}
