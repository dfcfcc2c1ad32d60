import type { Device, ErrorPayload, JobProgress, JobResult } from '@samepoint/shared-protocol';
import type { EngineJob } from './engine.js';
import type { ProviderChoice } from './providers/choose-provider.js';

/** How much smaller than usual a job looks at its images: 1 after it was too large for the device's memory. */
export type Shrink = 0 | 1;

/** What the daemon tells the engine's process; `start` comes first, and once. */
export type ToChild = { type: 'start'; choice: ProviderChoice } | { type: 'run'; job: EngineJob; shrink: Shrink };

/** What the engine's process tells the daemon. It runs one job at a time, so jobs need no ids here. */
export type FromChild =
  | { type: 'ready'; device: Device }
  /** It cannot run any network. */
  | { type: 'unusable'; error: ErrorPayload }
  /** Networks run otherwise than was said before. */
  | { type: 'device'; device: Device }
  | { type: 'progress'; progress: JobProgress }
  | { type: 'done'; result: JobResult; payload?: Uint8Array }
  | { type: 'failed'; error: ErrorPayload };
