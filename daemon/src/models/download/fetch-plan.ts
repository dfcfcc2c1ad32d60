import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile } from '../catalogue.js';
import { hubPaths } from '../files/hub-cache.js';
import { samepointCachePath } from '../files/samepoint-cache.js';
import type { ModelEnvironment } from '../model-environment.js';
import { type DownloadPlan, plannedBytes, resumableBytes } from './download.js';
import { damaged, networkFailure } from './failures.js';
import { proxyFor } from './proxy.js';
import { type ByteRange, describeSource, getRemote, headRemote, type RemoteFile } from './remote-file.js';
import { type AttemptOptions, withRetries } from './retry.js';
import { headerLength, LENGTH_BYTES, planSubset } from './safetensors-subset.js';

/** Bytes of the first read, which usually contain the whole header. */
const FIRST_READ_BYTES = 512 * 1024;

/** The download of one file of a model. */
export interface FetchPlan extends DownloadPlan {
  file: CatalogueFile;
  isSubset: boolean;
}

/** Plans the download of a file: only the needed tensors if the server supports ranges. */
export async function planFetch(
  file: CatalogueFile,
  whole: boolean,
  environment: ModelEnvironment,
  { signal, onRetry }: AttemptOptions = {},
): Promise<FetchPlan> {
  const retry = { sleep: environment.sleep, signal, onRetry };
  const remote = await withRetries(() => headRemote(file.source, environment, signal), retry);
  checkAgainstCatalogue(file, remote);
  const { tensors } = file;
  if (whole || tensors === undefined) return wholePlan(file, remote, environment);
  const header = await withRetries(() => readRemoteHeader(file, remote, environment, signal), retry);
  if (header === undefined) return wholePlan(file, remote, environment);
  const subset = planSubset(header, remote.size, tensors, describeSource(file.source));
  const partial = `${samepointCachePath(environment.at.samepointCache, file.source)}.incomplete`;
  return { file, source: file.source, remote, ...subset, partial, isSubset: true };
}

export function wholePlan(file: CatalogueFile, remote: RemoteFile, { at }: ModelEnvironment): FetchPlan {
  const { source } = file;
  const partial =
    source.kind === 'hub'
      ? `${hubPaths(at.hubCache, source, remote.commit, remote.etag).blob}.incomplete`
      : `${samepointCachePath(at.samepointCache, source)}.incomplete`;
  const ranges = [{ from: 0, to: remote.size }];
  return { file, source, remote, prefix: Buffer.alloc(0), ranges, partial, isSubset: false };
}

/** Checks that the server's file matches the catalogue before the download. */
function checkAgainstCatalogue(file: CatalogueFile, remote: RemoteFile): void {
  const what = describeSource(file.source);
  if (file.size !== null && file.size !== remote.size) {
    throw damaged(what, `it should have ${file.size} bytes, the server has ${remote.size}`);
  }
  const serverSha256 = /^[0-9a-f]{64}$/.test(remote.etag) ? remote.etag : undefined;
  if (file.sha256 !== null && serverSha256 !== undefined && serverSha256 !== file.sha256) {
    throw damaged(what, 'the SHA-256 of the file on the server differs from the catalogue');
  }
}

/** The safetensors header of a remote file; undefined if the server does not support ranges. */
async function readRemoteHeader(
  file: CatalogueFile,
  remote: RemoteFile,
  environment: ModelEnvironment,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  const what = describeSource(file.source);
  const read = (range: ByteRange) => readRange(environment, remote, what, range, signal);
  const start = await read({ from: 0, to: Math.min(FIRST_READ_BYTES, remote.size) });
  if (start === undefined) return undefined;
  const end = LENGTH_BYTES + headerLength(start.subarray(0, LENGTH_BYTES), remote.size, what);
  if (end <= start.length) return start.subarray(LENGTH_BYTES, end);
  const rest = await read({ from: start.length, to: end });
  return rest === undefined ? undefined : Buffer.concat([start.subarray(LENGTH_BYTES), rest]);
}

async function readRange(
  environment: ModelEnvironment,
  remote: RemoteFile,
  what: string,
  range: ByteRange,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  const response = await getRemote(environment, remote, what, range, signal);
  if (response.status !== 206) {
    await response.body?.cancel();
    return undefined;
  }
  try {
    const bytes = Buffer.from(await response.arrayBuffer());
    return bytes.length === range.to - range.from ? bytes : undefined;
  } catch (thrown) {
    throw networkFailure(thrown, remote.url, proxyFor(remote.url, environment.at.proxies));
  }
}

/** Disk space to leave free after a download. */
const RESERVE_BYTES = 256 * 1024 * 1024;

/** @throws SamepointError `MODEL_MISSING` if the disk has too little space for the remaining bytes */
export async function checkDiskSpace(plans: readonly FetchPlan[], environment: ModelEnvironment): Promise<void> {
  const disks = new Map<number, { folder: string; freeBytes: number; needed: number }>();
  for (const folder of [environment.at.hubCache, environment.at.samepointCache]) {
    const here = plans.filter(({ partial }) => partial.startsWith(join(folder, '/')));
    if (here.length === 0) continue;
    const { id, freeBytes } = await environment.disk(folder);
    const disk = disks.get(id) ?? { folder, freeBytes, needed: 0 };
    disk.needed += here.reduce((sum, plan) => sum + plannedBytes(plan) - resumableBytes(plan), 0);
    disks.set(id, disk);
  }
  for (const { folder, freeBytes, needed } of disks.values()) {
    if (needed === 0 || needed + RESERVE_BYTES <= freeBytes) continue;
    throw new SamepointError(
      'MODEL_MISSING',
      `The download needs ${megabytes(needed)} MB; the disk of ${folder} has ${megabytes(freeBytes)} MB free.`,
      'Free some space, or set HF_HOME to a folder on a larger disk.',
    );
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
