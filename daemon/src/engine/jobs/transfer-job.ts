import type { TransferRequest, TransferResult } from '@samepoint/shared-protocol';
import { matchItself } from '../../correspond/match-points.js';
import { type PairSight, placeItems, prepareItems } from '../../transfer/transfer.js';
import type { EngineOutcome } from '../engine.js';
import type { ImagePairs, SeenImage } from './image-pairs.js';
import type { ProgressReporter } from './progress-reporter.js';

/** @throws SamepointError also where an item does not fit the source */
export async function runTransfer(
  { source, targets, items, withCues, withMirrored }: TransferRequest,
  pairs: ImagePairs,
  progress: ProgressReporter,
): Promise<EngineOutcome> {
  progress.begin('features', pairs.steps);
  const sourceFeatures = await pairs.features(source.imageId);
  // before the targets are looked at: a wrong item should not cost a minute
  const prepared = prepareItems(items, source.layers, sourceFeatures);
  // one target after another, so that memory does not grow with their number
  const mirroredSteps = withMirrored === true ? pairs.steps : 0;
  progress.begin('matching', targets.length * (pairs.steps + mirroredSteps + 1));
  const seenSource: SeenImage = [source.imageId, sourceFeatures];
  const placed = new Map<number, TransferResult['targets'][number]>();
  const order = await pairs.orderBySize(targets.map(({ frame }) => frame.imageId));
  for (const index of order) {
    const wanted = targets[index];
    if (wanted === undefined) throw new Error('the order has an index for each target');
    const { targetId, frame } = wanted;
    const target = await pairs.features(frame.imageId);
    const seenTarget: SeenImage = [frame.imageId, target];
    const sight = frame.imageId === source.imageId ? ITSELF : sightOf(pairs, seenSource, seenTarget);
    const placements = await placeItems(prepared, source.layers, frame.layers, target, sight, withCues);
    const hint = withMirrored === true ? { mirrored: await pairs.mirrored(seenSource, seenTarget) } : {};
    placed.set(index, { targetId, placements, ...hint });
    progress.step();
  }
  return { result: { kind: 'transfer', targets: targets.flatMap((_, index) => placed.get(index) ?? []) } };
}

/** The very same image: there is nothing to compare. */
const ITSELF: PairSight = { match: async (points) => points.map(matchItself) };

function sightOf(pairs: ImagePairs, source: SeenImage, target: SeenImage): PairSight {
  return {
    match: async (points) => (await pairs.matcher(source, target))(points),
    compare: (...parts) => pairs.compare(source, target, ...parts),
  };
}
