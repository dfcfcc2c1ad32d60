import { LIMITS, SamepointError } from '@samepoint/shared-protocol';
import type { Clock } from '../../jobs/clock.js';
import type { ModelSource } from '../../models/model-source.js';

/** Receives the events of downloads. */
export interface DownloadListener {
  /** At most once per `LIMITS.progressIntervalMs`. `totalBytes` is 0 until it is known. */
  onProgress(modelId: string, receivedBytes: number, totalBytes: number): void;
  /** A download has ended, successfully or not; the available models may have changed. */
  onChange(): void;
  /** A download has failed. `clientIds` are the clients that requested it. */
  onFailure(clientIds: ReadonlySet<string>, error: SamepointError): void;
}

interface Download {
  modelId: string;
  /** The clients that requested it. */
  clients: Set<string>;
  abort: AbortController;
  receivedBytes: number;
  totalBytes: number;
  lastSentAt: number;
  isScheduled: boolean;
}

/** The daemon's model downloads, one at a time. They are independent of connections and survive a disconnect. */
export class ModelDownloads {
  #current: Download | undefined;

  constructor(
    readonly source: ModelSource,
    readonly clock: Clock,
    readonly listener: DownloadListener,
  ) {}

  /** Starts a download or joins the running one. Returns the error if another model is being downloaded. */
  start(modelId: string, clientId: string): SamepointError | undefined {
    const current = this.#current ?? this.#begin(modelId);
    if (current.modelId !== modelId) return oneAtATime(current.modelId, modelId);
    current.clients.add(clientId);
    this.#scheduleProgress(current);
    return undefined;
  }

  /** Cancels a download; the next start resumes it. False if there is no such download. */
  cancel(modelId: string): boolean {
    const current = this.#current;
    if (current?.modelId !== modelId) return false;
    current.abort.abort();
    this.#end(current, cancelled(modelId));
    return true;
  }

  close(): void {
    this.#current?.abort.abort();
    this.#current = undefined;
  }

  #begin(modelId: string): Download {
    const download: Download = {
      modelId,
      clients: new Set(),
      abort: new AbortController(),
      receivedBytes: 0,
      totalBytes: 0,
      lastSentAt: Number.NEGATIVE_INFINITY,
      isScheduled: false,
    };
    this.#current = download;
    void this.source
      .pull(modelId, {
        signal: download.abort.signal,
        onProgress: ({ bytes, totalBytes }) => {
          download.receivedBytes = bytes;
          download.totalBytes = totalBytes;
          this.#scheduleProgress(download);
        },
      })
      .then(
        () => this.#end(download),
        (thrown: unknown) => this.#end(download, about(modelId, SamepointError.from(thrown))),
      );
    return download;
  }

  /** Sends progress now, or once the interval since the last message has passed. */
  #scheduleProgress(download: Download): void {
    const waitMs = download.lastSentAt + LIMITS.progressIntervalMs - this.clock.now();
    if (waitMs <= 0) this.#sendProgress(download);
    else if (!download.isScheduled) {
      download.isScheduled = true;
      this.clock.after(waitMs, () => this.#sendProgress(download));
    }
  }

  /** Sends nothing for a cancelled download that has not stopped yet. */
  #sendProgress(download: Download): void {
    if (this.#current !== download) return;
    download.lastSentAt = this.clock.now();
    download.isScheduled = false;
    this.listener.onProgress(download.modelId, download.receivedBytes, download.totalBytes);
  }

  #end(download: Download, error?: SamepointError): void {
    if (this.#current !== download) return;
    this.#current = undefined;
    this.listener.onChange();
    if (error !== undefined) this.listener.onFailure(download.clients, error);
  }
}

/** Adds the model id to an error, so that clients can distinguish it from errors of jobs. */
function about(modelId: string, { code, message, hint }: SamepointError): SamepointError {
  return new SamepointError(code, message, hint, { details: { modelId } });
}

function cancelled(modelId: string): SamepointError {
  return about(
    modelId,
    new SamepointError('CANCELLED', 'The download was cancelled.', 'Start it again; it resumes where it stopped.'),
  );
}

function oneAtATime(running: string, modelId: string): SamepointError {
  return about(
    modelId,
    new SamepointError(
      'QUEUE_FULL',
      `The model “${running}” is being downloaded; only one download runs at a time.`,
      'Wait until it finishes, or cancel it.',
    ),
  );
}
