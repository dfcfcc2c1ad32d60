import { Matcher } from '../../daemon/src/correspond/matcher.js';
import { type Collected, collectSigns, readFolder } from './collect-signs.js';
import { drawPair } from './drawn-pairs.js';
import { EmbeddedFeatures } from './embedded-features.js';
import { KeptLines } from './keep-lines.js';

/** The pair whose target serves as another screen: that many places further, where the layout differs. */
const ANOTHER = 2;

/**
 * Matches the pairs of the folders and `drawn` drawn ones. Those that `file` has of the same weights already are not
 * matched again.
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
      const key = `${features.id} ${pair.name}`;
      all.push(await kept.get(key, () => collectSigns(matcher, (image) => features.of(image), pair, another)));
      process.stderr.write(`${pair.name}\n`);
    }
  }
  return { points: all.flatMap(({ points }) => points), boxes: all.flatMap(({ boxes }) => boxes) };
}

async function drawPairs(count: number) {
  const pairs = [];
  for (let seed = 0; seed < count; seed++) pairs.push(await drawPair(seed));
  return pairs;
}
