import { imageLabel, LIMITS, SamepointError } from '@samepoint/shared-protocol';

/** When a client may retry that found the queue full, or the store full of pinned images. */
export const RETRY_WHEN_FULL_MS = 2_000;

export type StoreOutcome = { ok: true } | { ok: false; error: SamepointError };

interface StoredImage {
  bytes: Uint8Array;
  /** Number of queued or running jobs that need it. */
  pins: number;
}

/** Encoded images by the SHA-256 of their bytes. Evicts the least recently used, except those a job has pinned. */
export class ImageStore {
  /** In order of use, the least recent first. */
  readonly #images = new Map<string, StoredImage>();
  #usedBytes = 0;

  constructor(readonly maxBytes: number = LIMITS.imageStoreBytes) {}

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Whether the image is stored. Counts as a use. */
  has(imageId: string): boolean {
    return this.get(imageId) !== undefined;
  }

  get(imageId: string): Uint8Array | undefined {
    const image = this.#images.get(imageId);
    if (image === undefined) return undefined;
    this.#images.delete(imageId);
    this.#images.set(imageId, image);
    return image.bytes;
  }

  /** Stores `bytes` if their hash is `imageId` and there is room. Hashes off the main thread. */
  async put(imageId: string, bytes: Uint8Array): Promise<StoreOutcome> {
    if (bytes.length > LIMITS.imageBytes) return { ok: false, error: tooLarge(imageId, bytes.length) };
    const own = ownCopy(bytes);
    if ((await sha256Hex(own)) !== imageId) return { ok: false, error: wrongHash(imageId) };
    if (this.has(imageId)) return { ok: true };
    if (!this.#makeRoom(own.length)) return { ok: false, error: noRoom() };
    this.#images.set(imageId, { bytes: own, pins: 0 });
    this.#usedBytes += own.length;
    return { ok: true };
  }

  /** Protects the images from eviction until `unpin`. Returns the ids that are missing; if there are any, pins none. */
  pin(imageIds: readonly string[]): string[] {
    const missing = imageIds.filter((id) => !this.has(id));
    if (missing.length === 0) this.#addPins(imageIds, 1);
    return missing;
  }

  unpin(imageIds: readonly string[]): void {
    this.#addPins(imageIds, -1);
  }

  #addPins(imageIds: readonly string[], change: number): void {
    for (const id of imageIds) {
      const image = this.#images.get(id);
      if (image !== undefined) image.pins += change;
    }
  }

  #makeRoom(bytes: number): boolean {
    const evictable = [...this.#images].filter(([, image]) => image.pins === 0);
    const freeable = evictable.reduce((sum, [, image]) => sum + image.bytes.length, 0);
    if (this.#usedBytes - freeable + bytes > this.maxBytes) return false;
    for (const [id, image] of evictable) {
      if (this.#usedBytes + bytes <= this.maxBytes) break;
      this.#images.delete(id);
      this.#usedBytes -= image.bytes.length;
    }
    return true;
  }
}

/** Copies a small view of a large network buffer, which would otherwise stay in memory uncounted. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.length ? bytes.slice() : bytes;
}

async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).toString('hex');
}

function tooLarge(imageId: string, bytes: number): SamepointError {
  return new SamepointError(
    'IMAGE_TOO_LARGE',
    `${imageLabel(imageId)} has ${bytes} bytes; the limit is ${LIMITS.imageBytes}.`,
    'Export it at a smaller size and send it again.',
  );
}

function wrongHash(imageId: string): SamepointError {
  return new SamepointError('BAD_REQUEST', `${imageLabel(imageId)} does not match its id.`, 'Send the image again.');
}

function noRoom(): SamepointError {
  return new SamepointError(
    'QUEUE_FULL',
    'Image storage is full; queued jobs are using all of it.',
    'Wait until a job finishes, or cancel one.',
    { retryAfterMs: RETRY_WHEN_FULL_MS },
  );
}
