import type { InspectRequest, MirroredHint, Point, TrackRequest, TransferRequest } from '@samepoint/shared-protocol';
import type { AnchorField } from '../correspond/agreement.js';
import { preparePair } from '../correspond/anchors.js';
import { toHeatmap } from '../correspond/heatmap.js';
import { inspectPoint, type Match, matchItself, matchPoints } from '../correspond/match-points.js';
import { type MatchSettings, settingsFor } from '../correspond/match-settings.js';
import { Matcher } from '../correspond/matcher.js';
import { mirroredHint } from '../correspond/mirrored.js';
import { WindowMatcher } from '../correspond/window-matcher.js';
import { type FeatureChoice, type FeaturePlan, planFeatures, planTask } from '../diffusion/feature-plan.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { FeatureSource } from '../diffusion/feature-source.js';
import type { FeatureStore } from '../diffusion/feature-store.js';
import type { Runtime } from '../graph/runtime.js';
import { decodeImage } from '../images/decode.js';
import { mirrorRgb } from '../images/mirror.js';
import { trackSettings } from '../transfer/track-settings.js';
import { placeItems, prepareItems } from '../transfer/transfer.js';
import { runAlign } from './align-job.js';
import type { EngineJob, EngineOutcome } from './engine.js';
import { type ImagePairs, imageBytes, type SeenImage } from './image-pairs.js';
import { PairCache } from './pair-cache.js';
import { ProgressReporter, type ReportProgress } from './progress-reporter.js';
import { runTrack } from './track-job.js';
import { runWarp } from './warp-job.js';

/** How a job is run again when it did not fit into memory. */
export interface RunJobOptions {
  /** How often the size that images are seen at is halved. */
  shrink?: number;
}

/** Everything that stays alive between jobs: networks, feature maps, matching graphs. */
export class JobRunner {
  readonly #features: FeatureSource;
  readonly #matcher = new Matcher();
  readonly #windowMatcher = new WindowMatcher();
  readonly #pairs = new PairCache();

  /** @param store keeps features on disk */
  constructor(runtime: Runtime, store?: FeatureStore) {
    this.#features = new FeatureSource(runtime, store);
  }

  /** @throws SamepointError */
  async run(
    { request, images }: EngineJob,
    report: ReportProgress,
    options: RunJobOptions = {},
  ): Promise<EngineOutcome> {
    switch (request.kind) {
      case 'transfer':
        return this.#transfer(request, images, planOf(request, options), new ProgressReporter(report));
      case 'inspect':
        return this.#inspect(request, images, planOf(request, options), new ProgressReporter(report));
      case 'track':
        return this.#track(
          request,
          images,
          planTask('video', choiceOf(request, options)),
          new ProgressReporter(report),
        );
      case 'warp': {
        const progress = new ProgressReporter(report);
        return runWarp(request, images, this.#imagePairs(images, planOf(request, options), progress), progress);
      }
      case 'align': {
        const progress = new ProgressReporter(report);
        const plan = planTask('geometric', choiceOf(request, options));
        return runAlign(request, images, this.#imagePairs(images, plan, progress), progress);
      }
    }
  }

  async #transfer(
    { source, targets, items, withCues, withMirrored }: TransferRequest,
    images: EngineJob['images'],
    plan: FeaturePlan,
    progress: ProgressReporter,
  ): Promise<EngineOutcome> {
    progress.begin('features', plan.steps);
    const sourceFeatures = await this.#pyramid(source.imageId, images, plan, progress);
    // before the targets are looked at: a wrong item should not cost a minute
    const prepared = prepareItems(items, source.layers, sourceFeatures);
    // one target after another, so that memory does not grow with their number
    const mirroredSteps = withMirrored === true ? plan.steps : 0;
    progress.begin('matching', targets.length * (plan.steps + mirroredSteps + 1));
    const placed = [];
    for (const { targetId, frame } of targets) {
      const target = await this.#pyramid(frame.imageId, images, plan, progress);
      const match = async (points: readonly Point[]): Promise<readonly Match[]> => {
        if (frame.imageId === source.imageId) return points.map(matchItself);
        const field = await this.#pair(plan, source.imageId, frame.imageId, sourceFeatures, target);
        return matchPoints(this.#matcher, sourceFeatures, target, points, matchSettings(plan), field);
      };
      const placements = await placeItems(prepared, source.layers, frame.layers, target, match, withCues);
      const pair = [
        [source.imageId, sourceFeatures],
        [frame.imageId, target],
      ] as const;
      const hint = withMirrored === true ? { mirrored: await this.#mirrored(...pair, images, plan, progress) } : {};
      placed.push({ targetId, placements, ...hint });
      progress.step();
    }
    return { result: { kind: 'transfer', targets: placed } };
  }

  async #inspect(
    { source, target, point, matches: count, withMirrored }: InspectRequest,
    images: EngineJob['images'],
    plan: FeaturePlan,
    progress: ProgressReporter,
  ): Promise<EngineOutcome> {
    progress.begin('features', (withMirrored === true ? 3 : 2) * plan.steps);
    const sourceFeatures = await this.#pyramid(source, images, plan, progress);
    prepareItems([{ kind: 'point', itemId: 'point', point }], [], sourceFeatures);
    const targetFeatures = await this.#pyramid(target, images, plan, progress);
    const pair = [
      [source, sourceFeatures],
      [target, targetFeatures],
    ] as const;
    const hint = withMirrored === true ? { mirrored: await this.#mirrored(...pair, images, plan, progress) } : {};
    progress.begin('matching', 1);
    const field = await this.#pair(plan, source, target, sourceFeatures, targetFeatures);
    const { matches, similarity } = await inspectPoint(
      this.#matcher,
      sourceFeatures,
      targetFeatures,
      point,
      count,
      matchSettings(plan),
      field,
    );
    progress.step();
    const { cells, ...heatmap } = toHeatmap(similarity);
    return {
      result: {
        kind: 'inspect',
        matches: matches.map((match) => ({
          point: match.point,
          similarity: clampCosine(match.similarity),
          confidence: match.confidence,
        })),
        heatmap: { ...heatmap, lowest: clampCosine(heatmap.lowest), highest: clampCosine(heatmap.highest) },
        ...hint,
      },
      payload: cells,
    };
  }

  #track(
    request: TrackRequest,
    images: EngineJob['images'],
    plan: FeaturePlan,
    progress: ProgressReporter,
  ): Promise<EngineOutcome> {
    const source = {
      settings: trackSettings(plan),
      steps: plan.steps,
      features: (imageId: string) => this.#pyramid(imageId, images, plan, progress),
    };
    return runTrack(request, images, this.#windowMatcher, source, progress);
  }

  #pair(
    plan: FeaturePlan,
    sourceId: string,
    targetId: string,
    source: FeaturePyramid,
    target: FeaturePyramid,
  ): Promise<AnchorField> {
    const key = [plan.id, sourceId, targetId];
    return this.#pairs.get(key, () => preparePair(this.#matcher, source, target, matchSettings(plan)));
  }

  /** Costs the features of the source's mirror image, once, and the preparation of one more pair. */
  async #mirrored(
    [sourceId, source]: SeenImage,
    [targetId, target]: SeenImage,
    images: EngineJob['images'],
    plan: FeaturePlan,
    progress: ProgressReporter,
  ): Promise<MirroredHint> {
    const bytes = imageBytes(images, sourceId);
    const mirrorId = `${sourceId} mirrored`;
    const mirrorImage = await this.#features.pyramid(
      mirrorId,
      async () => mirrorRgb(await decodeImage(bytes)),
      plan,
      (steps) => progress.step(steps),
    );
    return mirroredHint(
      await this.#pair(plan, sourceId, targetId, source, target),
      await this.#pair(plan, mirrorId, targetId, mirrorImage, target),
    );
  }

  #imagePairs(images: EngineJob['images'], plan: FeaturePlan, progress: ProgressReporter): ImagePairs {
    return {
      steps: plan.steps,
      features: (imageId) => this.#pyramid(imageId, images, plan, progress),
      matcher: async ([sourceId, source], [targetId, target]) => {
        const field = await this.#pair(plan, sourceId, targetId, source, target);
        return (points) => matchPoints(this.#matcher, source, target, points, matchSettings(plan), field);
      },
    };
  }

  async #pyramid(
    imageId: string,
    images: EngineJob['images'],
    plan: FeaturePlan,
    progress: ProgressReporter,
  ): Promise<FeaturePyramid> {
    const bytes = imageBytes(images, imageId);
    return this.#features.pyramid(
      imageId,
      () => decodeImage(bytes),
      plan,
      (steps) => progress.step(steps),
    );
  }
}

/** Rounding may take the product of two unit columns past 1. */
function clampCosine(similarity: number): number {
  return Math.min(1, Math.max(-1, similarity));
}

function planOf(request: FeatureChoice, options: RunJobOptions): FeaturePlan {
  return planFeatures(choiceOf(request, options));
}

function choiceOf({ backend, preset, prompt }: FeatureChoice, { shrink }: RunJobOptions): FeatureChoice {
  return { backend, preset, prompt, halvings: shrink };
}

function matchSettings({ parts }: FeaturePlan): MatchSettings {
  return settingsFor(parts.map(({ preset }) => preset));
}
