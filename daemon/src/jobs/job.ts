import type { ErrorPayload, JobProgress, JobRequest, JobStatus } from '@samepoint/shared-protocol';
import type { EngineOutcome } from '../engine/engine.js';

/** How a job ends; every job ends with exactly one of these. */
export type TerminalEvent =
  | { type: 'result'; jobId: string; outcome: EngineOutcome }
  | { type: 'cancelled'; jobId: string; at: 'queued' | 'running' }
  | { type: 'failed'; jobId: string; error: ErrorPayload };

/** What a client is told about its jobs. `accepted` comes again whenever the position changes. */
export type JobEvent =
  | { type: 'accepted'; jobId: string; position: number }
  | { type: 'progress'; jobId: string; progress: JobProgress }
  | TerminalEvent;

/** Takes an event to the client; false when it could not be sent. */
export type JobListener = (event: JobEvent) => boolean;

/** A job in the queue. It belongs to a paired client, not to a connection. */
export interface Job {
  readonly clientId: string;
  readonly jobId: string;
  readonly request: JobRequest;
  readonly imageIds: readonly string[];
  readonly controller: AbortController;
  state: JobStatus['state'];
  /** The last position the client was told. */
  position: number | undefined;
  /** Whether the client's present connection started or joined the job; only then it is told about it. */
  joined: boolean;
  terminal?: TerminalEvent;
  /** Whether the terminal event reached a connection. */
  delivered: boolean;
  /** Calls the forgetting of an ended job off. */
  clearExpiry?: () => void;
}

/** Waiting or running. */
export function isLive(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running';
}
