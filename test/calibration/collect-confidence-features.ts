import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Box, Point } from '@samepoint/shared-protocol';
import { type ExplainedMatch, matchPoints } from '../../daemon/src/correspond/match-points.js';
import { Matcher } from '../../daemon/src/correspond/matcher.js';
import { longSidePx } from '../../daemon/src/correspond/neighbourhood-consensus.js';
import type { FeaturePyramid } from '../../daemon/src/diffusion/feature-pyramid.js';
import { readPairs } from '../../daemon/src/eval/datasets/pairs.js';
import { decodeImage, type RgbImage } from '../../daemon/src/images/decode.js';
import { invariant } from '../../daemon/src/invariant.js';
import { pointsOfBox } from '../../daemon/src/transfer/sample-points.js';
import { hashOf, hashOfImage, JsonLinesCache } from './cache.js';
import { type DrawnPair, drawPair, type Truth } from './drawn-pairs.js';
import { EmbeddedFeatures } from './embedded-features.js';

/** Interval of erased points in a copy of the target, and their radius relative to the longer side. */
const ERASED = { every: 4, radius: 0.04 };

/** What an item is matched against: its own target, a copy with the item erased, or another screen. */
type MatchedIn = 'own target' | 'erased' | 'another screen';

/** A point or box and the matches of its points. */
export interface MatchedItem<T extends Point | Box> {
  pair: string;
  where: MatchedIn;
  item: Truth<T>;
  /** Of the point itself, or of the points of the box. */
  matches: readonly (ExplainedMatch & { source: Point })[];
  targetSidePx: number;
}

export interface Collected {
  points: MatchedItem<Point>[];
  boxes: MatchedItem<Box>[];
}

export type FeaturesOf = (image: RgbImage) => Promise<FeaturePyramid>;

/** The pairs of a folder with a `pairs.json`. */
export async function readFolder(folder: string): Promise<DrawnPair[]> {
  const load = async (name: string) => decodeImage(await readFile(join(folder, name)), name);
  const pairs: DrawnPair[] = [];
  for (const { source, target, sourcePoints, targetPoints } of await readPairs(folder)) {
    const points = sourcePoints.map((point, n) => ({ source: point, truth: targetPoints[n] ?? null, common: false }));
    pairs.push({ name: source, source: await load(source), target: await load(target), points, boxes: [] });
  }
  return pairs;
}

/** Matches a pair against its own target, a copy with items erased, and the target of another pair. */
export async function collectPair(
  matcher: Matcher,
  featuresOf: FeaturesOf,
  pair: DrawnPair,
  another: DrawnPair,
): Promise<Collected> {
  const { points, boxes } = pair;
  const source = await featuresOf(pair.source);
  const matchIn = async (
    where: MatchedIn,
    image: RgbImage,
    what: Pick<DrawnPair, 'points' | 'boxes'>,
  ): Promise<Collected> => {
    const target = await featuresOf(image);
    const sampled = [
      ...what.points.map((item) => [item.source]),
      ...what.boxes.map((item) => pointsOfBox(item.source, pair.source)),
    ];
    const found = (await matchPoints(matcher, source, target, sampled.flat())).values();
    const lists = sampled.map((list) =>
      list.flatMap((from) => ({ source: from, ...(found.next().value ?? invariant('every point has a match')) })),
    );
    const base = { pair: pair.name, where, targetSidePx: longSidePx(target) };
    return {
      points: what.points.map((item, n) => ({ ...base, item, matches: lists[n] ?? [] })),
      boxes: what.boxes.map((item, n) => ({ ...base, item, matches: lists[what.points.length + n] ?? [] })),
    };
  };
  const erasedPoints = points.filter(({ truth }, n) => truth !== null && n % ERASED.every === 0);
  const erased = erase(
    pair.target,
    erasedPoints.flatMap(({ truth }) => truth ?? []),
  );
  const own = await matchIn('own target', pair.target, pair);
  const without = await matchIn('erased', erased, { points: erasedPoints.map(nowhere), boxes: [] });
  const elsewhere = await matchIn('another screen', another.target, {
    points: points.filter(({ common }) => !common).map(nowhere),
    boxes: boxes.filter(({ common }) => !common).map(nowhere),
  });
  return {
    points: [...own.points, ...without.points, ...elsewhere.points],
    boxes: [...own.boxes, ...elsewhere.boxes],
  };
}

function nowhere<T extends Point | Box>(item: Truth<T>): Truth<T> {
  return { ...item, truth: null };
}

/** Fills squares around the points with the colour of their top-left corners. */
function erase(image: RgbImage, points: readonly Point[]): RgbImage {
  const { width, height } = image;
  const rgb = Uint8Array.from(image.rgb);
  const radius = Math.round(ERASED.radius * longSidePx(image));
  for (const point of points) {
    const [left, right] = [Math.max(0, Math.round(point.x) - radius), Math.min(width, Math.round(point.x) + radius)];
    const [top, bottom] = [Math.max(0, Math.round(point.y) - radius), Math.min(height, Math.round(point.y) + radius)];
    const colour = rgb.slice((top * width + left) * 3, (top * width + left) * 3 + 3);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) rgb.set(colour, (y * width + x) * 3);
    }
  }
  return { width, height, rgb };
}

/** Increase when the matching of points changes. */
const CACHE_VERSION = 2;

/** The target of the pair this many positions later is another screen, with another layout. */
const ANOTHER = 2;

/**
 * Matches the pairs of the folders and `drawn` drawn ones.
 * @param file caches the matches, by weights, images and points
 */
export async function collect(folders: readonly string[], drawn: number, file: string): Promise<Collected> {
  const features = new EmbeddedFeatures();
  const matcher = new Matcher();
  const cache = new JsonLinesCache<Collected>(file);
  const sets = await Promise.all(folders.map(readFolder));
  sets.push(await drawPairs(drawn));
  const all: Collected[] = [];
  for (const pairs of sets) {
    for (const [n, pair] of pairs.entries()) {
      const another = pairs[(n + ANOTHER) % pairs.length];
      if (another === undefined) continue;
      const key = keyOf(features.id, pair, another);
      all.push(await cache.get(key, () => collectPair(matcher, (image) => features.of(image), pair, another)));
      process.stderr.write(`${pair.name}\n`);
    }
  }
  return { points: all.flatMap(({ points }) => points), boxes: all.flatMap(({ boxes }) => boxes) };
}

/** Everything but the code that the matches depend on. */
function keyOf(features: string, { name, source, target, points, boxes }: DrawnPair, another: DrawnPair): string {
  const images = [source, target, another.target].map(hashOfImage);
  return [CACHE_VERSION, features, name, ...images, hashOf(JSON.stringify([points, boxes]))].join(' ');
}

async function drawPairs(count: number) {
  const pairs = [];
  for (let seed = 0; seed < count; seed++) pairs.push(await drawPair(seed));
  return pairs;
}
