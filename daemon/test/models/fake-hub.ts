import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { etagOf, gitBlob, type HubFile, type HubRepository, sha256 } from '../support/hub-cache-layout.js';

/** The repository of `put`. */
const REPOSITORY = 'org/tiny';
export const COMMIT = 'c0ffee0000000000000000000000000000000001';

/** Overrides of the server's behaviour. Every field applies to the CDN unless stated otherwise. */
export interface HubBehaviour {
  /** Answers every range with the whole file. */
  ignoresRanges?: boolean;
  /** Cuts this many connections, each after `cutAfterBytes` of the body; reads of headers (`bytes=0-…`) are spared. */
  cuts?: number;
  cutAfterBytes?: number;
  /** Statuses the endpoint answers with first, one a request. */
  statuses?: { status: number; headers?: Record<string, string> }[];
  /** Signed addresses are good for one request. */
  expires?: boolean;
  /** Sends this much of a body and then nothing, without closing. */
  stallsAfterBytes?: number;
  /** Sends other bytes than it announced. */
  corrupts?: boolean;
  /** Waits with bodies until this resolves. */
  gate?: Promise<void>;
}

export interface RecordedRequest {
  server: 'endpoint' | 'cdn';
  method: string;
  path: string;
  range: string | undefined;
  authorization: string | undefined;
  ifRange: string | undefined;
}

/**
 * Speaks the part of the Hugging Face hub that downloads use, those of `huggingface_hub` included: `resolve` on the
 * endpoint, and what lists a repository. Large files redirect to another origin, the CDN; small ones come from the
 * endpoint itself. Any number of repositories, each with one commit, where `main` is. Loopback only, on free ports.
 */
export class FakeHub {
  readonly requests: RecordedRequest[] = [];
  behaviour: HubBehaviour = {};
  /** `org/name` → commit, and files by their path. */
  readonly #repositories = new Map<string, { commit: string; files: Map<string, HubFile> }>();
  /** What the CDN has: path of the address → content. */
  readonly #contents = new Map<string, Buffer>();
  #signatures = 0;
  readonly #endpoint: Server;
  readonly #cdn: Server;

  private constructor() {
    this.#endpoint = createServer((request, response) => this.#answerEndpoint(request, response));
    this.#cdn = createServer((request, response) => void this.#answerCdn(request, response));
  }

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub();
    for (const server of [hub.#endpoint, hub.#cdn]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    return hub;
  }

  async stop(): Promise<void> {
    for (const server of [this.#endpoint, this.#cdn]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  get url(): string {
    return originOf(this.#endpoint);
  }

  get cdnUrl(): string {
    return originOf(this.#cdn);
  }

  /** One file, added to a repository. Large files are in LFS: their ETag is their SHA-256 and they come from the CDN. */
  put(path: string, content: Buffer, isLarge = true, repository = REPOSITORY): void {
    const commit = this.#repositories.get(repository)?.commit ?? COMMIT;
    this.putRepository({ repository, commit, files: [{ path, content, isLarge }] });
  }

  /** Files of a repository, added to those that it has, and the commit that it is at from now on. */
  putRepository({ repository, commit, files }: HubRepository): void {
    const known = this.#repositories.get(repository)?.files ?? new Map<string, HubFile>();
    for (const file of files) {
      known.set(file.path, file);
      if (file.isLarge) this.putElsewhere(`${repository}/${file.path}`, file.content);
    }
    this.#repositories.set(repository, { commit, files: known });
  }

  /** A file that is in no repository, at a path below `cdnUrl`. */
  putElsewhere(path: string, content: Buffer): void {
    this.#contents.set(path, content);
  }

  /** Requested body bytes on the CDN, by `Range`. */
  get ranges(): string[] {
    return this.requests
      .filter(({ server, range }) => server === 'cdn' && range !== undefined)
      .map(({ range }) => range ?? '');
  }

  #note(server: RecordedRequest['server'], request: IncomingMessage): string {
    const { method = '', url = '', headers } = request;
    this.requests.push({
      server,
      method,
      path: url,
      range: headers.range,
      authorization: headers.authorization,
      ifRange: headers['if-range']?.toString(),
    });
    return url;
  }

  #answerEndpoint(request: IncomingMessage, response: ServerResponse): void {
    const url = this.#note('endpoint', request);
    const planned = this.behaviour.statuses?.shift();
    if (planned !== undefined) {
      response.writeHead(planned.status, planned.headers).end();
      return;
    }
    const listed = /^\/api\/models\/([^/]+\/[^/]+)(?:\/(revision|tree)\/([^/?]+))?(?:\?.*)?$/.exec(url);
    if (listed !== null) this.#answerList(response, listed[1] ?? '', listed[2] ?? 'revision', listed[3] ?? 'main');
    else this.#answerFile(request, response, url);
  }

  #answerFile(request: IncomingMessage, response: ServerResponse, url: string): void {
    const cached = /^\/api\/resolve-cache\/models\/([^/]+\/[^/]+)\/([^/]+)\/([^?]+)/.exec(url);
    const [, repository = '', revision = '', escaped = ''] =
      cached ?? /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/([^?]+)/.exec(url) ?? [];
    const path = decodeURIComponent(escaped);
    const found = this.#commitOf(response, repository, revision);
    if (found === undefined) return;
    response.setHeader('x-repo-commit', found.commit);
    const file = found.files.get(path);
    if (file === undefined) {
      refuse(response, 'EntryNotFound');
      return;
    }
    const { content } = file;
    if (file.isLarge) {
      const location = `${this.cdnUrl}/${repository}/${escaped}?signature=${++this.#signatures}`;
      response.setHeader('x-linked-etag', `"${etagOf(file)}"`);
      response.setHeader('x-linked-size', content.length);
      response.writeHead(302, { location, etag: '"pointer"' }).end();
      return;
    }
    // as the hub does for small files: a redirect within the server, with a text of its own as the body
    if (cached === null) {
      const text = 'Temporary Redirect';
      const location = `/api/resolve-cache/models/${repository}/${found.commit}/${escaped}?etag=${etagOf(file)}`;
      response.writeHead(307, { location, 'content-length': text.length }).end(text);
      return;
    }
    response.writeHead(200, { etag: `"${etagOf(file)}"`, 'content-length': content.length });
    response.end(request.method === 'HEAD' ? undefined : content);
  }

  /** What `huggingface_hub` asks before it downloads a whole repository. */
  #answerList(response: ServerResponse, repository: string, what: string, revision: string): void {
    const found = this.#commitOf(response, repository, revision);
    if (found === undefined) return;
    const files = [...found.files.values()];
    const siblings = files.map(({ path }) => ({ rfilename: path }));
    const answer = what === 'tree' ? files.map(treeEntry) : { id: repository, sha: found.commit, siblings };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #commitOf(response: ServerResponse, repository: string, revision: string) {
    const found = this.#repositories.get(repository);
    if (found === undefined) refuse(response, 'RepoNotFound');
    else if (revision !== found.commit && revision !== 'main') refuse(response, 'RevisionNotFound');
    else return found;
    return undefined;
  }

  async #answerCdn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#note('cdn', request);
    const content = this.#contents.get(decodeURIComponent(new URL(url, this.cdnUrl).pathname.slice(1)));
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (this.behaviour.expires === true && this.requests.filter(({ path }) => path === url).length > 1) {
      response.writeHead(403).end();
      return;
    }
    const whole = this.behaviour.corrupts === true ? Buffer.alloc(content.length, 7) : content;
    const etag = `"cdn-${sha256(content)}"`;
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const ifRange = request.headers['if-range'];
    const isPart =
      asked !== null && this.behaviour.ignoresRanges !== true && (ifRange === undefined || ifRange === etag);
    const [from, to] = isPart ? [Number(asked[1]), Number(asked[2]) + 1] : [0, whole.length];
    const body = whole.subarray(from, to);
    response.writeHead(isPart ? 206 : 200, {
      etag,
      'accept-ranges': 'bytes',
      'content-length': body.length,
      ...(isPart ? { 'content-range': `bytes ${from}-${to - 1}/${whole.length}` } : {}),
    });
    await this.behaviour.gate;
    const { cuts = 0, cutAfterBytes = 0, stallsAfterBytes } = this.behaviour;
    if (stallsAfterBytes !== undefined && body.length > stallsAfterBytes) {
      response.write(body.subarray(0, stallsAfterBytes));
      return;
    }
    if (cuts === 0 || body.length <= cutAfterBytes || (isPart && from === 0)) {
      response.end(body);
      return;
    }
    this.behaviour.cuts = cuts - 1;
    response.write(body.subarray(0, cutAfterBytes), () => response.destroy());
  }
}

function refuse(response: ServerResponse, code: string): void {
  response.writeHead(404, { 'x-error-code': code }).end();
}

function treeEntry(file: HubFile) {
  const { path, content } = file;
  const entry = { type: 'file', path, size: content.length, oid: gitBlob(content) };
  return file.isLarge ? { ...entry, lfs: { oid: etagOf(file), size: content.length, pointerSize: 134 } } : entry;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
