import type { Backend, Device } from '@samepoint/shared-protocol';
import type { Clock } from '../../jobs/clock.js';
import type { ImageStore } from '../../jobs/image-store.js';
import type { JobQueue } from '../../jobs/job-queue.js';
import type { ModelSource } from '../../models/model-source.js';
import type { Log } from '../log.js';
import type { ModelDownloads } from './model-downloads.js';

/** What features can be made with. */
export interface Backends {
  /** All of them, with whether they are there at this moment. */
  list(): readonly Backend[];
  /** Whether a job may name it: one of the list, or made of some of them. */
  has(id: string): boolean;
}

/** What all connections share. */
export interface SessionContext {
  /** Name and version, as clients show it. */
  readonly daemon: string;
  readonly backends: Backends;
  readonly models: ModelSource;
  readonly downloads: ModelDownloads;
  /** The device in use at this moment. */
  device(): Device;
  readonly queue: JobQueue;
  readonly images: ImageStore;
  readonly clock: Clock;
  readonly log: Log;
}
