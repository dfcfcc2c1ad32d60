import { Matcher } from '../../daemon/src/correspond/matcher.js';
import { type Collected, collectSigns, readFolder } from './collect-signs.js';
import { type DrawnPair, drawPair } from './drawn-pairs.js';
import { EmbeddedFeatures, hashOf, hashOfImage } from './embedded-features.js';
import { KeptLines } from './keep-lines.js';

/** To be raised whenever points are matched in another way. */
const KEPT_VERSION = 1;

/** The pair whose target serves as another screen: that many places further, where the layout differs. */
const ANOTHER = 2;

/**
 * Matches the pairs of the folders and `drawn` drawn ones. Those that `file` has already, of the same weights, images and
 * points, are not matched again.
 */
export async function collect(folders: readonly string[], drawn: number, file: string): Promise<Collected> {
  const features = new EmbeddedFeatures();
  const matcher = new Matcher();
  const kept = new KeptLines<Collected>(file);
  const sets = await Promise.all(folders.map(readFolder));
  sets.push(await drawPairs(drawn));
  const all: Collected[] = [];
  for (const pairs of sets) {
    for (const [n, pair] of pairs.entries()) {
      const another = pairs[(n + ANOTHER) % pairs.length];
      if (another === undefined) continue;
      const key = keyOf(features.id, pair, another);
      all.push(await kept.get(key, () => collectSigns(matcher, (image) => features.of(image), pair, another)));
      process.stderr.write(`${pair.name}\n`);
    }
  }
  return { points: all.flatMap(({ points }) => points), boxes: all.flatMap(({ boxes }) => boxes) };
}

/** Whatever the signs depend on but the code: weights, images and what is looked for. */
function keyOf(features: string, { name, source, target, points, boxes }: DrawnPair, another: DrawnPair): string {
  const images = [source, target, another.target].map(hashOfImage);
  return [KEPT_VERSION, features, name, ...images, hashOf(JSON.stringify([points, boxes]))].join(' ');
}

async function drawPairs(count: number) {
  const pairs = [];
  for (let seed = 0; seed < count; seed++) pairs.push(await drawPair(seed));
  return pairs;
}
