import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileFailure } from '../../src/models/download/failures.js';
import { withLock } from '../../src/models/download/lock.js';
import { ProgressMeter } from '../../src/models/download/progress.js';
import { headerLength, planSubset } from '../../src/models/download/safetensors-subset.js';
import { locations } from '../../src/models/locations.js';

describe('model folders follow the variables of huggingface_hub', () => {
  it.each([
    [{}, '.cache/huggingface/hub', '.cache/huggingface/assets/samepoint'],
    [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/huggingface/hub', '/xdg/huggingface/assets/samepoint'],
    [{ HF_HOME: '/hf' }, '/hf/hub', '/hf/assets/samepoint'],
    [{ HF_HOME: '~/hf' }, 'hf/hub', 'hf/assets/samepoint'],
    [{ HF_HOME: '/hf', HF_HUB_CACHE: '/big/hub' }, '/big/hub', '/big/assets/samepoint'],
    [{ HF_HOME: '/hf', HUGGINGFACE_HUB_CACHE: '/big/hub' }, '/big/hub', '/big/assets/samepoint'],
    [{ HF_HUB_CACHE: '/new/hub', HUGGINGFACE_HUB_CACHE: '/old/hub' }, '/new/hub', '/new/assets/samepoint'],
    [{ HF_HOME: '/hf', HF_ASSETS_CACHE: '/own' }, '/hf/hub', '/own/samepoint'],
  ])('%j', (env, hub, own) => {
    const { hubCache, samepointCache } = locations({ SAMEPOINT_STATE_DIR: '/state', ...env });
    expect([hubCache, samepointCache]).toEqual(
      [hub, own].map((path) => (path.startsWith('/') ? path : join(homedir(), path))),
    );
  });

  it('an endpoint may end with a slash', () => {
    expect(locations({ HF_ENDPOINT: 'http://mirror/' }).endpoint).toBe('http://mirror');
    expect(locations({}).endpoint).toBe('https://huggingface.co');
  });

  it.each([
    ['hub.example.com', 'https://hub.example.com'],
    ['hub.example.com:8080/hf/', 'https://hub.example.com:8080/hf'],
    [' https://hub.example.com ', 'https://hub.example.com'],
  ])('HF_ENDPOINT=%s is %s', (value, endpoint) => {
    expect(locations({ HF_ENDPOINT: value }).endpoint).toBe(endpoint);
  });

  it('the older variable names work', () => {
    expect(locations({ HUGGING_FACE_HUB_TOKEN: 'old' }).token).toBe('old');
    expect(locations({ HF_TOKEN: 'new', HUGGING_FACE_HUB_TOKEN: 'old' }).token).toBe('new');
    expect(locations({ TRANSFORMERS_OFFLINE: '1' }).offline).toBe(true);
    expect(locations({ HF_HUB_OFFLINE: '0', TRANSFORMERS_OFFLINE: '1' }).offline).toBe(false);
  });

  it.each([
    ['1', true],
    ['yes', true],
    ['0', false],
    ['', false],
  ])('HF_HUB_OFFLINE=%s', (value, offline) => {
    expect(locations({ HF_HUB_OFFLINE: value }).offline).toBe(offline);
  });
});

it('the home folder expands with either path separator', () => {
  for (const home of ['~/models', '~\\models']) {
    expect(locations({ HF_HOME: home }).hubCache.startsWith(homedir())).toBe(true);
  }
});

describe('a subset of a safetensors file', () => {
  const entry = (from: number, to: number) => ({ dtype: 'F32', shape: [(to - from) / 4], data_offsets: [from, to] });
  const plan = (json: unknown, needed: RegExp, fileBytes = 10_000) =>
    planSubset(Buffer.from(JSON.stringify(json)), fileBytes, needed, 'it');

  it('keeps the order of the data, whatever the order of the header', () => {
    const { ranges, prefix } = plan(
      { b: entry(400, 800), x: entry(800, 900), a: entry(0, 400), c: entry(900, 904) },
      /^[abc]$/,
    );
    expect(ranges.map(({ from, to }) => to - from)).toEqual([800, 4]);
    expect(JSON.parse(prefix.subarray(8).toString())).toEqual({
      a: entry(0, 400),
      b: entry(400, 800),
      c: entry(800, 804),
    });
    expect(prefix.length % 8).toBe(0);
    expect(Number(prefix.readBigUInt64LE())).toBe(prefix.length - 8);
  });

  it('keeps the metadata', () => {
    const { prefix } = plan({ __metadata__: { format: 'pt' }, a: entry(0, 4) }, /a/);
    expect(JSON.parse(prefix.subarray(8).toString())).toMatchObject({ __metadata__: { format: 'pt' } });
  });

  it.each([
    ['no tensor that is needed', { x: entry(0, 4) }, 'none of the expected tensors'],
    ['a tensor beyond the end', { a: entry(0, 40_000) }, 'beyond the end'],
    ['a tensor that ends before it begins', { a: { ...entry(0, 4), data_offsets: [8, 4] } }, 'beyond the end'],
    ['tensors that overlap', { a: entry(0, 8), ab: entry(4, 12) }, 'overlaps'],
    ['an entry without offsets', { a: { dtype: 'F32', shape: [1] } }, 'malformed'],
    ['a list instead of an object', [1], 'not a JSON object'],
  ])('refuses %s', (_, json, reason) => {
    expect(() => plan(json, /^a/)).toThrow(reason);
  });

  it('refuses a header that is longer than the file', () => {
    const field = Buffer.alloc(8);
    field.writeBigUInt64LE(9999n);
    expect(() => headerLength(field, 1000, 'it')).toThrow('its header claims 9999 bytes, the file has 1000');
  });
});

describe('the rate of a download', () => {
  it('covers the last seconds, and gives the remaining time', () => {
    let clock = 0;
    const meter = new ProgressMeter(100_000, () => clock);
    expect(meter.update('a', 0)).toMatchObject({ bytesPerSecond: undefined, secondsLeft: undefined });
    clock = 1000;
    expect(meter.update('a', 50_000)).toMatchObject({ bytesPerSecond: 50_000, secondsLeft: 1 });
    for (clock = 20_000; clock <= 30_000; clock += 1000) meter.update('a', 50_000 + (clock - 20_000) / 10);
    clock = 30_000;
    expect(meter.update('a', 51_000).bytesPerSecond).toBeCloseTo(100, 0);
  });
});

describe('a full disk', () => {
  it('is reported as full', () => {
    const full = Object.assign(new Error(), { code: 'ENOSPC' });
    expect(fileFailure(full, '/x')).toMatchObject({ message: 'The disk is full.' });
  });

  it('a folder without permission is named', () => {
    const failure = fileFailure(Object.assign(new Error(), { code: 'EACCES' }), '/x');
    expect(failure).toBeInstanceOf(SamepointError);
    expect(failure).toMatchObject({ message: '/x is not writable (EACCES).' });
  });
});

describe('a lock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'samepoint-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('of a crashed process is taken over', async () => {
    const path = join(folder, 'lock');
    // no process has this number: it is above the largest Linux gives
    writeFileSync(path, `${hostname()} 4194999`);
    expect(await withLock(path, { sleep }, async () => 'done')).toBe('done');
    expect(existsSync(path)).toBe(false);
  });

  it('that another computer no longer refreshes is taken over', async () => {
    const path = join(folder, 'lock');
    writeFileSync(path, 'elsewhere 1');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path, longAgo, longAgo);
    expect(await withLock(path, { sleep }, async () => 'done')).toBe('done');
  });

  it('in use makes others wait, with one notice', async () => {
    const path = join(folder, 'lock');
    writeFileSync(path, `${hostname()} ${process.pid}`);
    let announced = 0;
    let polls = 0;
    const waiting = {
      onWait: () => announced++,
      sleep: async () => {
        if (++polls === 3) rmSync(path);
      },
    };
    expect(await withLock(path, waiting, async () => 'done')).toBe('done');
    expect([announced, polls]).toEqual([1, 3]);
  });

  it('is released when the work fails', async () => {
    const path = join(folder, 'lock');
    await expect(withLock(path, { sleep }, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });
});
