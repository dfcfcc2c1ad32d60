import type { MirroredHint, Point } from '@samepoint/shared-protocol';
import type { AnchorField } from '../../correspond/agreement.js';
import { preparePair } from '../../correspond/anchors.js';
import { inspectPoint, matchPoints } from '../../correspond/match-points.js';
import { type ChosenParts, type MatchSettings, settingsFor } from '../../correspond/match-settings.js';
import type { Matcher } from '../../correspond/matcher.js';
import { mirroredHint } from '../../correspond/mirrored.js';
import { nearestPixels } from '../../correspond/nearest-pixels.js';
import { resemblances } from '../../correspond/resemblances.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { FeatureSource } from '../../diffusion/feature-source.js';
import { levelCount, levelSize } from '../../diffusion/input-size.js';
import type { FeaturePlan } from '../../diffusion/plan/feature-plan.js';
import { decodeImage, type RgbImage, sizeOfImage } from '../../images/decode.js';
import { mirrorRgb } from '../../images/mirror.js';
import type { EngineJob } from '../engine.js';
import { type ComparedParts, type ImagePairs, type Inspection, imageBytes, type SeenImage } from './image-pairs.js';
import type { PairCache } from './pair-cache.js';
import type { ProgressReporter } from './progress-reporter.js';

/** What outlives a job, and is used by all of them. */
export interface Kept {
  features: FeatureSource;
  matcher: Matcher;
  pairs: PairCache;
}

/** The images of one job, seen as its plan says, by what is kept between jobs. */
export class JobPairs implements ImagePairs {
  readonly steps: number;
  readonly #kept: Kept;
  readonly #images: EngineJob['images'];
  readonly #plan: FeaturePlan;
  readonly #settings: MatchSettings;
  readonly #progress: ProgressReporter;

  /** @param parts of the matching that the job chooses itself; the rest is as the plan's presets have it */
  constructor(
    kept: Kept,
    images: EngineJob['images'],
    plan: FeaturePlan,
    progress: ProgressReporter,
    parts: ChosenParts = {},
  ) {
    this.steps = plan.steps;
    this.#kept = kept;
    this.#images = images;
    this.#plan = plan;
    this.#settings = { ...settingsFor(plan.parts.map(({ preset }) => preset)), ...parts };
    this.#progress = progress;
  }

  async features(imageId: string): Promise<FeaturePyramid> {
    const bytes = imageBytes(this.#images, imageId);
    return this.#pyramid(imageId, () => decodeImage(bytes));
  }

  async orderBySize(imageIds: readonly string[]): Promise<number[]> {
    return groupedOrder(await Promise.all(imageIds.map((imageId) => this.#sizesOf(imageId))));
  }

  async matcher(source: SeenImage, target: SeenImage) {
    const field = await this.#field(source, target);
    return (points: readonly Point[]) =>
      matchPoints(this.#kept.matcher, source[1], target[1], points, this.#settings, field);
  }

  nearest([, source]: SeenImage, [, target]: SeenImage) {
    return (pixels: readonly Point[]) => nearestPixels(this.#kept.matcher, source, target, pixels);
  }

  compare([, source]: SeenImage, [, target]: SeenImage, ...[parts, others, exchanged]: ComparedParts) {
    return resemblances(source, target, parts, others, exchanged, this.#settings);
  }

  async inspect(source: SeenImage, target: SeenImage, point: Point, count: number): Promise<Inspection> {
    const field = await this.#field(source, target);
    return inspectPoint(this.#kept.matcher, source[1], target[1], point, count, this.#settings, field);
  }

  async mirrored(source: SeenImage, target: SeenImage): Promise<MirroredHint> {
    const [sourceId] = source;
    const bytes = imageBytes(this.#images, sourceId);
    const mirrorId = `${sourceId} mirrored`;
    const mirror = await this.#pyramid(mirrorId, async () => mirrorRgb(await decodeImage(bytes)));
    return mirroredHint(await this.#field(source, target), await this.#field([mirrorId, mirror], target));
  }

  /** Input sizes of the networks for an image, as a key; empty where the image is unreadable, which fails later. */
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

  #pyramid(imageId: string, decode: () => Promise<RgbImage>): Promise<FeaturePyramid> {
    return this.#kept.features.pyramid(imageId, decode, this.#plan, (steps) => this.#progress.step(steps));
  }

  #field([sourceId, source]: SeenImage, [targetId, target]: SeenImage): Promise<AnchorField> {
    const key = [this.#plan.id, sourceId, targetId];
    return this.#kept.pairs.get(key, () => preparePair(this.#kept.matcher, source, target, this.#settings));
  }
}

/** Indexes so that equal keys follow each other, groups in the order of their first. */
export function groupedOrder(keys: readonly string[]): number[] {
  const first = new Map<string, number>();
  for (const [index, key] of keys.entries()) if (!first.has(key)) first.set(key, index);
  const rank = (index: number) => first.get(keys[index] ?? '') ?? 0;
  return keys.map((_, index) => index).sort((a, b) => rank(a) - rank(b) || a - b);
}
