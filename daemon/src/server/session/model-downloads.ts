import { LIMITS, SamepointError } from '@samepoint/shared-protocol';
import type { Clock } from '../../jobs/clock.js';
import type { ModelSource } from '../../models/model-source.js';

/** Who hears of downloads. */
export interface DownloadListener {
  /** At most once in `LIMITS.progressIntervalMs`. `totalBytes` is 0 until it is known. */
  onProgress(modelId: string, receivedBytes: number, totalBytes: number): void;
  /** A download has ended, well or not: other models may be here than before. */
  onChange(): void;
  /** Why there is no model; for the clients that asked for it. */
  onFailure(clientIds: ReadonlySet<string>, error: SamepointError): void;
}

interface Download {
  modelId: string;
  /** The clients that asked for it. */
  clients: Set<string>;
  abort: AbortController;
  receivedBytes: number;
  totalBytes: number;
  lastSentAt: number;
  isScheduled: boolean;
}

/** Downloads of the daemon: one at a time, and not a matter of any connection, so that none is lost with one. */
export class ModelDownloads {
  #current: Download | undefined;

  constructor(
    readonly source: ModelSource,
    readonly clock: Clock,
    readonly listener: DownloadListener,
  ) {}

  /** Starts a download or joins the one that is under way; or says why not. */
  start(modelId: string, clientId: string): SamepointError | undefined {
    const current = this.#current ?? this.#begin(modelId);
    if (current.modelId !== modelId) return oneAtATime(current.modelId, modelId);
    current.clients.add(clientId);
    this.#scheduleProgress(current);
    return undefined;
  }

  /** What has arrived stays, and the next start goes on there. False when there is no such download. */
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

  /** At once where the last time is long enough ago, else when it will be. */
  #scheduleProgress(download: Download): void {
    const waitMs = download.lastSentAt + LIMITS.progressIntervalMs - this.clock.now();
    if (waitMs <= 0) this.#sendProgress(download);
    else if (!download.isScheduled) {
      download.isScheduled = true;
      this.clock.after(waitMs, () => this.#sendProgress(download));
    }
  }

  /** Says nothing of a download that was cancelled and has not stopped yet. */
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

/** The error with the model it is about, by which clients tell it from errors of their jobs. */
function about(modelId: string, { code, message, hint }: SamepointError): SamepointError {
  return new SamepointError(code, message, hint, { details: { modelId } });
}

function cancelled(modelId: string): SamepointError {
  return about(
    modelId,
    new SamepointError('CANCELLED', 'The download was cancelled.', 'Start it again; it goes on where it stopped.'),
  );
}

function oneAtATime(running: string, modelId: string): SamepointError {
  return about(
    modelId,
    new SamepointError(
      'QUEUE_FULL',
      `The model “${running}” is being downloaded, and there is one download at a time.`,
      'Wait until it is there, or cancel it.',
    ),
  );
}
