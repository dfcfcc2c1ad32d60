import type { Device, ErrorPayload, JobProgress, JobRequest, JobResult } from '@samepoint/shared-protocol';

/** What the daemon tells the engine's process. */
export interface ToChild {
  type: 'run';
  request: JobRequest;
  images: ReadonlyMap<string, Uint8Array>;
}

/** What the engine's process tells the daemon. It runs one job at a time, so jobs need no ids here. */
export type FromChild =
  | { type: 'ready'; device: Device }
  | { type: 'progress'; progress: JobProgress }
  | { type: 'done'; result: JobResult; payload?: Uint8Array }
  | { type: 'failed'; error: ErrorPayload };
