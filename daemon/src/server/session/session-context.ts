import type { Backend, Device } from '@samepoint/shared-protocol';
import type { Clock } from '../../jobs/clock.js';
import type { ImageStore } from '../../jobs/image-store.js';
import type { JobQueue } from '../../jobs/job-queue.js';
import type { ModelSource } from '../../models/model-source.js';
import type { Log } from '../log.js';
import type { ModelDownloads } from './model-downloads.js';

/** The feature backends. */
export interface Backends {
  /** All backends with their current state. */
  list(): readonly Backend[];
  /** Whether a job may name it: a listed backend, or a fusion of several. */
  has(id: string): boolean;
}

/** State shared by all connections. */
export interface SessionContext {
  /** Name and version, as clients show it. */
  readonly daemon: string;
  readonly backends: Backends;
  readonly models: ModelSource;
  readonly downloads: ModelDownloads;
  /** The device currently in use. */
  device(): Device;
  readonly queue: JobQueue;
  readonly images: ImageStore;
  readonly clock: Clock;
  readonly log: Log;
}
