import type { Point } from '@samepoint/shared-protocol';
import { matchPoints } from '../../../daemon/src/correspond/match-points.js';
import { Matcher } from '../../../daemon/src/correspond/matcher.js';
import type { FeaturePyramid } from '../../../daemon/src/diffusion/feature-pyramid.js';
import { FeatureSource } from '../../../daemon/src/diffusion/feature-source.js';
import { planFeatures } from '../../../daemon/src/diffusion/plan/feature-plan.js';
import { upsampledArgmax } from '../../../daemon/src/eval/matching/upsampled-argmax.js';
import { readFolder } from '../../calibration/collect-confidence-features.js';
import { type DrawnPair, drawPair } from '../../calibration/drawn-pairs.js';
import { type Bench, type BenchOptions, type BenchResult, median } from '../bench.js';
import { type MethodResult, runPeers } from '../run-peers.js';

/** Disjoint from the seeds that confidences are fitted on. */
const DRAWN_SEEDS = Array.from({ length: 8 }, (_, n) => 9000 + n);

/** Tolerance of a correct point, relative to the target's longer side. */
const ALPHAS = [0.02, 0.05, 0.1] as const;

/** Correct points of several methods, on the same images in one run. */
export const peersBench: Bench = { name: 'peers', title: 'Points found, against local features', run: runPeersBench };

async function runPeersBench({ python, pairs: folder, log }: BenchOptions): Promise<BenchResult> {
  const all = folder === undefined ? await drawPairs() : await readFolder(folder);
  // skip points that are not in the target
  const pairs = all.map((pair) => ({ ...pair, points: pair.points.filter(({ truth }) => truth !== null) }));
  log(`${pairs.length} pairs`);
  const results = { ...(await runOurs(pairs)), ...(python === undefined ? {} : await runPeers(python, pairs)) };
  return {
    columns: ['method', ...ALPHAS.map((alpha) => `PCK@${alpha}`), 'processor time per pair'],
    rows: Object.entries(results).map(([name, result]) => [
      name,
      ...ALPHAS.map((alpha) => (100 * pck(pairs, result, alpha)).toFixed(1)),
      `${median(result.seconds).toFixed(2)} s`,
    ]),
    notes: [
      `${pairs.reduce((sum, { points }) => sum + points.length, 0)} points in ${pairs.length} pairs ${folder === undefined ? 'of drawn screens: another width, density and theme, rows added and removed, some cropped' : 'of the folder'}. Percent of all points. Time is the median over pairs on all cores, without cached features. The arg-max is the published matching on one level of the same features; its time includes all three levels.`,
    ],
    measurements: results,
  };
}

/** Sequential: rendering SVG is only enabled while one is drawn. */
async function drawPairs(): Promise<DrawnPair[]> {
  const pairs: DrawnPair[] = [];
  for (const seed of DRAWN_SEEDS) pairs.push(await drawPair(seed));
  return pairs;
}

async function runOurs(pairs: readonly DrawnPair[]): Promise<Record<string, MethodResult>> {
  const plan = planFeatures({ backend: 'ui' });
  const matcher = new Matcher();
  const source = new FeatureSource();
  const ways = { Samepoint: matchPointsOf(matcher), 'arg-max over up-sampled maps': argmaxOf(matcher) };
  const results: Record<string, MethodResult> = {};
  for (const name of Object.keys(ways)) results[name] = { points: [], seconds: [] };
  for (const [n, pair] of [pairs[0], ...pairs].entries()) {
    if (pair === undefined) continue;
    const begin = processorSeconds();
    const from = await source.pyramid(`${n} source`, async () => pair.source, plan);
    const to = await source.pyramid(`${n} target`, async () => pair.target, plan);
    const featuresS = processorSeconds() - begin;
    for (const [name, find] of Object.entries(ways)) {
      const start = processorSeconds();
      const points = await find(
        from,
        to,
        pair.points.map((one) => one.source),
      );
      // the first pair is a warm-up
      if (n === 0) continue;
      results[name]?.points.push(points);
      results[name]?.seconds.push(featuresS + processorSeconds() - start);
    }
  }
  return results;
}

/** Less affected by other programs than elapsed time. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

type Find = (from: FeaturePyramid, to: FeaturePyramid, points: readonly Point[]) => Promise<Point[]>;

function matchPointsOf(matcher: Matcher): Find {
  return async (from, to, points) => (await matchPoints(matcher, from, to, points)).map(({ point }) => point);
}

function argmaxOf(matcher: Matcher): Find {
  return async (from, to, points) => {
    const [one, other] = [from.levels[from.baseLevel], to.levels[to.baseLevel]];
    if (one === undefined || other === undefined) throw new Error('a pyramid has its base level');
    // the published matching places pixel 0 at the centre of the first pixel
    const middles = points.map(({ x, y }) => ({ x: x - 0.5, y: y - 0.5 }));
    const found = await upsampledArgmax(matcher, one, other, to, middles);
    return found.map(({ x, y }) => ({ x: x + 0.5, y: y + 0.5 }));
  };
}

/** Percentage of correct keypoints over all points (Yang and Ramanan, 2013), as a fraction. */
function pck(pairs: readonly DrawnPair[], { points }: MethodResult, alpha: number): number {
  const hits = pairs.flatMap(({ points: asked, target }, n) =>
    asked.map(({ truth }, k) => {
      const found = points[n]?.[k] ?? null;
      const reach = alpha * Math.max(target.width, target.height);
      return found !== null && truth !== null && Math.hypot(found.x - truth.x, found.y - truth.y) <= reach;
    }),
  );
  return hits.filter(Boolean).length / hits.length;
}
