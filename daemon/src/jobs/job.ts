import type { ErrorPayload, JobProgress, JobRequest, JobStatus } from '@samepoint/shared-protocol';
import type { EngineOutcome } from '../engine/engine.js';

/** How a job ends; every job ends with exactly one of these. */
export type TerminalEvent =
  | { type: 'result'; jobId: string; outcome: EngineOutcome }
  | { type: 'cancelled'; jobId: string; at: 'queued' | 'running' }
  | { type: 'failed'; jobId: string; error: ErrorPayload };

/** An event of a client's job. `accepted` is repeated whenever the position changes. */
export type JobEvent =
  | { type: 'accepted'; jobId: string; position: number }
  | { type: 'progress'; jobId: string; progress: JobProgress }
  | TerminalEvent;

/** Sends an event to the client; false if it could not be sent. */
export type JobListener = (event: JobEvent) => boolean;

/** A job in the queue. It belongs to a paired client, not to a connection. */
export interface Job {
  readonly clientId: string;
  readonly jobId: string;
  readonly request: JobRequest;
  readonly imageIds: readonly string[];
  readonly controller: AbortController;
  state: JobStatus['state'];
  /** The last position sent to the client. */
  position: number | undefined;
  /** Whether the client's current connection started or joined the job. Only then are events sent. */
  joined: boolean;
  terminal?: TerminalEvent;
  /** Whether the terminal event reached a connection. */
  delivered: boolean;
  /** Cancels the timer that removes an ended job. */
  clearExpiry?: () => void;
}

/** Queued or running. */
export function isLive(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running';
}
