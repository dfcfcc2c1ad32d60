import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ClientMessage,
  clientMessageSchema,
  type DaemonMessage,
  decodeFrame,
  type ErrorPayload,
  encodeFrame,
  imageDataHeaderSchema,
  type JobResult,
  pairRequestSchema,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type VersionRange,
} from '@samepoint/shared-protocol';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { failure, welcome } from './fixtures.js';

export const CODE = '123456';
export const TOKEN = 'A'.repeat(43);

type Job = Extract<ClientMessage, { type: 'job.start' }>;

/** A scriptable daemon: pairs, accepts images, and leaves jobs to the test. */
export class FakeDaemon {
  protocol: VersionRange = { min: 1, max: 1 };
  /** Handles a started job. */
  onJob: (job: Job) => void = () => undefined;
  onMessage: (message: ClientMessage) => void = () => undefined;
  /** Ids of the received images, in order. */
  readonly images: string[] = [];
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  #welcome: Parameters<typeof welcome>[0] = {};

  private constructor(http: Server) {
    this.#http = http;
    http.on('request', (request, response) => void this.#respond(request, response));
    http.on('upgrade', (request, socket, head) => {
      const offered = request.headers['sec-websocket-protocol'] ?? '';
      if (!offered.includes(`${TOKEN_SUBPROTOCOL_PREFIX}${TOKEN}`)) return socket.destroy();
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#serve(client));
    });
  }

  /** Listens on the given port, by default on a free one. */
  static async start(port = 0): Promise<FakeDaemon> {
    const http = createServer();
    const daemon = new FakeDaemon(http);
    await new Promise<void>((resolve) => http.listen(port, 'localhost', resolve));
    return daemon;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** Overrides fields of the next welcome. */
  welcomeWith(parts: Parameters<typeof welcome>[0]): void {
    this.#welcome = parts;
  }

  /** Sends a message to all clients. */
  send(message: DaemonMessage): void {
    for (const client of this.#sockets.clients) client.send(JSON.stringify(message));
  }

  /** Sends the result of a job with its binary part. */
  sendResult(jobId: string, result: JobResult, payload: Uint8Array): void {
    for (const client of this.#sockets.clients) client.send(encodeFrame('jobResult', { jobId, result }, payload));
  }

  /** Closes all connections. */
  drop(code = 1001): void {
    for (const client of this.#sockets.clients) client.close(code);
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Access-Control-Allow-Origin', 'null');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type');
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
    response.setHeader('Content-Type', 'application/json');
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    if (request.url === '/v1/session') {
      const paired = request.headers.authorization === `Bearer ${TOKEN}`;
      return void response.end(JSON.stringify({ daemon: 'fake', protocol: this.protocol, paired }));
    }
    const pairing = pairRequestSchema.parse(JSON.parse(await textOf(request)));
    if (pairing.code === CODE) return void response.end(JSON.stringify({ token: TOKEN }));
    const error: ErrorPayload = failure('PAIRING_CODE_WRONG', {
      message: 'Wrong code.',
      hint: 'Four attempts left.',
    });
    response.writeHead(403).end(JSON.stringify({ error }));
  }

  #serve(client: WebSocket): void {
    client.on('message', (data: RawData, isBinary: boolean) => {
      const bytes = data instanceof Buffer ? data : Buffer.alloc(0);
      if (isBinary) return this.#receiveImage(bytes);
      this.#receive(clientMessageSchema.parse(JSON.parse(bytes.toString())));
    });
  }

  #receive(message: ClientMessage): void {
    this.onMessage(message);
    if (message.type === 'hello') this.send(welcome(this.#welcome));
    if (message.type === 'image.offer') {
      const type = this.images.includes(message.imageId) ? 'image.have' : 'image.need';
      this.send({ type, imageId: message.imageId });
    }
    if (message.type === 'job.start') this.onJob(message);
  }

  #receiveImage(bytes: Uint8Array): void {
    const decoded = decodeFrame(bytes);
    if (decoded.ok) this.images.push(imageDataHeaderSchema.parse(decoded.frame.header).imageId);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
}
