import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { matchPoints } from '../correspond/match-points.js';
import type { MatchSettings } from '../correspond/match-settings.js';
import { Matcher } from '../correspond/matcher.js';
import type { FeaturePlan } from '../diffusion/feature-plan.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { FeatureSource } from '../diffusion/feature-source.js';
import type { FeatureStore } from '../diffusion/feature-store.js';
import { CPU_RUNTIME } from '../graph/runtime.js';
import { decodeImage } from '../images/decode.js';
import { type ImagePair, readPairs } from './pairs-dataset.js';
import { PCK_THRESHOLDS, type Prediction, pck } from './pck.js';

export interface PairsReport {
  pairs: number;
  points: number;
  /** PCK in percent, by threshold. */
  pck: { threshold: number; percent: number }[];
}

/**
 * Matches every pair of a folder and scores it by PCK.
 * @param store keeps features on disk
 * @param onPair called after each pair
 * @throws SamepointError where the folder or an image cannot be read
 */
export async function evalPairs(
  folder: string,
  plan: FeaturePlan,
  settings: MatchSettings,
  store?: FeatureStore,
  onPair: (done: number, total: number) => void = () => {},
): Promise<PairsReport> {
  const pairs = await readPairs(folder);
  const features = new FeatureSource(CPU_RUNTIME, store);
  const matcher = new Matcher();
  const load = (name: string) => loadPyramid(features, join(folder, name), plan);
  const predictions: Prediction[] = [];
  for (const [n, pair] of pairs.entries()) {
    const target = await load(pair.target);
    const matches = await matchPoints(matcher, await load(pair.source), target, pair.sourcePoints, settings);
    predictions.push(
      ...toPredictions(
        pair,
        matches.map(({ point }) => point),
        target,
      ),
    );
    onPair(n + 1, pairs.length);
  }
  return {
    pairs: pairs.length,
    points: predictions.length,
    pck: PCK_THRESHOLDS.map((threshold) => ({ threshold, percent: pck(predictions, threshold) })),
  };
}

async function loadPyramid(features: FeatureSource, path: string, plan: FeaturePlan): Promise<FeaturePyramid> {
  const bytes = await readFile(path);
  const imageId = createHash('sha256').update(bytes).digest('hex');
  return features.pyramid(imageId, () => decodeImage(bytes, path), plan);
}

function toPredictions(pair: ImagePair, found: readonly Prediction['truth'][], target: FeaturePyramid): Prediction[] {
  const targetSidePx = Math.max(target.width, target.height);
  return pair.targetPoints.map((truth, n) => ({ predicted: found[n] ?? null, truth, targetSidePx }));
}
