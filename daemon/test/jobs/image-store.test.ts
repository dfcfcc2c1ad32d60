import { describe, expect, it } from 'vitest';
import { ImageStore } from '../../src/jobs/image-store.js';
import { imageIdOf } from '../server/requests.js';

const IMAGES = [1, 2, 3, 4].map((value) => new Uint8Array(10).fill(value));
const IDS = IMAGES.map(imageIdOf);

async function filled(maxBytes: number, count: number): Promise<ImageStore> {
  const store = new ImageStore(maxBytes);
  for (let i = 0; i < count; i += 1) await put(store, i);
  return store;
}

function put(store: ImageStore, index: number) {
  return store.put(IDS[index] ?? '', IMAGES[index] ?? new Uint8Array());
}

function present(store: ImageStore): boolean[] {
  return IDS.map((id) => store.has(id));
}

describe('the image store', () => {
  it('evicts the least recently used image first', async () => {
    const store = await filled(30, 3);
    store.get(IDS[0] ?? '');
    await put(store, 3);
    expect(present(store)).toEqual([true, false, true, true]);
  });

  it('keeps pinned images, and refuses others when it is full', async () => {
    const store = await filled(30, 3);
    expect(store.pin(IDS.slice(0, 3))).toEqual([]);
    expect(await put(store, 3)).toMatchObject({ ok: false, error: { code: 'QUEUE_FULL' } });
    store.unpin(IDS.slice(1, 2));
    expect(await put(store, 3)).toEqual({ ok: true });
    expect(present(store)).toEqual([true, false, true, true]);
  });

  it('keeps an image until the last job unpins it', async () => {
    const store = await filled(10, 1);
    store.pin(IDS.slice(0, 1));
    store.pin(IDS.slice(0, 1));
    store.unpin(IDS.slice(0, 1));
    expect((await put(store, 1)).ok).toBe(false);
    store.unpin(IDS.slice(0, 1));
    expect((await put(store, 1)).ok).toBe(true);
  });

  it('pins nothing if an image is missing, and names it', async () => {
    const store = await filled(20, 2);
    expect(store.pin(IDS.slice(1, 4))).toEqual(IDS.slice(2, 4));
    await put(store, 2);
    await put(store, 3);
    expect(present(store)).toEqual([false, false, true, true]);
  });

  it('counts an image that is sent twice once', async () => {
    const store = await filled(30, 1);
    await put(store, 0);
    expect(store.usedBytes).toBe(10);
  });

  it('does not retain the network buffer of a small image', async () => {
    const store = new ImageStore(30);
    const view = new Uint8Array(64 * 1024).subarray(0, 10);
    await store.put(imageIdOf(view), view);
    expect(store.get(imageIdOf(view))?.buffer.byteLength).toBe(10);
  });
});
