import { join } from 'node:path';
import type { Homography, Point } from '@samepoint/shared-protocol';
import { project } from '../../transfer/transforms/projective.js';
import { publishedHomography } from '../../transfer/transforms/robust-estimator.js';
import { visibleFiles } from '../../visible-files.js';
import { matchImages, type PixelPair } from '../matching/match-keypoints.js';
import {
  cornerErrorPx,
  type HomographyOutcome,
  homographyOutcomeSchema,
  homographyTable,
  matchingScore,
  matchingTable,
  PIXEL_THRESHOLDS,
} from '../metrics/homography-accuracy.js';
import {
  type CaseDrawing,
  type CaseMark,
  type Dataset,
  type DatasetItem,
  type EvalTools,
  evenSubsample,
} from './dataset.js';
import { badDataset, readDatasetText } from './dataset-files.js';
import { type KeypointSource, keypointFiles, keypointsOf } from './keypoint-files.js';

export interface HpatchesOptions {
  /** Folder of given keypoints; without one, corners are detected. */
  keypoints?: string;
}

/** Kinds of sequences, by prefix. */
const KINDS = { i_: 'illumination', v_: 'viewpoint' } as const;
/** The first image of a sequence is matched against the others. */
const TARGETS = [2, 3, 4, 5, 6];
const [STRICTEST_PX] = PIXEL_THRESHOLDS;
/** Matches drawn for each pair in the report. */
const SHOWN = 40;

const LAYOUT =
  'Choose the published folder hpatches-sequences-release, with 1.ppm to 6.ppm and H_1_2 to H_1_6 in i_*/ and v_*/.';

/** One image of a sequence matched against the first. */
interface SequencePair {
  sequence: string;
  source: string;
  target: string;
  index: number;
  truth: Homography;
}

/**
 * HPatches sequences (Balntas et al., 2017) as evaluated by DIFT: mutual nearest neighbours of keypoints, a robust homography,
 * and its corner error in pixels of the original images.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function openHpatches(
  folder: string,
  { keypoints }: HpatchesOptions,
): Promise<Dataset<HomographyOutcome>> {
  const names = await visibleFiles(folder).catch(() => []);
  const sequences = names.filter((name) => kindOf(name) !== undefined).sort();
  if (sequences.length === 0) throw badDataset(folder, 'it has no sequences i_* or v_*', LAYOUT);
  const items: DatasetItem<HomographyOutcome>[] = [];
  for (const sequence of sequences) {
    for (const index of TARGETS) items.push(toItem(await readPair(folder, sequence, index), { folder: keypoints }));
  }
  return {
    items,
    outcomeSchema: homographyOutcomeSchema,
    score: matchingScore,
    scoreMeaning: `the percentage of its matches within ${PIXEL_THRESHOLDS[1]} px of the truth`,
    ranking: {
      thresholds: [`${STRICTEST_PX} px`, ...PIXEL_THRESHOLDS.slice(1).map((threshold) => `${threshold} px`)],
      scores: ({ matches, within }) => within.map((count) => (matches === 0 ? 0 : (100 * count) / matches)),
      of: 'distances from the truth',
    },
    summarise: (outcomes) => [homographyTable(outcomes), matchingTable(outcomes)],
  };
}

function kindOf(sequence: string): string | undefined {
  return Object.entries(KINDS).find(([prefix]) => sequence.startsWith(prefix))?.[1];
}

async function readPair(folder: string, sequence: string, index: number): Promise<SequencePair> {
  const path = join(folder, sequence, `H_1_${index}`);
  const numbers = (await readDatasetText(path, LAYOUT)).trim().split(/\s+/).map(Number);
  const [a, b, c, d, e, f, g, h, i] = numbers;
  if (numbers.length !== 9 || !numbers.every(Number.isFinite)) {
    throw badDataset(path, 'it does not contain nine numbers', LAYOUT);
  }
  return {
    sequence,
    index,
    source: join(folder, sequence, '1.ppm'),
    target: join(folder, sequence, `${index}.ppm`),
    truth: [a ?? 0, b ?? 0, c ?? 0, d ?? 0, e ?? 0, f ?? 0, g ?? 0, h ?? 0, i ?? 0],
  };
}

function toItem(pair: SequencePair, keypoints: KeypointSource): DatasetItem<HomographyOutcome> {
  const { sequence, index, source, target, truth } = pair;
  const given = [...keypointFiles(keypoints, sequence, 1), ...keypointFiles(keypoints, sequence, index)];
  return {
    id: `${sequence} 1 → ${index}`,
    group: kindOf(sequence) ?? sequence,
    files: [source, target, ...given],
    truth,
    evaluate: (tools) => evaluatePair(tools, pair, keypoints),
    drawing: (outcome) => drawing(pair, outcome),
  };
}

async function evaluatePair(
  tools: EvalTools,
  { sequence, index, source, target, truth }: SequencePair,
  keypoints: KeypointSource,
): Promise<HomographyOutcome> {
  const count = tools.homography.keypoints;
  const from = {
    features: await tools.features(source),
    keypoints: await keypointsOf(keypoints, sequence, 1, source, count),
  };
  const to = {
    features: await tools.features(target),
    keypoints: await keypointsOf(keypoints, sequence, index, target, count),
  };
  const matches = await matchImages(tools, from, to);
  const homography = await publishedHomography(matches, tools.homography);
  const { width, height } = from.features;
  const errorPx = homography === null ? null : cornerErrorPx(homography, truth, width, height);
  return {
    // a homography can map a corner to infinity
    cornerErrorPx: errorPx !== null && Number.isFinite(errorPx) ? errorPx : null,
    matches: matches.length,
    within: PIXEL_THRESHOLDS.map(
      (threshold) => matches.filter((match) => matchErrorPx(match, truth) <= threshold).length,
    ),
    shown: evenSubsample(matches, SHOWN).map(({ source: from, target: predicted }) => ({
      source: from,
      truth: project(truth, from),
      predicted,
    })),
  };
}

function matchErrorPx({ source, target }: PixelPair, truth: Homography): number {
  return distancePx(project(truth, source), target);
}

function distancePx(a: Point, b: Point): number {
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
}

function drawing({ source, target }: SequencePair, { shown }: HomographyOutcome): CaseDrawing {
  const marks = shown.map((mark) => ({ ...mark, grade: gradeOf(distancePx(mark.truth, mark.predicted)) }));
  return { source, target, marks };
}

function gradeOf(errorPx: number): CaseMark['grade'] {
  if (errorPx <= STRICTEST_PX) return 'right';
  return errorPx <= Math.max(...PIXEL_THRESHOLDS) ? 'near' : 'wrong';
}
