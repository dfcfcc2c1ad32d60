import { basename } from 'node:path';
import { type Point, SamepointError } from '@samepoint/shared-protocol';
import { matchPoints } from '../../correspond/match-points.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { Size } from '../../images/resize.js';
import { upsampledArgmax } from '../matching/upsampled-argmax.js';
import {
  correctFraction,
  isCorrect,
  type Keypoint,
  type KeypointOutcome,
  keypointOutcomeSchema,
  pckTable,
} from '../metrics/pck.js';
import type { CaseDrawing, Dataset, DatasetItem, EvalTools } from './dataset.js';

/** Two images with corresponding keypoints, in pixels of each. */
export interface KeypointPair {
  id: string;
  group: string;
  /** Paths of the images. */
  source: string;
  target: string;
  sourceKeypoints: readonly Point[];
  targetKeypoints: readonly Point[];
  /** Length that the PCK thresholds are relative to: pixels, or the longer side of the target. */
  base: number | 'target-long-side';
  /** What the images show, for text-conditioned networks. */
  category?: string;
}

/** How a data set of keypoint pairs is scored and reported. */
export interface KeypointProtocol {
  title: string;
  note: string;
  rowTitle: string;
  /** PCK thresholds, the strictest first. */
  alphas: readonly [number, ...number[]];
  /** Position of (0,0) in the first pixel along both axes; 0.5 is its centre. */
  originPx: number;
  /** Refuse keypoints outside their image, as mistakes of the author. Published data sets accept them. */
  refusesOutside?: true;
}

/** Pairs of images scored by PCK. */
export function keypointDataset(pairs: readonly KeypointPair[], protocol: KeypointProtocol): Dataset<KeypointOutcome> {
  const [strictest, ...others] = protocol.alphas;
  const scoredAt = others.at(-1) ?? strictest;
  return {
    items: pairs.map((pair) => toItem(pair, protocol, { strictest, loosest: scoredAt })),
    outcomeSchema: keypointOutcomeSchema,
    score: (outcome) => 100 * correctFraction(outcome, scoredAt),
    scoreMeaning: `the percentage of its keypoints within ${scoredAt} of the length below the table`,
    ranking: {
      thresholds: [`@${strictest}`, ...others.map((alpha) => `@${alpha}`)],
      scores: (outcome) => protocol.alphas.map((alpha) => 100 * correctFraction(outcome, alpha)),
      of: 'parts of the length below the table',
    },
    summarise: (outcomes) => [pckTable(outcomes, protocol.alphas, protocol)],
  };
}

/** PCK thresholds of a drawing. */
interface DrawnAlphas {
  strictest: number;
  loosest: number;
}

function toItem(pair: KeypointPair, protocol: KeypointProtocol, alphas: DrawnAlphas): DatasetItem<KeypointOutcome> {
  const { id, group, source, target } = pair;
  const { originPx } = protocol;
  return {
    id,
    group,
    files: [source, target],
    truth: pair,
    evaluate: (tools) => matchPair(tools, pair, protocol),
    drawing: (outcome) => keypointDrawing(pair, outcome, alphas, originPx),
  };
}

async function matchPair(
  tools: EvalTools,
  pair: KeypointPair,
  { originPx, refusesOutside }: KeypointProtocol,
): Promise<KeypointOutcome> {
  const from = await tools.features(pair.source, pair.category);
  const to = await tools.features(pair.target, pair.category);
  if (refusesOutside) {
    checkInside(pair.sourceKeypoints, from, pair.id, pair.source);
    checkInside(pair.targetKeypoints, to, pair.id, pair.target);
  }
  const points = pair.sourceKeypoints.map((point) => translate(point, originPx));
  const found = await predict(tools, from, to, points);
  return {
    basePx: pair.base === 'target-long-side' ? Math.max(to.width, to.height) : pair.base,
    keypoints: pair.sourceKeypoints.map((source, n) => {
      const [truth, predicted] = [pair.targetKeypoints[n], found[n]];
      if (truth === undefined || predicted === undefined) throw new Error('keypoints and matches have the same length');
      return { source, truth, predicted: translate(predicted, -originPx) };
    }),
  };
}

/** @param points relative to the top left corner of the image, like the result */
async function predict(
  { matcher, matching }: EvalTools,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
): Promise<Point[]> {
  if (matching !== 'published') {
    return (await matchPoints(matcher, source, target, points, matching)).map(({ point }) => point);
  }
  const [from, to] = [source.levels[source.baseLevel], target.levels[target.baseLevel]];
  if (from === undefined || to === undefined) throw new Error('a pyramid has its base level');
  // the origin of the protocol is the centre of the first pixel
  const pixels = await upsampledArgmax(
    matcher,
    from,
    to,
    target,
    points.map((point) => translate(point, -0.5)),
  );
  return pixels.map((pixel) => translate(pixel, 0.5));
}

function translate({ x, y }: Point, byPx: number): Point {
  return { x: x + byPx, y: y + byPx };
}

/** @throws SamepointError `ITEM_OUTSIDE_IMAGE` */
function checkInside(points: readonly Point[], { width, height }: Size, id: string, path: string): void {
  const outside = points.find(({ x, y }) => !(x >= 0 && y >= 0 && x <= width && y <= height));
  if (outside === undefined) return;
  throw new SamepointError(
    'ITEM_OUTSIDE_IMAGE',
    `(${outside.x}, ${outside.y}) of pair ${id} lies outside ${basename(path)}, which has ${width}×${height} pixels.`,
    'Points are in pixels of their image, from its top left corner.',
  );
}

function keypointDrawing(
  { source, target }: KeypointPair,
  { keypoints, basePx }: KeypointOutcome,
  { strictest, loosest }: DrawnAlphas,
  originPx: number,
): CaseDrawing {
  const gradeOf = (keypoint: Keypoint) => {
    if (isCorrect(keypoint, basePx, strictest)) return 'right';
    return isCorrect(keypoint, basePx, loosest) ? 'near' : 'wrong';
  };
  return {
    source,
    target,
    marks: keypoints.map((keypoint) => ({
      source: translate(keypoint.source, originPx),
      truth: translate(keypoint.truth, originPx),
      predicted: keypoint.predicted === null ? null : translate(keypoint.predicted, originPx),
      grade: gradeOf(keypoint),
    })),
  };
}
