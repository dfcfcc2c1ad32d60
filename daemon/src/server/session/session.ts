import {
  CLOSE_CODES,
  type ClientMessage,
  decodeFrame,
  imageDataHeaderSchema,
  LIMITS,
  negotiateVersion,
  PROTOCOL,
  SamepointError,
} from '@samepoint/shared-protocol';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../jobs/clock.js';
import type { JobListener } from '../../jobs/job.js';
import { forClient } from './earlier-clients.js';
import { FEATURES, MessageHandler } from './message-handler.js';
import { Outbox, toWireFormat } from './outbox.js';
import { badRequest, parseJson, readClientMessage, readHelloRange } from './read-client-message.js';
import type { SessionContext } from './session-context.js';

/** Image bytes that may wait for hashing before the socket is paused. */
const MAX_PENDING_UPLOAD_BYTES = 2 * LIMITS.binaryFrameBytes;

type Hello = Extract<ClientMessage, { type: 'hello' }>;

/** One connection of a paired client, from upgrade to close. */
export class Session {
  readonly outbox: Outbox;
  readonly #handler: MessageHandler;
  readonly #limiter: RateLimiter;
  readonly #listener: JobListener;
  #greeted = false;
  #isAlive = true;
  #clearHelloTimer: () => void;
  #clearHeartbeatTimer: () => void = () => {};
  /** Serialises messages: a job may arrive while an image it needs is still being hashed. */
  #order: Promise<void> = Promise.resolve();
  #pendingUploadBytes = 0;

  constructor(
    readonly clientId: string,
    readonly socket: WebSocket,
    readonly context: SessionContext,
  ) {
    this.outbox = new Outbox(socket);
    this.#handler = new MessageHandler(clientId, context, this.outbox);
    this.#limiter = new RateLimiter(context.clock);
    this.#listener = (event) => {
      if (event.type === 'failed') context.log(`job failed: ${event.error.code}`);
      return this.outbox.send(toWireFormat(forClient(event, this.#handler.clientFeatures)));
    };
    this.#clearHelloTimer = context.clock.after(LIMITS.helloTimeoutMs, () =>
      this.outbox.bye(helloTimedOut(), CLOSE_CODES.helloTimeout),
    );
    socket.on('message', (data, isBinary) => this.#receive(asBytes(data), isBinary));
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    socket.on('ping', () => this.#countPing());
    socket.on('error', (error) => context.log(`connection: ${error.message}`));
    socket.on('close', () => this.#end());
    this.#scheduleHeartbeat();
  }

  /** Closes the connection in favour of a newer one of the same client. */
  replace(): void {
    this.context.queue.detach(this.clientId, this.#listener);
    this.socket.close(CLOSE_CODES.replaced, 'replaced by a newer connection of the same client');
  }

  sendStatus(): void {
    this.outbox.send({ type: 'status', ...this.#handler.status() });
  }

  get greeted(): boolean {
    return this.#greeted;
  }

  #receive(bytes: Uint8Array, isBinary: boolean): void {
    this.#isAlive = true;
    const error = isBinary ? this.#handleFrame(bytes) : this.#handleText(bytes);
    if (error !== undefined) this.outbox.error(error);
  }

  /** Returns the error of an invalid message, as the other `#handle…` methods do. */
  #handleText(bytes: Uint8Array): SamepointError | undefined {
    const waitMs = this.#limiter.take();
    if (waitMs > 0) return rateLimited(waitMs);
    if (bytes.length > LIMITS.controlFrameBytes) return frameTooLarge(bytes.length);
    const value = parseJson(new TextDecoder().decode(bytes));
    if (!this.#greeted) return this.#handleHello(value);
    const read = readClientMessage(value);
    if (!read.ok) return read.error;
    const { message } = read;
    if (message.type === 'ping') this.#handler.handle(message);
    else this.#inOrder(async () => this.#handler.handle(message));
    return undefined;
  }

  #handleHello(value: unknown): SamepointError | undefined {
    const range = readHelloRange(value);
    if (range === undefined) return badRequest('The first message must be a hello.');
    const negotiation = negotiateVersion(range);
    if (!negotiation.ok) {
      this.#clearHelloTimer();
      this.outbox.bye(protocolMismatch(negotiation.update), CLOSE_CODES.protocolMismatch);
      return undefined;
    }
    const read = readClientMessage(value);
    if (!read.ok) return read.error;
    if (read.message.type === 'hello') this.#welcome(read.message, negotiation.version);
    return undefined;
  }

  #welcome({ client, features }: Hello, protocol: number): void {
    this.#greeted = true;
    this.#handler.clientFeatures = new Set(features);
    this.#clearHelloTimer();
    this.context.log(`connected: ${client}`);
    const status = this.#handler.status();
    this.outbox.send({ type: 'welcome', protocol, limits: { ...LIMITS }, features: [...FEATURES], ...status });
    this.context.queue.attach(this.clientId, this.#listener);
  }

  #handleFrame(bytes: Uint8Array): SamepointError | undefined {
    if (!this.#greeted) return badRequest('The first message must be a hello.');
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) return badRequest(`A binary frame is invalid: ${decoded.message}.`);
    const { kind, header, payload } = decoded.frame;
    if (kind !== 'imageData') return badRequest('Frames of this kind are sent by the daemon only.');
    const parsed = imageDataHeaderSchema.safeParse(header);
    if (!parsed.success) return badRequest('The header of an image frame has no image id.');
    this.#trackUpload(payload.length);
    this.#inOrder(async () => {
      await this.#handler.storeImage(parsed.data.imageId, payload).finally(() => this.#trackUpload(-payload.length));
    });
    return undefined;
  }

  #inOrder(action: () => Promise<void>): void {
    this.#order = this.#order.then(action).catch((thrown: unknown) => this.outbox.error(SamepointError.from(thrown)));
  }

  #trackUpload(bytes: number): void {
    this.#pendingUploadBytes += bytes;
    if (this.#pendingUploadBytes > MAX_PENDING_UPLOAD_BYTES) this.socket.pause();
    else if (this.socket.isPaused) this.socket.resume();
  }

  /** `ws` answers pings itself; they count against the rate limit. */
  #countPing(): void {
    const waitMs = this.#limiter.take();
    if (waitMs > 0) this.outbox.error(rateLimited(waitMs));
  }

  #scheduleHeartbeat(): void {
    this.#clearHeartbeatTimer = this.context.clock.after(LIMITS.heartbeatMs, () => {
      if (this.#isAlive) {
        this.#isAlive = false;
        this.socket.ping();
        this.#scheduleHeartbeat();
      } else this.socket.terminate();
    });
  }

  #end(): void {
    this.#clearHelloTimer();
    this.#clearHeartbeatTimer();
    this.context.queue.detach(this.clientId, this.#listener);
  }
}

function asBytes(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}

function helloTimedOut(): SamepointError {
  return new SamepointError('HELLO_TIMEOUT', 'The client connected but sent no hello in time.', 'Connect again.');
}

function protocolMismatch(update: 'client' | 'daemon'): SamepointError {
  const hint =
    update === 'client'
      ? 'Update the Samepoint plugin, then connect again.'
      : 'Update the Samepoint daemon, then connect again.';
  return new SamepointError('PROTOCOL_MISMATCH', `The ${update} is too old for the other side.`, hint, {
    details: { update, min: String(PROTOCOL.min), max: String(PROTOCOL.max) },
  });
}

function frameTooLarge(bytes: number): SamepointError {
  return new SamepointError(
    'FRAME_TOO_LARGE',
    `The message has ${bytes} bytes; the limit is ${LIMITS.controlFrameBytes}.`,
    'Send fewer targets, items or layers at once.',
  );
}

function rateLimited(retryAfterMs: number): SamepointError {
  return new SamepointError(
    'RATE_LIMITED',
    'The client sends too many messages.',
    'Wait a second before sending more.',
    {
      retryAfterMs,
    },
  );
}

const WINDOW_MS = 1_000;

/** Limits the control frames of one connection per second. */
export class RateLimiter {
  #windowStart = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(readonly clock: Clock) {}

  /** Counts a frame. Returns 0 if it is within the limit, otherwise how long to wait, in ms. */
  take(): number {
    const now = this.clock.now();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= LIMITS.controlFramesPerSecond ? 0 : Math.ceil(this.#windowStart + WINDOW_MS - now);
  }
}
