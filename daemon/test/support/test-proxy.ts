import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that forwards requests for any host to one server and records them. Loopback only. */
export class TestProxy {
  /** `GET http://host/path` and `CONNECT host:port` */
  readonly requests: string[] = [];
  /** A fixed answer instead of forwarding. */
  status: number | undefined;
  readonly #server: Server;

  private constructor(readonly target: string) {
    this.#server = createServer((request, response) => this.#forward(request, response));
    this.#server.on('connect', ({ url = '' }: IncomingMessage, socket) => {
      this.requests.push(`CONNECT ${url}`);
      socket.end(`HTTP/1.1 ${this.status ?? 502} No\r\n\r\n`);
    });
  }

  static async start(target: string): Promise<TestProxy> {
    const proxy = new TestProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    this.requests.push(`${method} ${url}`);
    if (this.status !== undefined) {
      response.writeHead(this.status).end();
      return;
    }
    const { pathname, search } = new URL(url);
    httpRequest(`${this.target}${pathname}${search}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  }
}
