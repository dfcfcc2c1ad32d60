import { basename } from 'node:path';
import { type Point, SamepointError } from '@samepoint/shared-protocol';
import { matchPoints } from '../../correspond/match-points.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { Size } from '../../images/resize.js';
import { upsampledArgmax } from '../matching/upsampled-argmax.js';
import { foundShare, isFound, type KeypointOutcome, keypointOutcomeSchema, pckTable } from '../metrics/pck.js';
import type { CasePicture, Dataset, DatasetItem, EvalTools } from './dataset.js';

/** Two images and keypoints that correspond, in pixels of each. */
export interface KeypointPair {
  id: string;
  group: string;
  /** Paths of the images. */
  source: string;
  target: string;
  sourceKeypoints: readonly Point[];
  targetKeypoints: readonly Point[];
  /** What the thresholds of PCK are parts of: pixels, or the longer side of the target image. */
  base: number | 'target-long-side';
  /** What the images show, for the text condition of the networks that have one. */
  category?: string;
}

/** How a data set of keypoint pairs is scored and printed. */
export interface KeypointProtocol {
  title: string;
  note: string;
  rowTitle: string;
  /** Thresholds of PCK; the report ranks pairs by the last. */
  alphas: readonly [number, ...number[]];
  /** Where (0,0) of a keypoint is in the first pixel, along both axes: its middle is 0.5. */
  originPx: number;
  /** Refuse keypoints outside their image: in somebody's own file they are a slip. Published sets are taken as they are. */
  refusesOutside?: true;
}

/** Pairs of images scored by PCK. */
export function keypointDataset(pairs: readonly KeypointPair[], protocol: KeypointProtocol): Dataset<KeypointOutcome> {
  const rankedBy = protocol.alphas.at(-1) ?? protocol.alphas[0];
  return {
    items: pairs.map((pair) => toItem(pair, protocol, rankedBy)),
    outcomeSchema: keypointOutcomeSchema,
    score: (outcome) => 100 * foundShare(outcome, rankedBy),
    scoreMeaning: `the percentage of its points that are found within ${rankedBy} of the length that the note under the table names`,
    rightMeaning: `within ${rankedBy} of the length under the table`,
    summarise: (outcomes) => [pckTable(outcomes, protocol.alphas, protocol)],
  };
}

function toItem(pair: KeypointPair, protocol: KeypointProtocol, rankedBy: number): DatasetItem<KeypointOutcome> {
  const { id, group, source, target } = pair;
  const { originPx } = protocol;
  return {
    id,
    group,
    files: [source, target],
    truth: pair,
    evaluate: (tools) => matchPair(tools, pair, protocol),
    picture: (outcome) => keypointPicture(pair, outcome, rankedBy, originPx),
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
  const points = pair.sourceKeypoints.map((point) => moved(point, originPx));
  const found = await matchBy(tools, from, to, points);
  return {
    basePx: pair.base === 'target-long-side' ? Math.max(to.width, to.height) : pair.base,
    keypoints: pair.sourceKeypoints.map((source, n) => {
      const [truth, predicted] = [pair.targetKeypoints[n], found[n]];
      if (truth === undefined || predicted === undefined)
        throw new Error('keypoints and matches come in the same number');
      return { source, truth, predicted: moved(predicted, -originPx) };
    }),
  };
}

/** @param points where the top left corner of the image is (0,0); the answers likewise */
async function matchBy(
  { matcher, matching }: EvalTools,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
): Promise<Point[]> {
  if (matching !== 'published') {
    return (await matchPoints(matcher, source, target, points, matching)).map(({ point }) => point);
  }
  const [from, to] = [source.levels[source.baseLevel], target.levels[target.baseLevel]];
  if (from === undefined || to === undefined) throw new Error('a pyramid has the level of its first look');
  // pixels of the protocol are counted from the middle of the first
  const pixels = await upsampledArgmax(
    matcher,
    from,
    to,
    target,
    points.map((point) => moved(point, -0.5)),
  );
  return pixels.map((pixel) => moved(pixel, 0.5));
}

function moved({ x, y }: Point, byPx: number): Point {
  return { x: x + byPx, y: y + byPx };
}

/** @throws SamepointError `ITEM_OUTSIDE_IMAGE` */
function checkInside(points: readonly Point[], { width, height }: Size, id: string, path: string): void {
  const outside = points.find(({ x, y }) => !(x >= 0 && y >= 0 && x <= width && y <= height));
  if (outside === undefined) return;
  throw new SamepointError(
    'ITEM_OUTSIDE_IMAGE',
    `(${outside.x}, ${outside.y}) of pair ${id} lies outside ${basename(path)}, which is ${width}×${height} pixels.`,
    'Give points in pixels of their image, from its top left corner.',
  );
}

function keypointPicture(
  { source, target }: KeypointPair,
  { keypoints, basePx }: KeypointOutcome,
  alpha: number,
  originPx: number,
): CasePicture {
  return {
    source,
    target,
    marks: keypoints.map((keypoint) => ({
      source: moved(keypoint.source, originPx),
      truth: moved(keypoint.truth, originPx),
      predicted: keypoint.predicted === null ? null : moved(keypoint.predicted, originPx),
      correct: isFound(keypoint, basePx, alpha),
    })),
  };
}
