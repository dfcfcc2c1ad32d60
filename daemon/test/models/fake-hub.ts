import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const COMMIT = 'c0ffee0000000000000000000000000000000001';

/** What a test changes about the server's manners. Every field applies to the CDN unless it says otherwise. */
export interface Manners {
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

export interface SeenRequest {
  server: 'endpoint' | 'cdn';
  method: string;
  path: string;
  range: string | undefined;
  authorization: string | undefined;
  ifRange: string | undefined;
}

/**
 * Speaks the part of the Hugging Face hub that downloads use: `resolve` on the endpoint; large files redirect to
 * another origin, the CDN; small ones come from the endpoint itself. Loopback only, on free ports.
 */
export class FakeHub {
  readonly seen: SeenRequest[] = [];
  manners: Manners = {};
  readonly #files = new Map<string, { content: Buffer; isLarge: boolean }>();
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

  /** Large files are in LFS: their ETag is their SHA-256 and they come from the CDN. */
  put(path: string, content: Buffer, isLarge = true): void {
    this.#files.set(path, { content, isLarge });
  }

  /** Bytes of bodies that were asked for on the CDN, by `Range`. */
  get ranges(): string[] {
    return this.seen
      .filter(({ server, range }) => server === 'cdn' && range !== undefined)
      .map(({ range }) => range ?? '');
  }

  #note(server: SeenRequest['server'], request: IncomingMessage): string {
    const { method = '', url = '', headers } = request;
    this.seen.push({
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
    const planned = this.manners.statuses?.shift();
    if (planned !== undefined) {
      response.writeHead(planned.status, planned.headers).end();
      return;
    }
    const [, path = ''] = /^(?:\/api\/resolve-cache)?\/[^/]+\/[^/]+\/resolve\/[^/]+\/(.+)$/.exec(url) ?? [];
    const file = this.#files.get(path);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('x-repo-commit', COMMIT);
    if (file.isLarge) {
      response.setHeader('x-linked-etag', `"${sha256(file.content)}"`);
      response.setHeader('x-linked-size', file.content.length);
      response
        .writeHead(302, { location: `${this.cdnUrl}/${path}?signature=${++this.#signatures}`, etag: '"pointer"' })
        .end();
      return;
    }
    // as the hub does for small files: a redirect within the server, with a text of its own as the body
    if (!url.startsWith('/api/')) {
      const text = 'Temporary Redirect';
      response.writeHead(307, { location: `/api/resolve-cache${url}`, 'content-length': text.length }).end(text);
      return;
    }
    response.writeHead(200, { etag: `"${gitBlob(file.content)}"`, 'content-length': file.content.length });
    response.end(request.method === 'HEAD' ? undefined : file.content);
  }

  async #answerCdn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#note('cdn', request);
    const file = this.#files.get(new URL(url, this.cdnUrl).pathname.slice(1));
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (this.manners.expires === true && this.seen.filter(({ path }) => path === url).length > 1) {
      response.writeHead(403).end();
      return;
    }
    const whole = this.manners.corrupts === true ? Buffer.alloc(file.content.length, 7) : file.content;
    const etag = `"cdn-${sha256(file.content)}"`;
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const ifRange = request.headers['if-range'];
    const isPart = asked !== null && this.manners.ignoresRanges !== true && (ifRange === undefined || ifRange === etag);
    const [from, to] = isPart ? [Number(asked[1]), Number(asked[2]) + 1] : [0, whole.length];
    const body = whole.subarray(from, to);
    response.writeHead(isPart ? 206 : 200, {
      etag,
      'accept-ranges': 'bytes',
      'content-length': body.length,
      ...(isPart ? { 'content-range': `bytes ${from}-${to - 1}/${whole.length}` } : {}),
    });
    await this.manners.gate;
    const { cuts = 0, cutAfterBytes = 0, stallsAfterBytes } = this.manners;
    if (stallsAfterBytes !== undefined && body.length > stallsAfterBytes) {
      response.write(body.subarray(0, stallsAfterBytes));
      return;
    }
    if (cuts === 0 || body.length <= cutAfterBytes || (isPart && from === 0)) {
      response.end(body);
      return;
    }
    this.manners.cuts = cuts - 1;
    response.write(body.subarray(0, cutAfterBytes), () => response.destroy());
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

export function gitBlob(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
