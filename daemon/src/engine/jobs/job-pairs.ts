import type { Point } from '@samepoint/shared-protocol';
import { LRUCache } from 'lru-cache';
import { matchElements } from '../../correspond/match-elements.js';
import { inspectPoint, matchPoints } from '../../correspond/match-points.js';
import { type MatchSettings, type StageChoice, settingsFor } from '../../correspond/match-settings.js';
import type { Matcher } from '../../correspond/matcher.js';
import { nearestPixels } from '../../correspond/nearest-pixels.js';
import type { PreparedPair } from '../../correspond/neighbourhood-consensus.js';
import { preparePair } from '../../correspond/neighbourhood-consensus.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { FeatureSource } from '../../diffusion/feature-source.js';
import { levelCount, levelSize } from '../../diffusion/input-size.js';
import type { FeaturePlan } from '../../diffusion/plan/feature-plan.js';
import { pixelsId, type RgbImage, sizeOfImage } from '../../images/decode.js';
import type { EngineJob } from '../engine.js';
import type { ComparedParts, ImageFeatures, ImagePairs, Inspection } from './image-pairs.js';
import { decodeJobImage, imageBytes } from './job-images.js';
import type { ProgressReporter } from './progress-reporter.js';

/** Caches shared by all jobs of an engine process. */
export interface SharedCaches {
  features: FeatureSource;
  matcher: Matcher;
  pairs: PairCache;
}

/** The images of one job with the features of its plan, computed or cached. */
export class JobPairs implements ImagePairs {
  readonly steps: number;
  readonly #caches: SharedCaches;
  readonly #images: EngineJob['images'];
  readonly #plan: FeaturePlan;
  readonly #settings: MatchSettings;
  readonly #progress: ProgressReporter;

  /** @param parts optional stages of the matching that the job turns on or off; presets set the others */
  constructor(
    caches: SharedCaches,
    images: EngineJob['images'],
    plan: FeaturePlan,
    progress: ProgressReporter,
    parts: StageChoice = {},
  ) {
    this.steps = plan.steps;
    this.#caches = caches;
    this.#images = images;
    this.#plan = plan;
    this.#settings = { ...settingsFor(plan.parts.map(({ preset }) => preset)), ...parts };
    this.#progress = progress;
  }

  async features(imageId: string): Promise<FeaturePyramid> {
    const key = await pixelsId(imageId, imageBytes(this.#images, imageId));
    return this.#pyramid(key, () => decodeJobImage(this.#images, imageId));
  }

  async orderBySize(imageIds: readonly string[]): Promise<number[]> {
    return groupedOrder(await Promise.all(imageIds.map((imageId) => this.#sizesOf(imageId))));
  }

  async matcher(source: ImageFeatures, target: ImageFeatures, stages: StageChoice = {}) {
    const pair = await this.#prepared(source, target);
    const settings = { ...this.#settings, ...stages };
    return (points: readonly Point[]) =>
      matchPoints(this.#caches.matcher, source[1], target[1], points, settings, pair);
  }

  nearest([, source]: ImageFeatures, [, target]: ImageFeatures) {
    return (pixels: readonly Point[]) => nearestPixels(this.#caches.matcher, source, target, pixels);
  }

  compare([, source]: ImageFeatures, [, target]: ImageFeatures, ...[parts, others, mirrored]: ComparedParts) {
    return matchElements(source, target, parts, others, mirrored, this.#settings);
  }

  async inspect(source: ImageFeatures, target: ImageFeatures, point: Point, count: number): Promise<Inspection> {
    const pair = await this.#prepared(source, target);
    return inspectPoint(this.#caches.matcher, source[1], target[1], point, count, this.#settings, pair);
  }

  /** Input sizes of the networks for an image, as a key; empty if the image is unreadable, which fails later. */
  async #sizesOf(imageId: string): Promise<string> {
    const bytes = this.#images.get(imageId);
    const size = bytes === undefined ? undefined : await sizeOfImage(bytes).catch(() => undefined);
    if (size === undefined) return '';
    const sizes = this.#plan.parts.map(({ preset, downscaleSteps }) =>
      Array.from(
        { length: levelCount(preset.size) },
        (_, level) => levelSize(preset.size, level, size, downscaleSteps).padded,
      ),
    );
    return JSON.stringify(sizes);
  }

  #pyramid(key: string, decode: () => Promise<RgbImage>): Promise<FeaturePyramid> {
    return this.#caches.features.pyramid(key, decode, this.#plan, (steps) => this.#progress.step(steps));
  }

  #prepared([sourceId, source]: ImageFeatures, [targetId, target]: ImageFeatures): Promise<PreparedPair> {
    const key = [this.#plan.id, sourceId, targetId];
    return this.#caches.pairs.get(key, () => preparePair(this.#caches.matcher, source, target, this.#settings));
  }
}

/** Indexes grouped by equal keys; groups in the order of their first key. */
export function groupedOrder(keys: readonly string[]): number[] {
  const first = new Map<string, number>();
  for (const [index, key] of keys.entries()) if (!first.has(key)) first.set(key, index);
  const rank = (index: number) => first.get(keys[index] ?? '') ?? 0;
  return keys.map((_, index) => index).sort((a, b) => rank(a) - rank(b) || a - b);
}

/** Cached pairs of images; each takes tens of kilobytes. */
const MAX_PAIRS = 256;

/** Caches prepared pairs of images, so that further points of a pair need no new preparation. */
export class PairCache {
  readonly #pairs = new LRUCache<string, Promise<PreparedPair>>({ max: MAX_PAIRS });

  /**
   * @param key id of the feature plan and content hashes of both images. Optional stages that a job chooses are not part
   *   of it, since they act after the preparation
   * @param prepare called if the pair is not cached; a failure is not cached
   */
  get(key: readonly string[], prepare: () => Promise<PreparedPair>): Promise<PreparedPair> {
    const name = key.join(' ');
    const known = this.#pairs.get(name);
    if (known !== undefined) return known;
    const prepared = prepare();
    this.#pairs.set(name, prepared);
    prepared.catch(() => this.#pairs.delete(name));
    return prepared;
  }
}
