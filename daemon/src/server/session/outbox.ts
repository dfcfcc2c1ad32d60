import { CLOSE_CODES, type DaemonMessage, encodeFrame, type SamepointError } from '@samepoint/shared-protocol';
import type { WebSocket } from 'ws';
import type { JobEvent } from '../../jobs/job.js';
import { overflows } from '../guards.js';

const OPEN = 1;

export type OutboxSocket = Pick<WebSocket, 'send' | 'close' | 'bufferedAmount' | 'readyState'>;

/** The sending side of a connection. Closes a client that reads too slowly before its backlog fills the memory. */
export class Outbox {
  constructor(readonly socket: OutboxSocket) {}

  /** Returns false if it could not be sent; never throws. */
  send(message: DaemonMessage | Uint8Array): boolean {
    if (this.socket.readyState !== OPEN) return false;
    const data = message instanceof Uint8Array ? message : JSON.stringify(message);
    if (overflows(this.socket.bufferedAmount, Buffer.byteLength(data))) {
      this.socket.close(CLOSE_CODES.tooSlow, 'the client reads too slowly');
      return false;
    }
    this.socket.send(data, ignoreBrokenPipe);
    return true;
  }

  error(error: SamepointError, imageId?: string): void {
    this.send({ type: 'error', error: error.toPayload(), ...(imageId === undefined ? {} : { imageId }) });
  }

  /** Sends the reason and closes the connection. */
  bye(error: SamepointError, closeCode: number): void {
    this.send({ type: 'bye', error: error.toPayload() });
    this.socket.close(closeCode, error.code);
  }
}

/** The close event reports a broken connection; without this callback, `ws` would throw. */
function ignoreBrokenPipe(): void {}

/** A job's event in wire format: a message, or the bytes of a binary frame if the result has a payload. */
export function toWireFormat(event: JobEvent): DaemonMessage | Uint8Array {
  const { jobId } = event;
  switch (event.type) {
    case 'accepted':
      return { type: 'job.accepted', jobId, position: event.position };
    case 'progress':
      return { type: 'job.progress', jobId, progress: event.progress };
    case 'cancelled':
      return { type: 'job.cancelled', jobId, at: event.at };
    case 'failed':
      return { type: 'job.failed', jobId, error: event.error };
    case 'result': {
      const { result, payload } = event.outcome;
      return payload === undefined
        ? { type: 'job.result', jobId, result }
        : encodeFrame('jobResult', { jobId, result }, payload);
    }
  }
}
