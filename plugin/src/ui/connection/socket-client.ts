import {
  BACKEND_DOWNLOAD,
  binaryResultHeaderSchema,
  type ClientMessage,
  type DaemonMessage,
  daemonMessageSchema,
  decodeFrame,
  encodeFrame,
  FAILED_TARGETS,
  PROTOCOL,
  REFUSAL_CAUSES,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '@samepoint/shared-protocol';
import { CLIENT_NAME } from './daemon-http.js';

export interface SocketListener {
  /** `payload` is the binary part of a result, null without one. */
  onMessage(message: DaemonMessage, payload: Uint8Array | null): void;
  onClosed(code: number): void;
}

/** Replaces an invalid message, so that the flow fails instead of waiting forever. */
const INVALID_MESSAGE: DaemonMessage = {
  type: 'error',
  error: {
    code: 'INTERNAL',
    message: 'Samepoint sent a message that the plugin can’t read.',
    hint: 'Restart Samepoint with “npx samepoint”, then try again.',
    retryable: true,
  },
};

/** The close code of a connection that was never established. */
const ABNORMAL_CLOSE = 1006;

/** Null if the browser forbids the connection. */
function connect(port: number, token: string): WebSocket | null {
  try {
    return new WebSocket(`ws://localhost:${port}`, [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL_PREFIX}${token}`]);
  } catch {
    return null;
  }
}

/** At most one WebSocket to the daemon. Opening another closes the previous one without an event. */
export class SocketClient {
  #socket: WebSocket | null = null;

  constructor(readonly listener: SocketListener) {}

  /** Connects and sends `hello`; the daemon answers with `welcome`. */
  open(port: number, token: string): void {
    this.close();
    const socket = connect(port, token);
    if (socket === null) {
      queueMicrotask(() => this.listener.onClosed(ABNORMAL_CLOSE));
      return;
    }
    socket.binaryType = 'arraybuffer';
    const features = [BACKEND_DOWNLOAD, FAILED_TARGETS, REFUSAL_CAUSES];
    socket.onopen = () => this.send({ type: 'hello', protocol: PROTOCOL, client: CLIENT_NAME, features });
    socket.onmessage = (event: MessageEvent<unknown>) => this.#receive(event.data);
    socket.onclose = (event) => {
      this.#socket = null;
      this.listener.onClosed(event.code);
    };
    this.#socket = socket;
  }

  /** Returns false without an open connection; nothing is queued. */
  send(message: ClientMessage): boolean {
    return this.#write(JSON.stringify(message));
  }

  /** Sends the encoded bytes of an image. Returns false without an open connection. */
  sendImage(imageId: string, png: Uint8Array): boolean {
    return this.#write(encodeFrame('imageData', { imageId }, png));
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #write(data: string | Uint8Array<ArrayBuffer>): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(data);
    return true;
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const { message, payload } = decodeBinary(new Uint8Array(data)) ?? { message: INVALID_MESSAGE, payload: null };
      this.listener.onMessage(message, payload);
    } else this.listener.onMessage(decodeText(data) ?? INVALID_MESSAGE, null);
  }
}

function decodeText(data: unknown): DaemonMessage | null {
  try {
    const parsed = daemonMessageSchema.safeParse(JSON.parse(String(data)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Decodes a binary result to its message and its payload. */
function decodeBinary(bytes: Uint8Array): { message: DaemonMessage; payload: Uint8Array } | null {
  const decoded = decodeFrame(bytes);
  if (!decoded.ok || decoded.frame.kind !== 'jobResult') return null;
  const header = binaryResultHeaderSchema.safeParse(decoded.frame.header);
  if (!header.success) return null;
  return { message: { type: 'job.result', ...header.data }, payload: decoded.frame.payload };
}
