import {
  BACKEND_DOWNLOAD,
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
import { CLIENT_NAME } from './daemon-http.js';

export interface SocketListener {
  onMessage(message: DaemonMessage): void;
  onClosed(code: number): void;
}

/** Stands for a message outside the contract, so that whatever waits for an answer ends instead of hanging. */
const NOT_UNDERSTOOD: DaemonMessage = {
  type: 'error',
  error: {
    code: 'INTERNAL',
    message: 'Samepoint on this computer sent an answer that the plugin does not understand.',
    hint: 'Restart it with “npx samepoint”, then try again.',
    retryable: true,
  },
};

/** What a browser reports when a connection never came about. */
const ABNORMAL_CLOSE = 1006;

/** Null where the browser forbids the very attempt. */
function connect(port: number, token: string): WebSocket | null {
  try {
    return new WebSocket(`ws://localhost:${port}`, [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL_PREFIX}${token}`]);
  } catch {
    return null;
  }
}

/** One WebSocket to the daemon at a time. Opening another drops the former without a word. */
export class SocketClient {
  #socket: WebSocket | null = null;

  constructor(readonly listener: SocketListener) {}

  /** Connects and says hello; the answer comes as a `welcome` message. */
  open(port: number, token: string): void {
    this.close();
    const socket = connect(port, token);
    if (socket === null) {
      queueMicrotask(() => this.listener.onClosed(ABNORMAL_CLOSE));
      return;
    }
    socket.binaryType = 'arraybuffer';
    const features = [BACKEND_DOWNLOAD];
    socket.onopen = () => this.send({ type: 'hello', protocol: PROTOCOL, client: CLIENT_NAME, features });
    socket.onmessage = (event: MessageEvent<unknown>) => this.#receive(event.data);
    socket.onclose = (event) => {
      this.#socket = null;
      this.listener.onClosed(event.code);
    };
    this.#socket = socket;
  }

  /** False when there is no open connection; nothing is queued. */
  send(message: ClientMessage): boolean {
    return this.#write(JSON.stringify(message));
  }

  /** Sends an image's encoded bytes; false when there is no open connection. */
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
    const message = data instanceof ArrayBuffer ? messageOfFrame(new Uint8Array(data)) : messageOfText(data);
    this.listener.onMessage(message ?? NOT_UNDERSTOOD);
  }
}

function messageOfText(data: unknown): DaemonMessage | null {
  try {
    const parsed = daemonMessageSchema.safeParse(JSON.parse(String(data)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** A result that came with a payload is the same message to the flow, which needs no payload. */
function messageOfFrame(bytes: Uint8Array): DaemonMessage | null {
  const decoded = decodeFrame(bytes);
  if (!decoded.ok || decoded.frame.kind !== 'jobResult') return null;
  const header = binaryResultHeaderSchema.safeParse(decoded.frame.header);
  return header.success ? { type: 'job.result', ...header.data } : null;
}
