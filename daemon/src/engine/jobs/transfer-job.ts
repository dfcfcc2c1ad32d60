import type { Frame, TransferRequest, TransferredTarget } from '@samepoint/shared-protocol';
import { matchItself } from '../../correspond/match-points.js';
import { type PairMatcher, placeItems, prepareItems } from '../../transfer/place-items.js';
import type { EngineOutcome } from '../engine.js';
import { orFailure } from './failed-images.js';
import type { ImageFeatures, ImagePairs } from './image-pairs.js';
import type { ProgressReporter } from './progress-reporter.js';

export interface TransferOptions {
  /** Refine single points coarse-to-fine. */
  refines: boolean;
  /** See `orFailure`. */
  keepsGoing: boolean;
}

/** @throws SamepointError also if an item does not fit the source */
export async function runTransfer(
  { source, targets, items, withCues, withRunnersUp }: TransferRequest,
  pairs: ImagePairs,
  progress: ProgressReporter,
  { refines, keepsGoing }: TransferOptions,
): Promise<EngineOutcome> {
  progress.begin('features', pairs.steps);
  const sourceFeatures = await pairs.features(source.imageId);
  // validates the items before the targets' features are computed, which takes long
  const prepared = prepareItems(items, source.layers, sourceFeatures);
  // one target at a time, so that memory does not grow with their number
  progress.begin('matching', targets.length * (pairs.steps + 1));
  const sourceImage: ImageFeatures = [source.imageId, sourceFeatures];
  const details = { cues: withCues === true, runnersUp: withRunnersUp === true };
  const placeIn = async ({ imageId, layers }: Frame) => {
    const target = await pairs.features(imageId);
    const matcher =
      imageId === source.imageId ? IDENTITY_MATCHER : matcherOf(pairs, sourceImage, [imageId, target], refines);
    const placements = await placeItems(prepared, source.layers, layers, target, matcher, details);
    return { state: 'placed' as const, placements };
  };
  const placed = new Map<number, TransferredTarget>();
  const order = await pairs.orderBySize(targets.map(({ frame }) => frame.imageId));
  for (const index of order) {
    const entry = targets[index];
    if (entry === undefined) throw new Error('orderBySize returned an index without a target');
    const { targetId, frame } = entry;
    placed.set(index, { targetId, ...(await orFailure(frame.imageId, keepsGoing, () => placeIn(frame))) });
    progress.reach(placed.size * (pairs.steps + 1));
  }
  return { result: { kind: 'transfer', targets: targets.flatMap((_, index) => placed.get(index) ?? []) } };
}

/** The source matched with itself. */
const IDENTITY_MATCHER: PairMatcher = { match: async (points) => points.map(matchItself) };

function matcherOf(pairs: ImagePairs, source: ImageFeatures, target: ImageFeatures, refine: boolean): PairMatcher {
  return {
    match: async (points, single) =>
      (await pairs.matcher(source, target, single && refine ? { coarseToFine: true } : {}))(points),
    compare: (...parts) => pairs.compare(source, target, ...parts),
  };
}
