import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FeatureStore, featureStore } from '../../src/diffusion/cache/feature-store.js';
import { randomMap } from '../support/random.js';
import { useTempFolder } from '../support/temp-folder.js';

const temp = useTempFolder();
let count = 0;
const newFolder = () => temp.path(`store-${count++}`);
const entry = (seed = 1) => ({ width: 40, height: 24, blank: false, map: randomMap(8, 6, 10, seed) });
const fileOf = (folder: string, key: string) => join(folder, `${key}.features`);

describe('a feature map on disk', () => {
  it('is shared by stores of the same folder', async () => {
    const folder = newFolder();
    await new FeatureStore(folder).put('a', entry());
    const found = await new FeatureStore(folder).get('a');
    expect(found).toMatchObject({ width: 40, height: 24, blank: false });
    expect(found?.map).toMatchObject({ channels: 8, rows: 6, columns: 10, cellWidthPx: 4, cellHeightPx: 4 });
    expect(await new FeatureStore(folder).get('b')).toBeUndefined();
  });

  it('stores the lengths of descriptors exactly', async () => {
    const store = new FeatureStore(newFolder());
    const lengths = Float32Array.from({ length: 60 }, (_, cell) => 10 + cell / 7);
    await store.put('with', { ...entry(), map: { ...entry().map, lengths } });
    await store.put('without', entry());
    expect((await store.get('with'))?.map.lengths).toEqual(lengths);
    expect((await store.get('without'))?.map).not.toHaveProperty('lengths');
  });

  it('is a header after its length, the descriptors in half precision, and a SHA-256', async () => {
    const folder = newFolder();
    await new FeatureStore(folder).put('a', entry());
    const bytes = readFileSync(fileOf(folder, 'a'));
    const headerEnd = 4 + bytes.readUInt32LE(0);
    expect(JSON.parse(bytes.toString('utf8', 4, headerEnd))).toMatchObject({ width: 40, rows: 6, columns: 10 });
    expect(bytes).toHaveLength(headerEnd + 2 * 8 * 6 * 10 + 32);
  });

  it.runIf(process.platform !== 'win32')('can be read by its owner only', async () => {
    const folder = newFolder();
    await new FeatureStore(folder).put('a', entry());
    expect(statSync(fileOf(folder, 'a')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each<[string, (path: string) => void]>([
    ['cut off', (path) => truncateSync(path, statSync(path).size - 2)],
    ['emptied', (path) => truncateSync(path, 0)],
    ['with a changed value', (path) => writeFileSync(path, flipLast(readFileSync(path)))],
    ['with a header that claims too much', (path) => writeFileSync(path, Buffer.alloc(64, 0xff))],
  ])('%s is treated as missing and can be replaced', async (_, damage) => {
    const folder = newFolder();
    const store = new FeatureStore(folder);
    await store.put('a', entry());
    damage(fileOf(folder, 'a'));
    expect(await store.get('a')).toBeUndefined();
    await store.put('a', entry());
    expect(await store.get('a')).toBeDefined();
  });

  it('is treated as missing if any bit of the file is flipped', async () => {
    const folder = newFolder();
    const store = new FeatureStore(folder);
    await store.put('a', { ...entry(), map: { ...randomMap(1, 2, 2, 1), lengths: Float32Array.of(1, 2, 3, 4) } });
    const bytes = readFileSync(fileOf(folder, 'a'));
    const accepted: number[] = [];
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(fileOf(folder, 'a'), flipped);
      if ((await store.get('a')) !== undefined) accepted.push(bit);
    }
    expect(accepted).toEqual([]);
  });

  it('leaves no temporary files', async () => {
    const folder = newFolder();
    await new FeatureStore(folder).put('a', entry());
    expect(readdirSync(folder)).toEqual(['a.features']);
  });
});

describe('a full store', () => {
  it('removes the least recently used entry, across stores', async () => {
    const folder = newFolder();
    await new FeatureStore(folder).put('a', entry());
    const { size } = statSync(fileOf(folder, 'a'));
    const store = new FeatureStore(folder, 3 * size);
    await store.put('b', entry());
    await store.put('c', entry());
    for (const [age, key] of ['c', 'b', 'a'].entries()) utimesSync(fileOf(folder, key), 100 + age, 100 + age);
    await new FeatureStore(folder).get('c');
    await store.put('d', entry());
    expect(readdirSync(folder).sort()).toEqual(['a.features', 'c.features', 'd.features']);
    expect(await store.info()).toEqual({ entries: 3, bytes: 3 * size });
  });

  it.each([
    [2e9 - 10_000, true],
    [2e9, false],
  ])('has two gigabytes by default: with an entry of %d bytes, another one fits: %s', async (bytes, fits) => {
    const folder = newFolder();
    const store = new FeatureStore(folder);
    await store.put('large', entry());
    // sparse: takes no space
    truncateSync(fileOf(folder, 'large'), bytes);
    utimesSync(fileOf(folder, 'large'), 100, 100);
    await store.put('small', entry());
    expect(readdirSync(folder).includes('large.features')).toBe(fits);
  });

  it('is empty after clear', async () => {
    const store = new FeatureStore(newFolder());
    await store.put('a', entry());
    await store.clear();
    expect(await store.info()).toEqual({ entries: 0, bytes: 0 });
    await store.put('a', entry());
    expect((await store.info()).entries).toBe(1);
  });
});

describe('a read-only folder', () => {
  it('stores nothing without failing', async () => {
    const folder = newFolder();
    mkdirSync(temp.path('.'), { recursive: true });
    writeFileSync(folder, 'a file in the way');
    const store = new FeatureStore(folder);
    await store.put('a', entry());
    expect(await store.get('a')).toBeUndefined();
  });
});

describe('the environment', () => {
  it('sets the folder of features, or disables it', async () => {
    const SAMEPOINT_CACHE_DIR = newFolder();
    await featureStore({ SAMEPOINT_CACHE_DIR })?.put('a', entry());
    expect(readdirSync(join(SAMEPOINT_CACHE_DIR, 'features'))).toHaveLength(1);
    expect(featureStore({ SAMEPOINT_CACHE_DIR, SAMEPOINT_NO_CACHE: '1' })).toBeUndefined();
  });
});

function flipLast(bytes: Buffer): Buffer {
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}
