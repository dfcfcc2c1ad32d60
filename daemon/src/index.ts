// The package as a library: `import { createEngine, match } from 'samepoint'`.
import { createHash } from 'node:crypto';
import {
  type Box,
  type Device,
  type Item,
  type JobProgress,
  type JobRequest,
  type JobResult,
  type Layer,
  type Point,
  SamepointError,
  type TransferResult,
} from '@samepoint/shared-protocol';
import { createEngineHost } from './engine/engine-host.js';
import { EMBEDDED_MODEL } from './models/resolve-model.js';

export type { Box, Device, Item, JobProgress, JobRequest, JobResult, Layer, Point, TransferResult };
export { SamepointError };

export interface EngineOptions {
  /** Execution provider. Default: the fastest one that works on this computer. */
  provider?: 'cuda' | 'dml' | 'webgpu' | 'coreml' | 'cpu';
  /** Number of the CUDA or DirectML device. Default: 0. */
  device?: number;
}

export interface RunOptions {
  /** An abort ends the job with the error `CANCELLED`. */
  signal?: AbortSignal;
  onProgress?: (progress: JobProgress) => void;
}

/** Computes in a process of its own, one job at a time. The process starts with the first job. */
export interface Engine {
  /**
   * Starts the process and returns the device that networks run on.
   * @throws SamepointError `BAD_REQUEST` if the requested provider does not work, `INTERNAL` if no network can run
   */
  ready(): Promise<Device>;
  /**
   * Runs a job of the protocol.
   * @param images encoded bytes (PNG, JPEG or WebP) by the image ids that the request uses; {@link imageId} computes them
   * @returns the result, and for some kinds of job a binary payload
   * @throws SamepointError with the code of the failure
   */
  run(
    job: { request: JobRequest; images: ReadonlyMap<string, Uint8Array> },
    options?: RunOptions,
  ): Promise<{ result: JobResult; payload?: Uint8Array }>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** Creates an engine. Call `close` when done; an open engine keeps Node running. */
export function createEngine(options: EngineOptions = {}): Engine {
  return createEngineHost(options);
}

/** The id of an image in a job: the SHA-256 of its bytes in lower-case hex. */
export function imageId(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Positions are in pixels of the source image, from its top left corner. */
export interface MatchQuery {
  /** Encoded bytes (PNG, JPEG or WebP). */
  source: Uint8Array;
  targets: readonly Uint8Array[];
  points?: readonly Point[];
  boxes?: readonly Box[];
  /** Default: the embedded model. */
  backend?: string;
  preset?: string;
}

/**
 * Finds points and boxes of one image in others.
 * @returns one entry per target, in the order of the query. Its `placements` are the points, then the boxes, in target
 *   pixels; each has a confidence from 0 to 1. A target that cannot be read has the state `failed` and an error instead
 * @throws SamepointError `BAD_REQUEST` without points and boxes, `IMAGE_UNREADABLE` for the source, or another code of the
 *   engine
 */
export async function match(
  engine: Engine,
  query: MatchQuery,
  options: RunOptions = {},
): Promise<TransferResult['targets']> {
  const images = [query.source, ...query.targets].map((bytes) => ({ id: imageId(bytes), bytes }));
  const [source, ...targets] = images.map(({ id }) => ({ imageId: id, layers: [] }));
  const items = itemsOf(query);
  if (source === undefined || targets.length === 0 || items.length === 0) {
    throw new SamepointError(
      'BAD_REQUEST',
      'There is nothing to match.',
      'Pass at least one target, and at least one point or box.',
    );
  }
  const { backend = EMBEDDED_MODEL.id, preset } = query;
  const request: JobRequest = {
    kind: 'transfer',
    backend,
    ...(preset === undefined ? {} : { preset }),
    source,
    targets: targets.map((frame, n) => ({ targetId: String(n), frame })),
    items,
  };
  const { result } = await engine.run(
    { request, images: new Map(images.map(({ id, bytes }) => [id, bytes])) },
    options,
  );
  if (result.kind !== 'transfer') throw new TypeError(`unexpected result of kind ${result.kind}`);
  return result.targets;
}

function itemsOf({ points = [], boxes = [] }: MatchQuery): Item[] {
  return [
    ...points.map((point, n) => ({ kind: 'point' as const, itemId: `point ${n + 1}`, point })),
    ...boxes.map((box, n) => ({ kind: 'box' as const, itemId: `box ${n + 1}`, box })),
  ];
}
