import {
  type InspectRequest,
  type JobRequest,
  SamepointError,
  type TrackRequest,
  type TransferRequest,
} from '@samepoint/shared-protocol';
import type { AnchorField } from '../correspond/agreement.js';
import { preparePair } from '../correspond/anchors.js';
import { toHeatmap } from '../correspond/heatmap.js';
import { inspectPoint, matchPoints } from '../correspond/match-points.js';
import { ALL_PARTS } from '../correspond/match-settings.js';
import { Matcher } from '../correspond/matcher.js';
import { WindowMatcher } from '../correspond/window-matcher.js';
import { type FeaturePyramid, FeatureSource } from '../diffusion/feature-pyramid.js';
import { type BackendId, isBackendId, PRESETS } from '../diffusion/presets.js';
import type { Runtime } from '../graph/runtime.js';
import { decodeImage } from '../images/decode.js';
import { TRACK_SETTINGS } from '../transfer/track-settings.js';
import { placeItems, prepareItems } from '../transfer/transfer.js';
import type { EngineJob, EngineOutcome } from './engine.js';
import { PairCache } from './pair-cache.js';
import { ProgressReporter, type ReportProgress } from './progress-reporter.js';
import { runTrack } from './track-job.js';

/** Everything that stays alive between jobs: sessions, feature maps, matching graphs. */
export class JobRunner {
  readonly #features: FeatureSource;
  readonly #matcher = new Matcher();
  readonly #windowMatcher = new WindowMatcher();
  readonly #pairs = new PairCache();

  constructor(runtime: Runtime) {
    this.#features = new FeatureSource(runtime);
  }

  /** @throws SamepointError */
  async run({ request, images }: EngineJob, report: ReportProgress): Promise<EngineOutcome> {
    switch (request.kind) {
      case 'transfer':
        return this.#transfer(request, images, new ProgressReporter(report));
      case 'inspect':
        return this.#inspect(request, images, new ProgressReporter(report));
      case 'track':
        return this.#track(request, images, new ProgressReporter(report));
      default:
        throw unsupported(request);
    }
  }

  async #transfer(
    { backend, source, targets, items }: TransferRequest,
    images: EngineJob['images'],
    progress: ProgressReporter,
  ): Promise<EngineOutcome> {
    const id = knownBackend(backend);
    const { length: levels } = PRESETS[id].longSides;
    progress.begin('features', levels);
    const sourceFeatures = await this.#pyramid(source.imageId, images, id, progress);
    // before the targets are looked at: a wrong item should not cost a minute
    const prepared = prepareItems(items, source.layers, sourceFeatures);
    // one target after another, so that memory does not grow with their number
    progress.begin('matching', targets.length * (levels + 1));
    const placed = [];
    for (const { targetId, frame } of targets) {
      const target = await this.#pyramid(frame.imageId, images, id, progress);
      const field = await this.#pair([id, source.imageId, frame.imageId], sourceFeatures, target);
      const placements = await placeItems(prepared, source.layers, frame.layers, target, (points) =>
        matchPoints(this.#matcher, sourceFeatures, target, points, ALL_PARTS, field),
      );
      placed.push({ targetId, placements });
      progress.step();
    }
    return { result: { kind: 'transfer', targets: placed } };
  }

  async #inspect(
    { backend, source, target, point, matches: count }: InspectRequest,
    images: EngineJob['images'],
    progress: ProgressReporter,
  ): Promise<EngineOutcome> {
    const id = knownBackend(backend);
    progress.begin('features', 2 * PRESETS[id].longSides.length);
    const sourceFeatures = await this.#pyramid(source, images, id, progress);
    prepareItems([{ kind: 'point', itemId: 'point', point }], [], sourceFeatures);
    const targetFeatures = await this.#pyramid(target, images, id, progress);
    progress.begin('matching', 1);
    const field = await this.#pair([id, source, target], sourceFeatures, targetFeatures);
    const { matches, similarity } = await inspectPoint(
      this.#matcher,
      sourceFeatures,
      targetFeatures,
      point,
      count,
      ALL_PARTS,
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
      },
      payload: cells,
    };
  }

  #track(request: TrackRequest, images: EngineJob['images'], progress: ProgressReporter): Promise<EngineOutcome> {
    const id = knownBackend(request.backend);
    const source = {
      settings: TRACK_SETTINGS[id],
      steps: PRESETS[id].longSides.length,
      features: (imageId: string) => this.#pyramid(imageId, images, id, progress),
    };
    return runTrack(request, images, this.#windowMatcher, source, progress);
  }

  #pair(key: readonly string[], source: FeaturePyramid, target: FeaturePyramid): Promise<AnchorField> {
    return this.#pairs.get(key, () => preparePair(this.#matcher, source, target, ALL_PARTS));
  }

  async #pyramid(
    imageId: string,
    images: EngineJob['images'],
    backend: BackendId,
    progress?: ProgressReporter,
  ): Promise<FeaturePyramid> {
    const bytes = images.get(imageId);
    if (bytes === undefined) throw missing(imageId);
    return this.#features.pyramid(
      imageId,
      () => decodeImage(bytes),
      backend,
      () => progress?.step(),
    );
  }
}

/** Rounding may take the product of two unit columns past 1. */
function clampCosine(similarity: number): number {
  return Math.min(1, Math.max(-1, similarity));
}

function knownBackend(backend: string): BackendId {
  if (isBackendId(backend)) return backend;
  throw new SamepointError(
    'BACKEND_UNKNOWN',
    `There is no backend "${backend}".`,
    `Choose one of: ${Object.keys(PRESETS).join(', ')}.`,
  );
}

function unsupported({ kind }: JobRequest): SamepointError {
  return new SamepointError(
    'JOB_KIND_UNSUPPORTED',
    `This version cannot run "${kind}" jobs.`,
    'Update Samepoint, or use transfer, inspect or track.',
  );
}

function missing(imageId: string): SamepointError {
  return new SamepointError('IMAGE_MISSING', `The image ${imageId} is not here.`, 'Send it again.');
}
