import type { Device, JobProgress, JobRequest, JobResult } from '@samepoint/shared-protocol';
import type { FeatureChoice } from '../diffusion/plan/feature-plan.js';

/** A job with the encoded bytes (PNG, JPEG or WebP) of every image it refers to, by image id. */
export interface EngineJob {
  request: JobRequest;
  images: ReadonlyMap<string, Uint8Array>;
  /**
   * The features to use instead of those that the request names. Only for jobs of this computer's own command line: a choice
   * may name files of this disk, and a request from elsewhere must not.
   */
  features?: FeatureChoice | undefined;
}

export interface EngineOutcome {
  result: JobResult;
  /** Binary part of the result: the heatmap of `inspect`. */
  payload?: Uint8Array;
}

export interface RunOptions {
  /** Aborting ends the engine's process; the next job gets a new one. */
  signal?: AbortSignal;
  onProgress?: (progress: JobProgress) => void;
  /** The job's networks run otherwise than `ready` said. */
  onDevice?: (device: Device) => void;
}

/** The inference process, seen from outside. Runs one job at a time. */
export interface Engine {
  /**
   * Starts the process if it does not run yet and says which device it uses.
   * @throws SamepointError `BAD_REQUEST` for a provider that was asked for and does not work, `INTERNAL` where no network can
   *   run, `ENGINE_CRASHED`
   */
  ready(): Promise<Device>;
  /**
   * @throws SamepointError `CANCELLED` after an abort, `ENGINE_CRASHED` when the process died, `GPU_OUT_OF_MEMORY`,
   *   or whatever the job itself failed with.
   */
  run(job: EngineJob, options?: RunOptions): Promise<EngineOutcome>;
  close(): Promise<void>;
}
