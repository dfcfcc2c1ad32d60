import { SamepointError } from '@samepoint/shared-protocol';
import type { FileSource } from '../catalogue.js';
import type { ModelEnvironment } from '../model-environment.js';
import { httpFailure, networkFailure, TransientFailure } from './failures.js';
import { proxyFor } from './proxy.js';

/** What the server says about a file before any of it is read. */
export interface RemoteFile {
  /** Where the bytes are; a signed address that expires where the server works with a CDN. */
  url: string;
  /** Names the content; the blob's name in the Hugging Face cache. */
  etag: string;
  size: number;
  /** Commit of the repository; empty for files that are in none. */
  commit: string;
}

const MAX_REDIRECTS = 5;

/** `org/name/path` or the address, for messages. */
export function describeSource(source: FileSource): string {
  return source.kind === 'url' ? source.url : `${source.at.repository}/${source.path}`;
}

/** @throws SamepointError `BAD_REQUEST` when HF_ENDPOINT is no address */
export function sourceUrl(source: FileSource, endpoint: string): string {
  if (source.kind === 'url') return source.url;
  if (!isHttp(endpoint)) {
    throw new SamepointError(
      'BAD_REQUEST',
      `HF_ENDPOINT is "${endpoint}", which is not the address of a server.`,
      'Set HF_ENDPOINT to an address like https://hub.example.com, or unset it.',
    );
  }
  const { repository, revision } = source.at;
  const path = source.path.split('/').map(encodeURIComponent).join('/');
  return `${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${path}`;
}

function isHttp(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

/**
 * Asks what a file is. Redirects within a server are followed; one to a CDN is where the bytes are, and is not.
 * @throws SamepointError `MODEL_MISSING`, or TransientFailure
 */
export async function headRemote(
  source: FileSource,
  environment: ModelEnvironment,
  signal?: AbortSignal,
): Promise<RemoteFile> {
  let url = sourceUrl(source, environment.at.endpoint);
  let announcement: Announcement = {};
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await request(environment, url, { method: 'HEAD', redirect: 'manual' }, signal);
    const location = response.headers.get('location');
    const isRedirect = response.status >= 300 && response.status < 400 && location !== null;
    if (!isRedirect && !response.ok) {
      throw refusal(response, describeSource(source), environment, url);
    }
    announcement = { ...announcementOf(response.headers, !isRedirect), ...announcement };
    const next = isRedirect ? new URL(location, url).href : url;
    const leavesServer = new URL(next).origin !== new URL(url).origin;
    if (!isRedirect || (leavesServer && announcement.etag !== undefined))
      return checkAnnouncement(source, announcement, next);
    url = next;
  }
  throw new TransientFailure(`${describeSource(source)} redirects without end`);
}

type Announcement = Partial<Omit<RemoteFile, 'url'>>;

/** What the hub says of the file (`x-…`) and, once it is the file itself that answers, what the answer says. */
function announcementOf(headers: Headers, isFile: boolean): Announcement {
  const etag = headers.get('x-linked-etag') ?? (isFile ? headers.get('etag') : null);
  const size = headers.get('x-linked-size') ?? (isFile ? headers.get('content-length') : null);
  const commit = headers.get('x-repo-commit');
  return {
    ...(etag === null ? {} : { etag: etag.replace(/^W\//, '').replaceAll('"', '') }),
    ...(size === null ? {} : { size: Number(size) }),
    ...(commit === null ? {} : { commit }),
  };
}

function checkAnnouncement(
  source: FileSource,
  { etag = '', size = Number.NaN, commit = '' }: Announcement,
  url: string,
): RemoteFile {
  // these become names of files, so nothing but plain names is let through
  const isPlain = /^\w[\w.-]*$/.test(etag) && (source.kind === 'url' || /^\w[\w-]*$/.test(commit));
  if (isPlain && Number.isSafeInteger(size) && size >= 0) return { url, etag, size, commit };
  throw new SamepointError(
    'MODEL_MISSING',
    `The server does not say what ${describeSource(source)} is (no size, ETag or commit).`,
    'Check HF_ENDPOINT, or a proxy between this computer and the server.',
  );
}

/** Bytes of a file from `from` up to, not including, `to`. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * Starts reading a file. A status of 200 where a range was asked means that the server ignored it, or that the file
 * is not the one of `validator` any more.
 */
export async function getRemote(
  environment: ModelEnvironment,
  remote: RemoteFile,
  what: string,
  range?: ByteRange,
  signal?: AbortSignal,
  validator?: string,
): Promise<Response> {
  const headers: Record<string, string> = {};
  if (range !== undefined) {
    headers.range = `bytes=${range.from}-${range.to - 1}`;
    if (validator !== undefined) headers['if-range'] = validator;
  }
  const response = await request(environment, remote.url, { headers }, signal);
  if (response.ok) return response;
  await response.body?.cancel();
  // a signed address that has expired; asking the endpoint again gives a fresh one
  if (response.status === 403 && !isEndpoint(environment, remote.url)) {
    throw new TransientFailure(`the address of ${what} has expired`);
  }
  throw refusal(response, what, environment, remote.url);
}

function refusal(response: Response, what: string, { at }: ModelEnvironment, url: string) {
  return httpFailure(response, what, at.token !== undefined, proxyFor(url, at.proxies));
}

async function request(
  environment: ModelEnvironment,
  url: string,
  init: { method?: string; redirect?: 'follow' | 'manual'; headers?: Record<string, string> },
  signal?: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity', ...init.headers };
  // the token is for the endpoint alone, never for where it redirects to
  if (environment.at.token !== undefined && isEndpoint(environment, url)) {
    headers.authorization = `Bearer ${environment.at.token}`;
  }
  const proxy = proxyFor(url, environment.at.proxies);
  try {
    return await environment.fetch(url, { ...init, headers, ...(signal === undefined ? {} : { signal }) });
  } catch (thrown) {
    throw networkFailure(thrown, url, proxy);
  }
}

function isEndpoint(environment: ModelEnvironment, url: string): boolean {
  return isHttp(environment.at.endpoint) && new URL(url).origin === new URL(environment.at.endpoint).origin;
}
