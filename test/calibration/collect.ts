import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { Matcher } from '../../daemon/src/correspond/matcher.js';
import { planFeatures } from '../../daemon/src/diffusion/feature-plan.js';
import { FeatureSource } from '../../daemon/src/diffusion/feature-source.js';
import type { RgbImage } from '../../daemon/src/images/decode.js';
import { type Collected, collectSigns, readFolder } from './collect-signs.js';
import { drawPair } from './drawn-pairs.js';

/** The pair whose target serves as another screen: that many places further, where the layout differs. */
const ANOTHER = 2;

const PLAN = planFeatures({ backend: 'ui' });

interface PairLine extends Collected {
  pair: string;
}

/**
 * Matches the pairs of the folders and `drawn` drawn ones, one line a pair in `file`; pairs that are there already are
 * not matched again.
 */
export async function collect(folders: readonly string[], drawn: number, file: string): Promise<Collected> {
  const features = new FeatureSource();
  const matcher = new Matcher();
  const featuresOf = (image: RgbImage) => features.pyramid(hashOf(image), async () => image, PLAN);
  const done = new Map(readLines(file).map((line) => [line.pair, line]));
  const sets = await Promise.all(folders.map(readFolder));
  sets.push(await drawPairs(drawn));
  for (const pairs of sets) {
    for (const [n, pair] of pairs.entries()) {
      const another = pairs[(n + ANOTHER) % pairs.length];
      if (another === undefined || done.has(pair.name)) continue;
      const line = { pair: pair.name, ...(await collectSigns(matcher, featuresOf, pair, another)) };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
      done.set(pair.name, line);
      process.stderr.write(`${pair.name}\n`);
    }
  }
  const lines = [...done.values()];
  return { points: lines.flatMap(({ points }) => points), boxes: lines.flatMap(({ boxes }) => boxes) };
}

async function drawPairs(count: number) {
  const pairs = [];
  for (let seed = 0; seed < count; seed++) pairs.push(await drawPair(seed));
  return pairs;
}

function readLines(file: string): PairLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): PairLine => JSON.parse(line));
}

function hashOf({ width, height, rgb }: RgbImage): string {
  return createHash('sha256').update(`${width}×${height}`).update(rgb).digest('hex');
}
