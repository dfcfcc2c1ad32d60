import type { TransferRequest, TransferResult } from '@samepoint/shared-protocol';
import { matchItself } from '../../correspond/match-points.js';
import { type PairMatcher, placeItems, prepareItems } from '../../transfer/place-items.js';
import type { EngineOutcome } from '../engine.js';
import type { ImageFeatures, ImagePairs } from './image-pairs.js';
import type { ProgressReporter } from './progress-reporter.js';

/**
 * @param refines refine single points coarse-to-fine
 * @throws SamepointError also if an item does not fit the source
 */
export async function runTransfer(
  { source, targets, items, withCues }: TransferRequest,
  pairs: ImagePairs,
  progress: ProgressReporter,
  refines: boolean,
): Promise<EngineOutcome> {
  progress.begin('features', pairs.steps);
  const sourceFeatures = await pairs.features(source.imageId);
  // validates the items before the targets' features are computed, which takes long
  const prepared = prepareItems(items, source.layers, sourceFeatures);
  // one target at a time, so that memory does not grow with their number
  progress.begin('matching', targets.length * (pairs.steps + 1));
  const sourceImage: ImageFeatures = [source.imageId, sourceFeatures];
  const placed = new Map<number, TransferResult['targets'][number]>();
  const order = await pairs.orderBySize(targets.map(({ frame }) => frame.imageId));
  for (const index of order) {
    const entry = targets[index];
    if (entry === undefined) throw new Error('orderBySize returned an index without a target');
    const { targetId, frame } = entry;
    const target = await pairs.features(frame.imageId);
    const targetImage: ImageFeatures = [frame.imageId, target];
    const matcher =
      frame.imageId === source.imageId ? IDENTITY_MATCHER : matcherOf(pairs, sourceImage, targetImage, refines);
    const placements = await placeItems(prepared, source.layers, frame.layers, target, matcher, withCues);
    placed.set(index, { targetId, placements });
    progress.step();
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
