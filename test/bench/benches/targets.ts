import { matchPoints } from '../../../daemon/src/correspond/match-points.js';
import { Matcher } from '../../../daemon/src/correspond/matcher.js';
import { planFeatures } from '../../../daemon/src/diffusion/feature-plan.js';
import { FeatureSource } from '../../../daemon/src/diffusion/feature-source.js';
import { draw, moved, type Rect } from '../../../daemon/test/support/draw.js';
import type { Bench, BenchOptions, BenchResult } from '../bench.js';

/** Numbers of targets after which time and memory are read. */
const MARKS = [10, 25, 50, 100] as const;

/** Strips, so that there is little else to compute. */
const STRIP = { width: 320, height: 16 };
const RECTS: readonly Rect[] = [
  { x: 20, y: 4, w: 60, h: 9, colour: [30, 30, 30] },
  { x: 150, y: 6, w: 90, h: 8, colour: [200, 40, 40] },
  { x: 262, y: 2, w: 16, h: 12, colour: [40, 40, 200] },
];
const POINTS = RECTS.map(({ x, y, w, h }) => ({ x: x + w / 2, y: y + h / 2 }));

/** Do time and memory grow with the number of targets as they should: one linearly, the other not? */
export const targetsBench: Bench = { name: 'targets', title: 'One source against many targets', run: runTargets };

async function runTargets({ log }: BenchOptions): Promise<BenchResult> {
  const plan = planFeatures({ backend: 'ui' });
  const features = new FeatureSource();
  const matcher = new Matcher();
  const image = (shift: number) => draw(STRIP.width, STRIP.height, moved(RECTS, shift % 40, 0));
  const pyramid = (shift: number) => features.pyramid(`strip ${shift}`, async () => image(shift), plan);
  const source = await pyramid(0);
  // what is compiled once is no part of what grows
  await matchPoints(matcher, source, await pyramid(1), POINTS);
  const start = performance.now();
  const rssStart = process.memoryUsage.rss();
  const marks: { targets: number; seconds: number; rssMb: number }[] = [];
  for (let target = 1; target <= Math.max(...MARKS); target++) {
    await matchPoints(matcher, source, await pyramid(1 + target), POINTS);
    if (!MARKS.some((mark) => mark === target)) continue;
    const seconds = (performance.now() - start) / 1000;
    marks.push({ targets: target, seconds, rssMb: (process.memoryUsage.rss() - rssStart) / 1e6 });
    log(JSON.stringify(marks.at(-1)));
  }
  return {
    columns: ['targets', 'time', 'per target', 'memory beyond the first target'],
    rows: marks.map(({ targets, seconds, rssMb }) => [
      String(targets),
      `${seconds.toFixed(1)} s`,
      `${((1000 * seconds) / targets).toFixed(0)} ms`,
      `${rssMb.toFixed(0)} MB`,
    ]),
    notes: [
      `Features and matches of ${POINTS.length} points in strips of ${STRIP.width}×${STRIP.height} pixels with the embedded model. What is kept of each target are its features (1.3 MB here), up to a gigabyte in all.`,
    ],
    measurements: marks,
  };
}
