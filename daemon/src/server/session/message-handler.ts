import {
  BACKEND_DOWNLOAD,
  type Backend,
  type ClientMessage,
  imageLabel,
  type JobKind,
  type JobRequest,
  LAYER_REFERENCES,
  LIMITS,
  MATCHING_STAGES,
  SamepointError,
  TRANSFER_CUES,
  TRANSFER_RUNNERS_UP,
} from '@samepoint/shared-protocol';
import type { StartOutcome } from '../../jobs/job-queue.js';
import type { Outbox } from './outbox.js';
import { badRequest } from './read-client-message.js';
import type { SessionContext } from './session-context.js';

const JOB_KINDS: readonly JobKind[] = ['transfer', 'inspect', 'track', 'warp', 'align'];

/** The optional features that this daemon supports. */
export const FEATURES: readonly string[] = [
  ...JOB_KINDS.map((kind) => `job.${kind}`),
  'model.pull',
  TRANSFER_CUES,
  TRANSFER_RUNNERS_UP,
  LAYER_REFERENCES,
  MATCHING_STAGES,
];

type Offer = Extract<ClientMessage, { type: 'image.offer' }>;

/** Handles the messages of one client after its hello. */
export class MessageHandler {
  /** The optional features that the client's hello lists. */
  clientFeatures: ReadonlySet<string> = new Set();

  constructor(
    readonly clientId: string,
    readonly context: SessionContext,
    readonly outbox: Outbox,
  ) {}

  handle(message: ClientMessage): void {
    const { outbox } = this;
    switch (message.type) {
      case 'hello':
        outbox.error(badRequest('The connection has already sent a hello.'));
        return;
      case 'image.offer':
        this.#offer(message);
        return;
      case 'job.start':
        this.#start(message.jobId, message.request);
        return;
      case 'job.cancel':
        this.#cancel(message.jobId);
        return;
      case 'model.pull':
        this.#pull(message.modelId);
        return;
      case 'model.cancel':
        if (!this.context.downloads.cancel(message.modelId)) outbox.error(noDownload(message.modelId));
        return;
      case 'status.get':
        outbox.send({ type: 'status', ...this.status() });
        return;
      case 'ping':
        outbox.send({ type: 'pong' });
        return;
    }
  }

  /** Stores the bytes of an image and answers whether it is stored. */
  async storeImage(imageId: string, bytes: Uint8Array): Promise<void> {
    const stored = await this.context.images.put(imageId, bytes);
    if (stored.ok) this.outbox.send({ type: 'image.have', imageId });
    else this.outbox.error(stored.error, imageId);
  }

  status() {
    const { daemon, queue } = this.context;
    return { daemon, device: this.context.device(), backends: this.#backends(), jobs: queue.statuses(this.clientId) };
  }

  /** Adds download size and licence, for clients that support that field. */
  #backends(): Backend[] {
    const { backends, models } = this.context;
    const list = [...backends.list()];
    if (!this.clientFeatures.has(BACKEND_DOWNLOAD)) return list;
    return list.map((backend) => {
      const download = backend.state === 'missing' ? models.offer(backend.id) : undefined;
      return download === undefined ? backend : { ...backend, download };
    });
  }

  #offer({ imageId, width, height, bytes }: Offer): void {
    const fits = bytes <= LIMITS.imageBytes && Math.max(width, height) <= LIMITS.imageSidePx;
    if (!fits || width * height > LIMITS.imagePixels)
      this.outbox.error(imageTooLarge(imageId, width, height, bytes), imageId);
    else this.outbox.send({ type: this.context.images.has(imageId) ? 'image.have' : 'image.need', imageId });
  }

  #start(jobId: string, request: JobRequest): void {
    const refusal = this.#refusal(request);
    const started = refusal ?? this.context.queue.start(this.clientId, jobId, request);
    if (!started.ok) this.outbox.send({ type: 'job.failed', jobId, error: started.error.toPayload() });
  }

  #refusal({ backend }: JobRequest): StartOutcome | undefined {
    return this.context.backends.has(backend) ? undefined : { ok: false, error: backendUnknown(backend) };
  }

  #pull(modelId: string): void {
    const { backends, downloads } = this.context;
    const isEmbedded = backends.list().some(({ id, state }) => id === modelId && state === 'embedded');
    const refusal = isEmbedded ? nothingToDownload(modelId) : downloads.start(modelId, this.clientId);
    if (refusal !== undefined) this.outbox.error(refusal);
  }

  #cancel(jobId: string): void {
    if (this.context.queue.cancel(this.clientId, jobId)) return;
    this.outbox.error(
      new SamepointError(
        'JOB_UNKNOWN',
        'There is no job with this id.',
        'Its result may have expired; start a new job.',
        {
          details: { jobId },
        },
      ),
    );
  }
}

function imageTooLarge(imageId: string, width: number, height: number, bytes: number): SamepointError {
  return new SamepointError(
    'IMAGE_TOO_LARGE',
    `${imageLabel(imageId)} is too large: ${width} × ${height} px, ${bytes} bytes.`,
    `Export it smaller: at most ${LIMITS.imageSidePx} px a side, ${LIMITS.imagePixels} px in total and ${LIMITS.imageBytes} bytes.`,
  );
}

function backendUnknown(backend: string): SamepointError {
  return new SamepointError(
    'BACKEND_UNKNOWN',
    `Unknown backend “${backend}”.`,
    'Choose one of the backends that the daemon lists.',
  );
}

function nothingToDownload(modelId: string): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `The model “${modelId}” is embedded and needs no download.`,
    'Use it directly.',
    { details: { modelId } },
  );
}

function noDownload(modelId: string): SamepointError {
  return new SamepointError('MODEL_MISSING', `No download of “${modelId}” is running.`, 'There is nothing to cancel.', {
    details: { modelId },
  });
}
