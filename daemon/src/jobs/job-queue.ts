import { imagesOf, type JobRequest, type JobStatus, LIMITS, SamepointError } from '@samepoint/shared-protocol';
import type { Engine, EngineOutcome } from '../engine/engine.js';
import type { Clock } from './clock.js';
import { type ImageStore, RETRY_WHEN_FULL_MS } from './image-store.js';
import { isLive, type Job, type JobEvent, type JobListener, type TerminalEvent } from './job.js';
import { ProgressThrottle } from './progress-throttle.js';

export type StartOutcome = { ok: true } | { ok: false; error: SamepointError };

export interface JobQueueOptions {
  engine: Engine;
  images: ImageStore;
  clock: Clock;
}

/** One engine's job queue: first in, first out, one job at a time. */
export class JobQueue {
  readonly #engine: Engine;
  readonly #images: ImageStore;
  readonly #clock: Clock;
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  readonly #listeners = new Map<string, JobListener>();
  /** The engine's job. A cancelled job stays here until the engine has stopped it. */
  #running: Job | undefined;
  #closed = false;

  constructor({ engine, images, clock }: JobQueueOptions) {
    this.#engine = engine;
    this.#images = images;
    this.#clock = clock;
  }

  /** Sends the events of jobs that this connection starts or joins to `listener`. Replaces any earlier listener. */
  attach(clientId: string, listener: JobListener): void {
    this.#listeners.set(clientId, listener);
    for (const job of this.#jobsOf(clientId)) job.joined = false;
  }

  /** Removes the listener of a closed connection. Its jobs continue; a newer connection's listener stays. */
  detach(clientId: string, listener: JobListener): void {
    if (this.#listeners.get(clientId) === listener) this.#listeners.delete(clientId);
  }

  /**
   * Starts a job, or joins the one with this id: a running job continues, a stored result is sent again, and a failed or
   * cancelled job runs again. If the request differs, the old job is discarded, since the design has changed. A refused
   * job is not stored.
   */
  start(clientId: string, jobId: string, request: JobRequest): StartOutcome {
    const known = this.#jobs.get(keyOf(clientId, jobId));
    if (known !== undefined && !isSame(known.request, request)) this.#discard(known);
    else if (known !== undefined && this.#join(known)) return { ok: true };
    if (this.#jobsOf(clientId).filter(isLive).length >= LIMITS.jobsPerConnection)
      return { ok: false, error: queueFull() };
    const imageIds = imagesOf(request);
    const missing = this.#images.pin(imageIds);
    if (missing.length > 0) return { ok: false, error: imageMissing(missing) };
    this.#enqueue({
      clientId,
      jobId,
      request,
      imageIds,
      controller: new AbortController(),
      state: 'queued',
      position: undefined,
      joined: true,
      delivered: false,
    });
    return { ok: true };
  }

  /** Joins a job and cancels it if it is queued or running; an ended job is unchanged. False if there is no such job. */
  cancel(clientId: string, jobId: string): boolean {
    const job = this.#jobs.get(keyOf(clientId, jobId));
    if (job === undefined) return false;
    job.joined = true;
    if (job.terminal !== undefined && !job.delivered) this.#deliver(job, job.terminal);
    if (!isLive(job)) return true;
    const at = job.state === 'running' ? 'running' : 'queued';
    this.#end(job, 'cancelled', { type: 'cancelled', jobId, at });
    job.controller.abort();
    this.#notifyQueuePositions();
    return true;
  }

  /** The client's jobs that are queued, running, or ended without their result being delivered. */
  statuses(clientId: string): JobStatus[] {
    return this.#jobsOf(clientId)
      .filter((job) => !job.delivered)
      .map(({ jobId, state }) => ({ jobId, state }));
  }

  counts(): { queued: number; running: number } {
    const states = [...this.#jobs.values()].map((job) => job.state);
    return {
      queued: states.filter((state) => state === 'queued').length,
      running: states.filter((state) => state === 'running').length,
    };
  }

  /** Stops all jobs without sending events. The engine is closed by its owner. */
  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#waiting.length = 0;
    for (const job of this.#jobs.values()) job.clearExpiry?.();
    this.#running?.controller.abort();
  }

  /** False if the id is free again. */
  #join(job: Job): boolean {
    job.joined = true;
    if (isLive(job)) {
      this.#send(job, { type: 'accepted', jobId: job.jobId, position: this.#positionOf(job) });
      return true;
    }
    if (job.terminal === undefined || (job.delivered && job.state !== 'finished')) {
      this.#remove(job);
      return false;
    }
    this.#deliver(job, job.terminal);
    return true;
  }

  #enqueue(job: Job): void {
    this.#jobs.set(keyOf(job.clientId, job.jobId), job);
    this.#waiting.push(job);
    this.#notifyQueuePositions();
    this.#runNext();
  }

  #runNext(): void {
    if (this.#closed || this.#running !== undefined) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#running = job;
    job.state = 'running';
    this.#notifyQueuePositions();
    void this.#run(job).finally(() => {
      this.#running = undefined;
      this.#runNext();
    });
  }

  async #run(job: Job): Promise<void> {
    const { jobId } = job;
    const throttle = new ProgressThrottle(this.#clock, (progress) => {
      if (isLive(job)) this.#send(job, { type: 'progress', jobId, progress });
    });
    try {
      const outcome = await this.#runOnEngine(job, throttle);
      if (isLive(job)) throttle.finish();
      this.#end(job, 'finished', { type: 'result', jobId, outcome });
    } catch (thrown) {
      this.#end(job, 'failed', { type: 'failed', jobId, error: SamepointError.from(thrown).toPayload() });
    } finally {
      throttle.stop();
    }
  }

  async #runOnEngine(job: Job, throttle: ProgressThrottle): Promise<EngineOutcome> {
    const images = new Map<string, Uint8Array>();
    for (const id of job.imageIds) {
      const bytes = this.#images.get(id);
      if (bytes === undefined) throw imageMissing([id]);
      images.set(id, bytes);
    }
    return this.#engine.run(
      { request: job.request, images },
      { signal: job.controller.signal, onProgress: (progress) => throttle.offer(progress) },
    );
  }

  /** The only place where a job ends. A second end is ignored. */
  #end(job: Job, state: 'finished' | 'failed' | 'cancelled', terminal: TerminalEvent): void {
    if (!isLive(job) || this.#closed) return;
    const index = this.#waiting.indexOf(job);
    if (index >= 0) this.#waiting.splice(index, 1);
    job.state = state;
    job.terminal = terminal;
    this.#images.unpin(job.imageIds);
    job.clearExpiry = this.#clock.after(LIMITS.resultKeptMs, () => this.#remove(job));
    this.#deliver(job, terminal);
    this.#evictOldest(job.clientId);
  }

  #deliver(job: Job, terminal: TerminalEvent): void {
    if (this.#send(job, terminal)) job.delivered = true;
  }

  #send(job: Job, event: JobEvent): boolean {
    if (event.type === 'accepted') job.position = event.position;
    return job.joined && (this.#listeners.get(job.clientId)?.(event) ?? false);
  }

  #notifyQueuePositions(): void {
    for (const job of this.#running === undefined ? this.#waiting : [this.#running, ...this.#waiting]) {
      const position = this.#positionOf(job);
      if (isLive(job) && job.position !== position) this.#send(job, { type: 'accepted', jobId: job.jobId, position });
    }
  }

  #positionOf(job: Job): number {
    return job === this.#running ? 0 : this.#waiting.indexOf(job) + (this.#running === undefined ? 0 : 1);
  }

  #jobsOf(clientId: string): Job[] {
    return [...this.#jobs.values()].filter((job) => job.clientId === clientId);
  }

  /** Limits the number of ended jobs, since results may be large. */
  #evictOldest(clientId: string): void {
    const ended = this.#jobsOf(clientId).filter((job) => !isLive(job));
    for (const job of ended.slice(0, Math.max(0, ended.length - LIMITS.jobsPerConnection))) this.#remove(job);
  }

  /** Ends a superseded job without sending events. */
  #discard(job: Job): void {
    job.joined = false;
    this.#end(job, 'cancelled', { type: 'cancelled', jobId: job.jobId, at: 'queued' });
    job.controller.abort();
    this.#remove(job);
  }

  #remove(job: Job): void {
    job.clearExpiry?.();
    const key = keyOf(job.clientId, job.jobId);
    if (this.#jobs.get(key) === job) this.#jobs.delete(key);
  }
}

function keyOf(clientId: string, jobId: string): string {
  return `${clientId} ${jobId}`;
}

function isSame(a: JobRequest, b: JobRequest): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The client has reached `LIMITS.jobsPerConnection`. */
export function queueFull(): SamepointError {
  return new SamepointError(
    'QUEUE_FULL',
    `The queue is full: ${LIMITS.jobsPerConnection} jobs are queued or running.`,
    'Wait until one finishes, or cancel one.',
    { retryAfterMs: RETRY_WHEN_FULL_MS },
  );
}

/** `details` has one entry per missing image, keyed by its id. */
export function imageMissing(imageIds: readonly string[]): SamepointError {
  return new SamepointError(
    'IMAGE_MISSING',
    imageIds.length === 1 ? 'An image of the job is missing.' : `${imageIds.length} images of the job are missing.`,
    'Send the missing images, then start the job again.',
    { details: Object.fromEntries(imageIds.map((id) => [id, 'missing'])) },
  );
}
