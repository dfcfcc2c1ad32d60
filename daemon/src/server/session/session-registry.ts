import { CLOSE_CODES, type DaemonMessage, type SamepointError } from '@samepoint/shared-protocol';
import type { DownloadListener } from './model-downloads.js';
import type { Session } from './session.js';

/** The open connections: one per client, the newest. */
export class SessionRegistry implements DownloadListener {
  readonly #sessions = new Map<string, Session>();

  /** Open connections of clients other than this one. */
  others(clientId: string): number {
    return this.#sessions.size - (this.#sessions.has(clientId) ? 1 : 0);
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(session: Session): void {
    const { clientId, socket } = session;
    this.#sessions.get(clientId)?.replace();
    this.#sessions.set(clientId, session);
    socket.on('close', () => {
      if (this.#sessions.get(clientId) === session) this.#sessions.delete(clientId);
    });
  }

  broadcast(message: DaemonMessage): void {
    for (const session of this.#sessions.values()) if (session.greeted) session.outbox.send(message);
  }

  onProgress(modelId: string, receivedBytes: number, totalBytes: number): void {
    this.broadcast({ type: 'model.progress', modelId, receivedBytes, totalBytes });
  }

  onChange(): void {
    for (const session of this.#sessions.values()) if (session.greeted) session.sendStatus();
  }

  onFailure(clientIds: ReadonlySet<string>, error: SamepointError): void {
    for (const clientId of clientIds) {
      const session = this.#sessions.get(clientId);
      // a client that has not sent its hello requests the download again afterwards
      if (session?.greeted) session.outbox.error(error);
    }
  }

  byeToAll(error: SamepointError): void {
    for (const session of this.#sessions.values()) session.outbox.bye(error, CLOSE_CODES.goingAway);
  }
}
