import type { DaemonMessage, ErrorPayload, JobProgress, JobRequest, JobResult } from '@samepoint/shared-protocol';
import { modelMissing } from './failure.js';
import { chooseBackend } from './request.js';
import type { Flow, FlowEffect, FlowEvent } from './state.js';

/** An image of a job with its id in the protocol. */
export interface JobImage {
  /** Lower-case hex SHA-256 of `png`. */
  imageId: string;
  png: Uint8Array;
  width: number;
  height: number;
}

/** A request before a backend is chosen. */
export type UnassignedRequest<R extends JobRequest = JobRequest> = R extends JobRequest ? Omit<R, 'backend'> : never;

export interface ImageJobInput {
  jobId: string;
  /** The images that the request names, without those that the daemon is known to have. */
  images: readonly JobImage[];
  request: UnassignedRequest;
}

/** A job that compares whole images. Transfers are sent in parts instead, see `sending.ts`. */
export type ImageJob =
  /** `request` is null until the daemon is connected, since it names one of the daemon's backends. */
  | { phase: 'sending'; input: ImageJobInput; request: JobRequest | null; unanswered: readonly string[] }
  | { phase: 'running'; input: ImageJobInput; request: JobRequest; position: number; progress: JobProgress | null };

/** What an event does to a job. */
export type ImageJobStep =
  | { kind: 'goes-on'; job: ImageJob; effects: FlowEffect[] }
  /** `payload` is the binary part of the result, empty if it has none. */
  | { kind: 'result'; result: JobResult; payload: Uint8Array }
  | { kind: 'failed'; error: ErrorPayload }
  | { kind: 'cancelled'; effects: FlowEffect[] };

/** Offers the images to the daemon, and starts the job after the last one. Without a connection it waits for one. */
export function startImageJob(flow: Flow, input: ImageJobInput): ImageJobStep {
  if (!flow.daemon.connected) return goOn({ phase: 'sending', input, request: null, unanswered: [] });
  const backend = chooseBackend(flow.daemon.backends, flow.preferences.backend);
  if (backend === null || backend.state === 'missing') return { kind: 'failed', error: modelMissing(backend) };
  const request: JobRequest = { ...input.request, backend: backend.id };
  const images = new Map(input.images.map((image) => [image.imageId, image]));
  if (images.size === 0) return run(input, request);
  const offers = [...images.values()].map(
    ({ imageId, width, height, png }): FlowEffect => ({
      type: 'daemon',
      message: { type: 'image.offer', imageId, width, height, bytes: png.length },
    }),
  );
  return goOn({ phase: 'sending', input, request, unanswered: [...images.keys()] }, offers);
}

/** What an event does to the job; null if it is about something else. */
export function reduceImageJob(flow: Flow, job: ImageJob, event: FlowEvent): ImageJobStep | null {
  switch (event.type) {
    case 'cancel':
      return { kind: 'cancelled', effects: cancelImageJob(job) };
    case 'connected':
      if (job.phase === 'sending' || !event.jobs.some(({ jobId }) => jobId === job.input.jobId)) {
        return startImageJob(flow, job.input);
      }
      return goOn(job, [start(job.input, job.request)]);
    case 'daemon':
      return job.phase === 'sending'
        ? reduceAnswer(job, event.message)
        : reduceResult(job, event.message, event.payload);
    default:
      return null;
  }
}

/** The effects that stop the job. */
export function cancelImageJob({ phase, input }: ImageJob): FlowEffect[] {
  return phase === 'running' ? [{ type: 'daemon', message: { type: 'job.cancel', jobId: input.jobId } }] : [];
}

function goOn(job: ImageJob, effects: FlowEffect[] = []): ImageJobStep {
  return { kind: 'goes-on', job, effects };
}

function start({ jobId }: ImageJobInput, request: JobRequest): FlowEffect {
  return { type: 'daemon', message: { type: 'job.start', jobId, request } };
}

type Sending = Extract<ImageJob, { phase: 'sending' }>;
type Running = Extract<ImageJob, { phase: 'running' }>;

function reduceAnswer(job: Sending, message: DaemonMessage): ImageJobStep | null {
  switch (message.type) {
    case 'image.need': {
      const image = job.input.images.find(({ imageId }) => imageId === message.imageId);
      if (image === undefined) return null;
      return answered(job, image.imageId, [{ type: 'image', imageId: image.imageId, png: image.png }]);
    }
    case 'image.have':
      return answered(job, message.imageId, []);
    case 'error':
      return failed(message.error);
    default:
      return null;
  }
}

/** The socket preserves order, so the job arrives after its images. */
function answered(job: Sending, imageId: string, effects: FlowEffect[]): ImageJobStep {
  const { input, request } = job;
  const unanswered = job.unanswered.filter((id) => id !== imageId);
  if (unanswered.length > 0 || request === null) return goOn({ ...job, unanswered }, effects);
  return run(input, request, effects);
}

function run(input: ImageJobInput, request: JobRequest, before: FlowEffect[] = []): ImageJobStep {
  return goOn({ phase: 'running', input, request, position: 0, progress: null }, [...before, start(input, request)]);
}

function reduceResult(
  job: Running,
  message: DaemonMessage,
  payload: Uint8Array = new Uint8Array(),
): ImageJobStep | null {
  if ('jobId' in message && message.jobId !== job.input.jobId) return null;
  switch (message.type) {
    case 'job.accepted':
      return goOn({ ...job, position: message.position });
    case 'job.progress':
      return goOn({ ...job, position: 0, progress: message.progress });
    case 'job.result':
      return message.result.kind === job.request.kind ? { kind: 'result', result: message.result, payload } : null;
    case 'job.failed':
      return { kind: 'failed', error: message.error };
    case 'job.cancelled':
      return { kind: 'cancelled', effects: [] };
    case 'error':
      return failed(message.error);
    default:
      return null;
  }
}

/** An error about a job that ended before its cancel arrived, or about a download, does not concern this job. */
function failed(error: ErrorPayload): ImageJobStep | null {
  const isUnrelated = error.code === 'JOB_UNKNOWN' || error.details?.modelId !== undefined;
  return isUnrelated ? null : { kind: 'failed', error };
}
