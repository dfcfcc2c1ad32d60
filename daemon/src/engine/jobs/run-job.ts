import { refinesPoints } from '../../correspond/match-settings.js';
import { Matcher } from '../../correspond/matcher.js';
import { WindowMatcher } from '../../correspond/window-matcher.js';
import type { FeatureStore } from '../../diffusion/cache/feature-store.js';
import { FeatureSource } from '../../diffusion/feature-source.js';
import { type FeatureChoice, type FeaturePlan, planFeatures, planTask } from '../../diffusion/plan/feature-plan.js';
import type { Preset } from '../../diffusion/presets.js';
import type { Runtime } from '../../graph/runtime/runtime.js';
import { editProtocol } from '../../transfer/edits/published-edit.js';
import { trackSettings } from '../../transfer/tracking/track-labels.js';
import type { EngineJob, EngineOutcome } from '../engine.js';
import { runAlign } from './align-job.js';
import { checkAnyFits } from './failed-images.js';
import { runInspect } from './inspect-job.js';
import { JobPairs, PairCache, type SharedCaches } from './job-pairs.js';
import { ProgressReporter, type ReportProgress } from './progress-reporter.js';
import { runTrack } from './track-job.js';
import { runTransfer } from './transfer-job.js';
import { runWarp } from './warp-job.js';

/** How to run a job again after the device ran out of memory. */
export interface RunJobOptions {
  /** How often the image size is halved. */
  downscaleSteps?: number;
  /** The job is not run again after `GPU_OUT_OF_MEMORY`: targets that do not fit fail alone. */
  isLastAttempt?: boolean;
}

/** Runs jobs. Networks, feature maps and matching graphs stay alive between them. */
export class JobRunner {
  readonly #caches: SharedCaches;
  readonly #windowMatcher = new WindowMatcher();

  /** @param store caches features on disk */
  constructor(runtime: Runtime, store?: FeatureStore) {
    this.#caches = { features: new FeatureSource(runtime, store), matcher: new Matcher(), pairs: new PairCache() };
  }

  /** @throws SamepointError */
  async run(job: EngineJob, report: ReportProgress, options: RunJobOptions = {}): Promise<EngineOutcome> {
    const outcome = await this.#run(job, report, options);
    checkAnyFits(outcome.result);
    return outcome;
  }

  #run(
    { request, images, features }: EngineJob,
    report: ReportProgress,
    { downscaleSteps, isLastAttempt: keepsGoing = false }: RunJobOptions,
  ): Promise<EngineOutcome> {
    const progress = new ProgressReporter(report);
    const choice = { ...(features ?? choiceOf(request)), downscaleSteps };
    switch (request.kind) {
      case 'transfer': {
        const plan = planFeatures(choice);
        const { coarseToFine = false } = request;
        const pairs = new JobPairs(this.#caches, images, plan, progress, { coarseToFine });
        const refines = request.coarseToFine ?? refinesPoints(presets(plan));
        return runTransfer(request, pairs, progress, { refines, keepsGoing });
      }
      case 'inspect': {
        const plan = planFeatures(choice);
        const { coarseToFine = refinesPoints(presets(plan)) } = request;
        return runInspect(request, new JobPairs(this.#caches, images, plan, progress, { coarseToFine }), progress);
      }
      case 'warp': {
        const plan = planFeatures(choice);
        const pairs = new JobPairs(this.#caches, images, plan, progress);
        return runWarp(request, images, pairs, progress, { protocol: editProtocol(request, plan), keepsGoing });
      }
      case 'align': {
        const plan = planTask('geometric', choice);
        return runAlign(request, images, new JobPairs(this.#caches, images, plan, progress), progress);
      }
      case 'track': {
        const plan = planTask('video', choice);
        const frames = new JobPairs(this.#caches, images, plan, progress);
        return runTrack(request, images, this.#windowMatcher, frames, trackSettings(plan), progress);
      }
    }
  }
}

/** A request names a backend, a preset and a prompt; only the command line sets files and other settings. */
function choiceOf({ backend, preset, prompt }: EngineJob['request']): FeatureChoice {
  return { backend, preset, prompt };
}

function presets({ parts }: FeaturePlan): Preset[] {
  return parts.map(({ preset }) => preset);
}
