import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Box, Point } from '@samepoint/shared-protocol';
import { type ExplainedMatch, matchPoints } from '../../daemon/src/correspond/match-points.js';
import type { Matcher } from '../../daemon/src/correspond/matcher.js';
import { longSidePx } from '../../daemon/src/correspond/neighbourhood-consensus.js';
import type { FeaturePyramid } from '../../daemon/src/diffusion/feature-pyramid.js';
import { readPairs } from '../../daemon/src/eval/datasets/pairs.js';
import { decodeImage, type RgbImage } from '../../daemon/src/images/decode.js';
import { invariant } from '../../daemon/src/invariant.js';
import { pointsOfBox } from '../../daemon/src/transfer/sample-points.js';
import type { DrawnPair, Truth } from './drawn-pairs.js';

/** Every so many points of a pair are erased in a copy of the target, and how much around each. */
const ERASED = { every: 4, radius: 0.04 };

/** Where an item is looked for: in its own target, in a copy of that with the item erased, in another screen. */
export type Place = 'own target' | 'erased' | 'another screen';

/** A point or box that was looked for, and what was found. */
export interface Looked<T extends Point | Box> {
  pair: string;
  place: Place;
  item: Truth<T>;
  /** Of the point, or of the points of the box, with where they are in the source. */
  matches: readonly (ExplainedMatch & { source: Point })[];
  targetSidePx: number;
}

export interface Collected {
  points: Looked<Point>[];
  boxes: Looked<Box>[];
}

export type FeaturesOf = (image: RgbImage) => Promise<FeaturePyramid>;

/** The pairs of a folder with a `pairs.json`, as if they had been drawn. */
export async function readFolder(folder: string): Promise<DrawnPair[]> {
  const load = async (name: string) => decodeImage(await readFile(join(folder, name)), name);
  const pairs: DrawnPair[] = [];
  for (const { source, target, sourcePoints, targetPoints } of await readPairs(folder)) {
    const points = sourcePoints.map((point, n) => ({ source: point, truth: targetPoints[n] ?? null, common: false }));
    pairs.push({ name: source, source: await load(source), target: await load(target), points, boxes: [] });
  }
  return pairs;
}

/** Matches a pair against its own target, a copy of it with things erased, and the target of another pair. */
export async function collectSigns(
  matcher: Matcher,
  featuresOf: FeaturesOf,
  pair: DrawnPair,
  another: DrawnPair,
): Promise<Collected> {
  const { points, boxes } = pair;
  const source = await featuresOf(pair.source);
  const look = async (place: Place, image: RgbImage, what: Pick<DrawnPair, 'points' | 'boxes'>): Promise<Collected> => {
    const target = await featuresOf(image);
    const asked = [
      ...what.points.map((item) => [item.source]),
      ...what.boxes.map((item) => pointsOfBox(item.source, pair.source)),
    ];
    const found = (await matchPoints(matcher, source, target, asked.flat())).values();
    const lists = asked.map((list) =>
      list.flatMap((from) => ({ source: from, ...(found.next().value ?? invariant('every point has a match')) })),
    );
    const base = { pair: pair.name, place, targetSidePx: longSidePx(target) };
    return {
      points: what.points.map((item, n) => ({ ...base, item, matches: lists[n] ?? [] })),
      boxes: what.boxes.map((item, n) => ({ ...base, item, matches: lists[what.points.length + n] ?? [] })),
    };
  };
  const gone = points.filter(({ truth }, n) => truth !== null && n % ERASED.every === 0);
  const erased = erase(
    pair.target,
    gone.flatMap(({ truth }) => truth ?? []),
  );
  const own = await look('own target', pair.target, pair);
  const without = await look('erased', erased, { points: gone.map(nowhere), boxes: [] });
  const elsewhere = await look('another screen', another.target, {
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

/** Fills squares around the points with the colour of their top left corners. */
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
