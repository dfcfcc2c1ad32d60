import type { Device, JobProgress, JobRequest, JobResult } from '@samepoint/shared-protocol';
import type { FeatureChoice } from '../diffusion/plan/feature-plan.js';

/** A job with the encoded bytes (PNG, JPEG or WebP) of every image it refers to, by image id. */
export interface EngineJob {
  request: JobRequest;
  images: ReadonlyMap<string, Uint8Array>;
  /**
   * Overrides the features that the request names. Only for jobs from the command line: a choice may name local files,
   * which a client's request must not.
   */
  features?: FeatureChoice | undefined;
}

export interface EngineOutcome {
  result: JobResult;
  /** Binary part of the result: a heatmap, or PNGs one after another. */
  payload?: Uint8Array;
}

export interface RunOptions {
  /** An abort ends the engine process; the next job starts a new one. */
  signal?: AbortSignal;
  onProgress?: (progress: JobProgress) => void;
  /** The job's networks run on another device than `ready` returned. */
  onDevice?: (device: Device) => void;
}

/** The engine as the daemon uses it. Runs one job at a time. */
export interface Engine {
  /**
   * Starts the process if necessary and returns its device.
   * @throws SamepointError `BAD_REQUEST` if the requested provider does not work, `INTERNAL` if no network can run,
   *   `ENGINE_CRASHED`
   */
  ready(): Promise<Device>;
  /**
   * @throws SamepointError `CANCELLED` after an abort, `ENGINE_CRASHED` if the process ended, `GPU_OUT_OF_MEMORY`, or the
   *   error of the job
   */
  run(job: EngineJob, options?: RunOptions): Promise<EngineOutcome>;
  close(): Promise<void>;
}
