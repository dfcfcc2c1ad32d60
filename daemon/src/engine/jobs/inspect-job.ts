import type { InspectRequest } from '@samepoint/shared-protocol';
import { toHeatmap } from '../../correspond/heatmap.js';
import { prepareItems } from '../../transfer/place-items.js';
import type { EngineOutcome } from '../engine.js';
import type { ImageFeatures, ImagePairs } from './image-pairs.js';
import type { ProgressReporter } from './progress-reporter.js';

/** @throws SamepointError also if the point lies outside the source */
export async function runInspect(
  { source, target, point, matches: count }: InspectRequest,
  pairs: ImagePairs,
  progress: ProgressReporter,
): Promise<EngineOutcome> {
  progress.begin('features', 2 * pairs.steps);
  const sourceImage: ImageFeatures = [source, await pairs.features(source)];
  prepareItems([{ kind: 'point', itemId: 'point', point }], [], sourceImage[1]);
  const targetImage: ImageFeatures = [target, await pairs.features(target)];
  progress.begin('matching', 1);
  const { matches, similarity } = await pairs.inspect(sourceImage, targetImage, point, count);
  progress.step();
  const { cells, ...heatmap } = toHeatmap(similarity);
  return {
    result: {
      kind: 'inspect',
      matches: matches.map((match) => ({
        point: match.point,
        similarity: clampCosine(match.similarity),
        confidence: match.confidence,
      })),
      heatmap: { ...heatmap, lowest: clampCosine(heatmap.lowest), highest: clampCosine(heatmap.highest) },
    },
    payload: cells,
  };
}

/** Rounding may take the product of two unit descriptors past 1. */
function clampCosine(similarity: number): number {
  return Math.min(1, Math.max(-1, similarity));
}
