import { LRUCache } from 'lru-cache';
import type { InferenceSession } from 'onnxruntime-node';
import { createSession, type Graph } from './session.js';

/** Sessions by what they were compiled for; the least recently used are released. */
export class SessionCache {
  readonly #sessions: LRUCache<string, Promise<InferenceSession>>;

  /** @param kept how many sessions at most */
  constructor(kept: number) {
    this.#sessions = new LRUCache({
      max: kept,
      // memory comes back at once, not when the garbage collector finds the session
      dispose: (session) => void session.then((it) => it.release()).catch(() => {}),
    });
  }

  /** The session for `key`, made from `compile` where there is none. A failure is not kept: the next job tries again. */
  get(key: string, compile: () => Graph): Promise<InferenceSession> {
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const session = createSession(compile());
    this.#sessions.set(key, session);
    session.catch(() => this.#sessions.delete(key));
    return session;
  }
}
