import {
  binaryResultHeaderSchema,
  type ClientMessage,
  type DaemonMessage,
  daemonMessageSchema,
  decodeFrame,
  encodeFrame,
  PROTOCOL,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '@samepoint/shared-protocol';
import { type ClientOptions, WebSocket } from 'ws';
import { imageIdOf } from './requests.js';

type OfType<T extends DaemonMessage['type']> = Extract<DaemonMessage, { type: T }>;

export interface BinaryResult {
  jobId: string;
  payload: Uint8Array;
}

/** A client on a real socket. Checks every message of the daemon against the schema. */
export class TestClient {
  readonly received: DaemonMessage[] = [];
  readonly binary: BinaryResult[] = [];
  readonly closed: Promise<number>;
  #wake: (() => void)[] = [];
  #isClosed = false;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.#takeBinary(new Uint8Array(data as Buffer));
      else this.received.push(daemonMessageSchema.parse(JSON.parse(String(data))));
      this.#wakeAll();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        this.#isClosed = true;
        this.#wakeAll();
        resolve(code);
      });
    });
  }

  static async open(port: number, token: string, options: ClientOptions = {}): Promise<TestClient> {
    const protocols = [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL_PREFIX}${token}`];
    const client = new TestClient(new WebSocket(`ws://127.0.0.1:${port}`, protocols, options));
    await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Connects, sends a hello and waits for the welcome. */
  static async greeted(
    port: number,
    token: string,
    features: string[] = [],
    options: ClientOptions = {},
  ): Promise<TestClient> {
    const client = await TestClient.open(port, token, options);
    client.send({ type: 'hello', protocol: PROTOCOL, client: 'test', features });
    await client.next('welcome');
    return client;
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  sendRaw(data: string | Uint8Array): void {
    this.socket.send(data);
  }

  sendImage(bytes: Uint8Array, imageId = imageIdOf(bytes)): void {
    this.socket.send(encodeFrame('imageData', { imageId }, bytes));
  }

  count(type: DaemonMessage['type']): number {
    return this.received.filter((message) => message.type === type).length;
  }

  /** Resolves with the `nth` message of a type, counted from 1. */
  async next<T extends DaemonMessage['type']>(type: T, nth = 1): Promise<OfType<T>> {
    for (;;) {
      const found = this.received.filter((message): message is OfType<T> => message.type === type)[nth - 1];
      if (found !== undefined) return found;
      await this.#change(`${nth}. ${type}`);
    }
  }

  /** Resolves with the binary result of a job, or with the first one. */
  async nextBinary(jobId?: string): Promise<BinaryResult> {
    for (;;) {
      const found = this.binary.find((result) => jobId === undefined || result.jobId === jobId);
      if (found !== undefined) return found;
      await this.#change('a binary result');
    }
  }

  /** Resolves with the first message that meets the condition. */
  async until(isWanted: (message: DaemonMessage) => boolean): Promise<DaemonMessage> {
    for (;;) {
      const found = this.received.find(isWanted);
      if (found !== undefined) return found;
      await this.#change('the expected message');
    }
  }

  /** Resolves when all earlier messages of the daemon have arrived. */
  async settle(): Promise<void> {
    const earlier = this.count('pong');
    this.send({ type: 'status.get' });
    await this.next('status', this.count('status') + 1);
    this.send({ type: 'ping' });
    await this.next('pong', earlier + 1);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #takeBinary(bytes: Uint8Array): void {
    const decoded = decodeFrame(bytes);
    if (!decoded.ok || decoded.frame.kind !== 'jobResult') throw new Error('the daemon sent a bad frame');
    const { jobId } = binaryResultHeaderSchema.parse(decoded.frame.header);
    this.binary.push({ jobId, payload: decoded.frame.payload });
  }

  #change(expected: string): Promise<void> {
    if (this.#isClosed) throw new Error(`the connection closed before ${expected}`);
    return new Promise((resolve) => {
      this.#wake.push(resolve);
    });
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
