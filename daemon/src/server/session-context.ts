import type { Backend, Device } from '@samepoint/shared-protocol';
import type { Clock } from '../jobs/clock.js';
import type { ImageStore } from '../jobs/image-store.js';
import type { JobQueue } from '../jobs/job-queue.js';
import type { Log } from './log.js';

/** What all connections share. */
export interface SessionContext {
  /** Name and version, as clients show it. */
  readonly daemon: string;
  readonly backends: readonly Backend[];
  /** The device in use at this moment. */
  device(): Device;
  readonly queue: JobQueue;
  readonly images: ImageStore;
  readonly clock: Clock;
  readonly log: Log;
}
