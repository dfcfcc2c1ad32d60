import type { Point, TransferRequest, TransferResult } from '@samepoint/shared-protocol';
import { type Match, matchItself } from '../correspond/match-points.js';
import { placeItems, prepareItems } from '../transfer/transfer.js';
import type { EngineOutcome } from './engine.js';
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
  const placed: TransferResult['targets'] = [];
  for (const { targetId, frame } of targets) {
    const target = await pairs.features(frame.imageId);
    const seenTarget: SeenImage = [frame.imageId, target];
    const match = async (points: readonly Point[]): Promise<readonly Match[]> => {
      if (frame.imageId === source.imageId) return points.map(matchItself);
      const find = await pairs.matcher(seenSource, seenTarget);
      return find(points);
    };
    const compare = pairs.comparer(seenSource, seenTarget);
    const placements = await placeItems(prepared, source.layers, frame.layers, target, match, withCues, compare);
    const hint = withMirrored === true ? { mirrored: await pairs.mirrored(seenSource, seenTarget) } : {};
    placed.push({ targetId, placements, ...hint });
    progress.step();
  }
  return { result: { kind: 'transfer', targets: placed } };
}
