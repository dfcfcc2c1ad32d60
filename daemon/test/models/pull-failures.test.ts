import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { addModel } from '../../src/models/add-model.js';
import type { PullProgress } from '../../src/models/download/progress.js';
import { pullModel } from '../../src/models/download/pull-model.js';
import { resolveModel } from '../../src/models/resolve-model.js';
import { sha256 } from '../support/hub-cache-layout.js';
import { safetensorsFile } from '../support/weights-files.js';
import { COMMIT } from './fake-hub.js';
import { CONFIG, CONFIG_FILE, ModelRoom, modelWith, UNET, unetFile } from './model-room.js';
import { failureOf, filesOf, NEEDED_END, read } from './pulled-files.js';

let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());

describe('a connection that breaks', () => {
  it.each([{ whole: true }, { whole: false }])('resumes where it broke (whole: $whole)', async ({ whole }) => {
    room.hub.behaviour = { cuts: 2, cutAfterBytes: 100_000 };
    const environment = room.environment();
    await pullModel('tiny', { whole }, environment);
    const path = filesOf(environment).get('unet/model.safetensors') ?? '';
    expect(statSync(path).size).toBeGreaterThan(200_000);
    if (whole) expect(readFileSync(path).equals(UNET)).toBe(true);
    else expect(readSafetensorsHeader(path).tensors.size).toBe(3);
    expect(room.waits).toEqual([1000, 1000]);
    const lastRange = room.hub.ranges.at(-1);
    expect(lastRange?.endsWith(`-${whole ? UNET.length - 1 : NEEDED_END}`)).toBe(true);
    expect(lastRange?.startsWith('bytes=0-')).toBe(false);
  });

  it('is reported with its reason at each resumption', async () => {
    room.hub.behaviour = { cuts: 2, cutAfterBytes: 100_000 };
    const onRetry = vi.fn<(reason: string) => void>();
    await pullModel('tiny', { whole: true, onRetry }, room.environment());
    const { host } = new URL(room.hub.cdnUrl);
    const broke = expect.stringContaining(`the connection to ${host} broke`);
    expect(onRetry.mock.calls).toEqual([[broke], [broke]]);
  });

  it.each([{ whole: true }, { whole: false }])(
    'a later run fetches only what is missing (whole: $whole)',
    async ({ whole }) => {
      const environment = room.environment();
      const abort = new AbortController();
      const onProgress = ({ file, bytes }: PullProgress) => {
        if (file === 'unet/model.safetensors' && bytes > 100_000) abort.abort();
      };
      const failure = await failureOf(pullModel('tiny', { whole, onProgress, signal: abort.signal }, environment));
      expect(failure).toMatchObject({ code: 'CANCELLED', message: 'The download was interrupted.' });
      expect(resolveModel('tiny', { whole }, environment).ok).toBe(false);

      const before = room.hub.ranges.length;
      const reported: number[] = [];
      await pullModel('tiny', { whole, onProgress: ({ bytes }) => reported.push(bytes) }, environment);
      expect(reported[0]).toBeGreaterThan(100_000);
      const resumed = room.hub.ranges.slice(before).filter((range) => !range.startsWith('bytes=0-'));
      expect(resumed.length).toBe(1);
      if (whole) expect(read(environment, 'unet/model.safetensors', { whole }).equals(UNET)).toBe(true);
      expect(room.files().filter((path) => path.includes('incomplete'))).toEqual([]);
    },
  );

  it('is not required: an abort during verification is an interruption too', async () => {
    const abort = new AbortController();
    const onProgress = ({ bytes, totalBytes }: PullProgress) => bytes === totalBytes && abort.abort();
    const environment = room.environment();
    const failure = await failureOf(pullModel('tiny', { whole: true, onProgress, signal: abort.signal }, environment));
    expect(failure).toMatchObject({ code: 'CANCELLED' });
    const before = room.hub.requests.length;
    await pullModel('tiny', { whole: true }, environment);
    expect(room.hub.requests.slice(before).every(({ method }) => method === 'HEAD')).toBe(true);
  });

  it('can be interrupted while nothing arrives', async () => {
    room.hub.behaviour = { stallsAfterBytes: 100_000 };
    const abort = new AbortController();
    const onProgress = ({ bytes }: PullProgress) => {
      if (bytes === CONFIG.length + 100_000) setImmediate(() => abort.abort());
    };
    const pull = pullModel('tiny', { whole: true, onProgress, signal: abort.signal }, room.environment());
    expect(await failureOf(pull)).toMatchObject({ code: 'CANCELLED' });
    expect(room.files().filter((path) => path.endsWith('.lock'))).toEqual([]);
  });

  it('resumes under a new address when the first one has expired', async () => {
    room.hub.behaviour = { cuts: 2, cutAfterBytes: 100_000, expires: true };
    const environment = room.environment();
    await pullModel('tiny', { whole: true }, environment);
    expect(read(environment, 'unet/model.safetensors').equals(UNET)).toBe(true);
  });

  it('resumes only if the CDN still has the same file', async () => {
    room.hub.behaviour = { cuts: 1, cutAfterBytes: 100_000 };
    await pullModel('tiny', { whole: true }, room.environment());
    expect(room.hub.requests.at(-1)).toMatchObject({ server: 'cdn', ifRange: `"cdn-${sha256(UNET)}"` });
  });

  it('starts over without decreasing progress when the server stops supporting ranges', async () => {
    room.hub.behaviour = { cuts: 1, cutAfterBytes: 300_000, ignoresRanges: true };
    const environment = room.environment();
    const reported: number[] = [];
    await pullModel('tiny', { whole: true, onProgress: ({ bytes }) => reported.push(bytes) }, environment);
    expect(read(environment, 'unet/model.safetensors').equals(UNET)).toBe(true);
    expect(reported).toEqual([...reported].sort((a, b) => a - b));
  });

  it.each([{ whole: true }, { whole: false }])(
    'starts over when the file on the server has changed (whole: $whole)',
    async ({ whole }) => {
      const file = unetFile({ sha256: null });
      const environment = room.environment({ catalogue: [modelWith([file])] });
      const abort = new AbortController();
      const onProgress = ({ bytes }: PullProgress) => bytes > 100_000 && abort.abort();
      await failureOf(pullModel('tiny', { whole, onProgress, signal: abort.signal }, environment));

      const other = Buffer.from(UNET);
      other.fill(9, other.length - 680_000);
      room.hub.put('unet/model.fp16.safetensors', other);
      await pullModel('tiny', { whole }, environment);
      const path = filesOf(environment, { whole }).get('unet/model.safetensors') ?? '';
      expect(path).toContain(whole ? '/snapshots/' : '/subsets/');
      const got = readFileSync(path);
      const last = readSafetensorsHeader(path);
      const { offset = 0, length = 0 } = last.tensors.get('down.weight') ?? {};
      expect(got.subarray(offset, offset + length).every((byte) => byte === 9)).toBe(true);
    },
  );

  it('starts over when other tensors are needed', async () => {
    const abort = new AbortController();
    const onProgress = ({ bytes }: PullProgress) => bytes > 100_000 && abort.abort();
    await failureOf(pullModel('tiny', { onProgress, signal: abort.signal }, room.environment()));

    const file = unetFile({ tensors: /^(conv|up_blocks)/ });
    const environment = room.environment({ catalogue: [modelWith([file])] });
    await pullModel('tiny', {}, environment);
    const path = filesOf(environment).get('unet/model.safetensors') ?? '';
    expect([...readSafetensorsHeader(path).tensors.keys()]).not.toContain('down.weight');
  });

  it('fails after the last wait when nothing arrives at all', async () => {
    room.hub.behaviour = { statuses: Array.from({ length: 20 }, () => ({ status: 503 })) };
    const failure = await failureOf(pullModel('tiny', {}, room.environment()));
    expect(failure).toMatchObject({ code: 'MODEL_MISSING' });
    expect(failure.message).toContain('answered 503');
    expect(room.waits).toEqual([1000, 2000, 4000, 8000, 16_000]);
  });
});

describe('downloads are verified', () => {
  it('wrong bytes are rejected and removed', async () => {
    room.hub.behaviour = { corrupts: true };
    const failure = await failureOf(pullModel('tiny', { whole: true }, room.environment()));
    expect(failure).toMatchObject({ code: 'MODEL_INVALID' });
    expect(failure.message).toContain('hash differs');
    expect(room.files().filter((path) => path.includes(sha256(UNET)))).toEqual([]);
  });

  it('a file that differs from the catalogue is rejected before any download', async () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile({ sha256: '0'.repeat(64) })])] });
    const failure = await failureOf(pullModel('tiny', {}, environment));
    expect(failure).toMatchObject({ code: 'MODEL_INVALID' });
    expect(room.hub.requests.every(({ method }) => method === 'HEAD')).toBe(true);
    expect(room.files()).toEqual([]);
  });

  it('a file of the wrong size is rejected before any download', async () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile({ size: 5 })])] });
    const failure = await failureOf(pullModel('tiny', {}, environment));
    expect(failure.message).toContain(`should have 5 bytes, the server has ${UNET.length}`);
  });

  it('without a published hash, later downloads must equal the first', async () => {
    const environment = room.environment({ catalogue: [modelWith([CONFIG_FILE])] });
    await pullModel('tiny', {}, environment);
    rmSync(join(room.folder, 'hub'), { recursive: true });
    room.hub.put('unet/config.json', Buffer.from('{"a":2}'), false);

    const failure = await failureOf(pullModel('tiny', {}, environment));
    expect(failure).toMatchObject({ code: 'MODEL_INVALID' });
    expect(failure.message).toContain('differs from the file of the first download');
  });

  it('weights of another network are rejected and removed', async () => {
    const { tensors: _, ...whole } = unetFile({ proof: 'visual.conv1.weight' });
    const environment = room.environment({ catalogue: [modelWith([whole])] });
    const failure = await failureOf(pullModel('tiny', {}, environment));
    expect(failure.message).toContain('no tensor "visual.conv1.weight"');
    expect(room.files()).toEqual([]);
  });

  it('a subset without the needed tensors is rejected', async () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile({ tensors: /^nothing/ })])] });
    expect((await failureOf(pullModel('tiny', {}, environment))).code).toBe('MODEL_INVALID');
  });
});

describe('a damaged file', () => {
  it('is downloaded again, and the rest stays', async () => {
    const environment = room.environment();
    await pullModel('tiny', {}, environment);
    writeFileSync(filesOf(environment).get('unet/model.safetensors') ?? '', 'damaged');
    expect((await pullModel('tiny', {}, environment)).fetched).toEqual(['unet/model.safetensors']);
    expect((await pullModel('tiny', {}, environment)).fetched).toEqual([]);
  });

  it('is unregistered but kept on disk when the user registered it', async () => {
    const environment = room.environment();
    const path = join(room.folder, 'mine.safetensors');
    writeFileSync(path, UNET);
    await addModel('tiny', path, environment);
    writeFileSync(path, 'damaged');
    const onUnregister = vi.fn<(path: string) => void>();
    const { fetched } = await pullModel('tiny', { onUnregister }, environment);
    expect(fetched).toEqual(['unet/config.json', 'unet/model.safetensors']);
    expect(onUnregister.mock.calls).toEqual([[path]]);
    expect(readFileSync(path, 'utf8')).toBe('damaged');
    expect(filesOf(environment).get('unet/model.safetensors')).not.toBe(path);
  });

  it('must equal the first download', async () => {
    const environment = room.environment({
      catalogue: [modelWith([CONFIG_FILE, unetFile({ size: null, sha256: null })])],
    });
    await pullModel('tiny', {}, environment);
    writeFileSync(filesOf(environment).get('unet/model.safetensors') ?? '', 'damaged');
    room.hub.put('unet/model.fp16.safetensors', safetensorsFile({ 'conv_in.weight': 7 }));
    const failure = await failureOf(pullModel('tiny', {}, environment));
    expect(failure).toMatchObject({ code: 'MODEL_INVALID', message: expect.stringContaining('the first download') });
  });
});

describe('errors are one sentence and a hint', () => {
  it.each([
    { status: 401, message: 'refused org/tiny/unet/config.json (401).', hint: 'HF_TOKEN' },
    { status: 403, message: 'refused org/tiny/unet/config.json (403).', hint: 'HF_TOKEN' },
    { status: 404, message: 'does not have org/tiny/unet/config.json.', hint: 'samepoint models add' },
  ])('$status', async ({ status, message, hint }) => {
    room.hub.behaviour = { statuses: [{ status }] };
    const failure = await failureOf(pullModel('tiny', {}, room.environment()));
    expect(failure).toMatchObject({ code: 'MODEL_MISSING' });
    expect(failure.message).toContain(message);
    expect(failure.hint).toContain(hint);
    expect(room.waits).toEqual([]);
    expect(room.files()).toEqual([]);
  });

  it('429 waits as long as the server requests', async () => {
    room.hub.behaviour = { statuses: [{ status: 429, headers: { 'retry-after': '7' } }] };
    await pullModel('tiny', {}, room.environment());
    expect(room.waits).toEqual([7000]);
  });

  it('429 with an hour to wait fails at once', async () => {
    room.hub.behaviour = { statuses: [{ status: 429, headers: { 'retry-after': '3600' } }] };
    const failure = await failureOf(pullModel('tiny', {}, room.environment()));
    expect(failure.message).toContain('answered 429');
    expect(room.waits).toEqual([]);
  });

  it.each([
    [
      'an ETag that would lead out of the cache',
      { etag: '"../../../x"', 'x-repo-commit': COMMIT, 'content-length': '1' },
    ],
    ['a commit that would', { etag: '"x"', 'x-repo-commit': '../../x', 'content-length': '1' }],
    ['no ETag, as a proxy would answer', { 'content-length': '1' }],
  ])('%s', async (_, headers) => {
    room.hub.behaviour = { statuses: [{ status: 200, headers }] };
    const failure = await failureOf(pullModel('tiny', {}, room.environment()));
    expect(failure.message).toContain('sent no size, ETag or commit for org/tiny/unet/config.json');
    expect(room.files()).toEqual([]);
  });

  it('no network', async () => {
    const environment = room.environment();
    await room.hub.stop();
    const failure = await failureOf(pullModel('tiny', {}, environment));
    expect(failure).toMatchObject({ code: 'MODEL_MISSING' });
    expect(failure.message).toContain('is unreachable');
    expect(room.waits).toEqual([]);
  });

  it.each([
    '::',
    'hub:8080',
    'http://',
    'ftp://hub.example.com/',
    'http//hub.example.com',
    '"https://hub.example.com"',
  ])('HF_ENDPOINT=%s', async (value) => {
    const failure = await failureOf(pullModel('tiny', {}, room.environment({ env: { HF_ENDPOINT: value } })));
    expect(failure).toMatchObject({ code: 'BAD_REQUEST', hint: expect.stringContaining('Set HF_ENDPOINT') });
    expect(failure.message).toContain(`HF_ENDPOINT is not the address of a server: "${value}"`);
  });

  it('HF_HUB_OFFLINE', async () => {
    const failure = await failureOf(pullModel('tiny', {}, room.environment({ env: { HF_HUB_OFFLINE: '1' } })));
    expect(failure.message).toContain('HF_HUB_OFFLINE');
    expect(room.hub.requests).toEqual([]);
  });

  it('too little disk space, before any download', async () => {
    const failure = await failureOf(
      pullModel('tiny', {}, room.environment({ disk: async () => ({ id: 1, freeBytes: 1e6 }) })),
    );
    expect(failure).toMatchObject({ code: 'MODEL_MISSING' });
    expect(failure.message).toMatch(/needs 0 MB; the disk of .* has 1 MB free/);
    expect(room.files()).toEqual([]);
  });

  it('a disk that fills up during the download', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const environment = room.environment({ disk: async () => Promise.reject(full) });
    expect(await failureOf(pullModel('tiny', {}, environment))).toMatchObject({ message: 'The disk is full.' });
  });
});
