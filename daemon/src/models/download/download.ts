import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type FileHandle, open, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../../write-files.js';
import type { FileSource } from '../catalogue.js';
import type { ModelEnvironment } from '../model-environment.js';
import { damaged, fileFailure, networkFailure, TransientFailure } from './failures.js';
import { proxyFor } from './proxy.js';
import { type ByteRange, describeSource, getRemote, headRemote, type RemoteFile } from './remote-file.js';
import { type AttemptOptions, withRetries } from './retry.js';

/** A file to write: `prefix`, then ranges of the remote file. A whole file is one range without prefix. */
export interface DownloadPlan {
  source: FileSource;
  remote: RemoteFile;
  prefix: Buffer;
  ranges: readonly ByteRange[];
  /** Path of the incomplete file. The state for resuming is stored beside it. */
  partial: string;
}

export type Download = { ok: true } | { ok: false; reason: 'ranges-ignored' };

/** The state beside a partial file. A download resumes only if all of it still matches. */
const resumeSchema = z.object({
  etag: z.string(),
  size: z.number(),
  parts: z.string(),
  validator: z.string().optional(),
});
type ResumeState = z.infer<typeof resumeSchema>;

export function plannedBytes({ prefix, ranges }: Pick<DownloadPlan, 'prefix' | 'ranges'>): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, prefix.length);
}

/** Bytes from an earlier, interrupted run of the same plan. */
export function resumableBytes(plan: DownloadPlan): number {
  const state = readResumeState(plan);
  const bytes = statSync(plan.partial, { throwIfNoEntry: false })?.size ?? 0;
  return state === undefined || bytes > plannedBytes(plan) ? 0 : bytes;
}

export async function removePartial(partial: string): Promise<void> {
  await rm(partial, { force: true });
  await rm(resumePath(partial), { force: true });
}

/**
 * Downloads into `plan.partial`. Resumes an earlier run and retries after a broken connection. On failure the partial file
 * stays, for resuming.
 * @throws SamepointError
 */
export async function download(
  plan: DownloadPlan,
  environment: ModelEnvironment,
  onPosition: (bytes: number) => void,
  { signal, onRetry }: AttemptOptions = {},
): Promise<Download> {
  const transfer = await Transfer.open(plan, environment, onPosition, signal);
  try {
    return await transfer.run(onRetry);
  } finally {
    await transfer.close();
  }
}

class Transfer {
  #remote: RemoteFile;
  #attempts = 0;

  private constructor(
    readonly plan: DownloadPlan,
    readonly environment: ModelEnvironment,
    readonly onPosition: (bytes: number) => void,
    readonly signal: AbortSignal | undefined,
    readonly file: FileHandle,
    private position: number,
    private validator: string | undefined,
  ) {
    this.#remote = plan.remote;
  }

  static async open(
    plan: DownloadPlan,
    environment: ModelEnvironment,
    onPosition: (bytes: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<Transfer> {
    try {
      makeFolder(dirname(plan.partial));
      const position = resumableBytes(plan);
      const validator = position === 0 ? undefined : readResumeState(plan)?.validator;
      const file = await open(plan.partial, position === 0 ? 'w' : 'r+');
      return new Transfer(plan, environment, onPosition, signal, file, position, validator);
    } catch (thrown) {
      throw fileFailure(thrown, plan.partial);
    }
  }

  async run(onRetry: AttemptOptions['onRetry']): Promise<Download> {
    const options = { sleep: this.environment.sleep, signal: this.signal, onRetry, progress: () => this.position };
    return withRetries(() => this.#attempt(), options);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #attempt(): Promise<Download> {
    if (this.#attempts++ > 0) await this.#refreshRemote();
    if (this.position < this.plan.prefix.length) await this.#restart();
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (!(await this.#readRange(next))) return { ok: false, reason: 'ranges-ignored' };
    }
    return { ok: true };
  }

  /** Gets a new URL, since signed URLs expire, and checks that the remote file has not changed. */
  async #refreshRemote(): Promise<void> {
    const { source, remote } = this.plan;
    this.#remote = await headRemote(source, this.environment, this.signal);
    if (this.#remote.etag === remote.etag && this.#remote.size === remote.size) return;
    throw damaged(describeSource(source), 'it changed on the server during the download');
  }

  async #restart(): Promise<void> {
    this.position = 0;
    try {
      await this.file.truncate(0);
    } catch (thrown) {
      throw fileFailure(thrown, this.plan.partial);
    }
    await this.#write(this.plan.prefix);
  }

  /** The range of the remote file at the current position. */
  #next(): ByteRange | undefined {
    let start = this.plan.prefix.length;
    for (const { from, to } of this.plan.ranges) {
      const end = start + to - from;
      if (this.position < end) return { from: from + this.position - start, to };
      start = end;
    }
    return undefined;
  }

  /** Returns false if the server sent the whole file although only ranges were requested. */
  async #readRange(range: ByteRange): Promise<boolean> {
    const what = describeSource(this.plan.source);
    const { size } = this.plan.remote;
    const isWhole = range.from === 0 && range.to === size;
    const asked = isWhole ? undefined : range;
    const response = await getRemote(this.environment, this.#remote, what, asked, this.signal, this.validator);
    let left = range.to - range.from;
    if (asked !== undefined && !isRangeResponse(response, range, size)) {
      const [only] = this.plan.ranges;
      if (this.plan.prefix.length > 0 || only?.from !== 0 || only.to !== size) {
        await response.body?.cancel();
        return false;
      }
      await this.#restart();
      left = size;
    }
    await this.#saveResumeState(response);
    await this.#readBody(response, left, what);
    return true;
  }

  async #readBody(response: Response, bytes: number, what: string): Promise<void> {
    let left = bytes;
    try {
      for await (const chunk of chunksOf(response, this.signal)) {
        if (chunk.length > left) throw damaged(what, 'the server sent more bytes than announced');
        await this.#write(chunk);
        left -= chunk.length;
      }
    } catch (thrown) {
      const { url } = this.#remote;
      throw networkFailure(thrown, url, proxyFor(url, this.environment.at.proxies));
    }
    if (left > 0) throw new TransientFailure(`${what} ended early`);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await this.file.write(bytes, written, bytes.length - written, this.position);
        written += bytesWritten;
        this.position += bytesWritten;
      }
    } catch (thrown) {
      throw fileFailure(thrown, this.plan.partial);
    }
    this.onPosition(this.position);
  }

  /** Weak validators do not work with If-Range (RFC 9110, 13.1.5). */
  async #saveResumeState(response: Response): Promise<void> {
    const etag = response.headers.get('etag');
    this.validator = etag === null || etag.startsWith('W/') ? undefined : etag;
    const { remote, partial } = this.plan;
    const state: ResumeState = { etag: remote.etag, size: remote.size, parts: partsOf(this.plan) };
    if (this.validator !== undefined) state.validator = this.validator;
    try {
      await writeFile(resumePath(partial), JSON.stringify(state));
    } catch (thrown) {
      throw fileFailure(thrown, partial);
    }
  }
}

/**
 * The chunks of the body. Checks the signal itself: on Node 20, reading never ends after an abort that coincides with the
 * last chunk.
 */
async function* chunksOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of response.body ?? []) {
    yield chunk;
    signal?.throwIfAborted();
  }
}

function isRangeResponse(response: Response, { from, to }: ByteRange, size: number): boolean {
  return response.status === 206 && response.headers.get('content-range') === `bytes ${from}-${to - 1}/${size}`;
}

function partsOf({ prefix, ranges }: DownloadPlan): string {
  return createHash('sha256').update(prefix).update(JSON.stringify(ranges)).digest('hex');
}

function resumePath(partial: string): string {
  return `${partial}.json`;
}

function readResumeState(plan: DownloadPlan): ResumeState | undefined {
  try {
    const state = resumeSchema.parse(JSON.parse(readFileSync(resumePath(plan.partial), 'utf8')));
    const { etag, size } = plan.remote;
    return state.etag === etag && state.size === size && state.parts === partsOf(plan) ? state : undefined;
  } catch {
    return undefined;
  }
}
