import { SamepointError } from '@samepoint/shared-protocol';
import type { FileSource } from '../catalogue.js';
import type { ModelEnvironment } from '../model-environment.js';
import { httpFailure, networkFailure, TransientFailure } from './failures.js';
import { proxyFor } from './proxy.js';

/** A file on a server, as its headers describe it. */
export interface RemoteFile {
  /** URL of the bytes; with a CDN, a signed URL that expires. */
  url: string;
  /** Identifies the content; the blob's name in the Hugging Face cache. */
  etag: string;
  size: number;
  /** Commit of the repository; empty for files outside the hub. */
  commit: string;
}

const MAX_REDIRECTS = 5;

/** `org/name/path` or the address, for messages. */
export function describeSource(source: FileSource): string {
  return source.kind === 'url' ? source.url : `${source.at.repository}/${source.path}`;
}

/** @throws SamepointError `BAD_REQUEST` if HF_ENDPOINT is not a URL */
export function sourceUrl(source: FileSource, endpoint: string): string {
  if (source.kind === 'url') return source.url;
  if (!isHttp(endpoint)) {
    throw new SamepointError(
      'BAD_REQUEST',
      `HF_ENDPOINT is not the address of a server: "${endpoint}".`,
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
 * Requests the headers of a file. Follows redirects within the server; a redirect to a CDN is the URL of the bytes.
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
  throw new TransientFailure(`${describeSource(source)} has too many redirects`);
}

type Announcement = Partial<Omit<RemoteFile, 'url'>>;

/** Reads the hub's headers (`x-…`) and, if the response is the file itself, its standard headers. */
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
  // these become file names, so only plain names are accepted
  const isPlain = /^\w[\w.-]*$/.test(etag) && (source.kind === 'url' || /^\w[\w-]*$/.test(commit));
  if (isPlain && Number.isSafeInteger(size) && size >= 0) return { url, etag, size, commit };
  throw new SamepointError(
    'MODEL_MISSING',
    `The server sent no size, ETag or commit for ${describeSource(source)}.`,
    'Check HF_ENDPOINT, or a proxy between this computer and the server.',
  );
}

/** The bytes [from, to) of a file. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * Starts reading a file. Status 200 for a range request means that the server ignored the range, or that the file no
 * longer matches `validator`.
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
  // an expired signed URL; a retry gets a new one from the endpoint
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
  // the token is only for the endpoint, never for redirect targets
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
