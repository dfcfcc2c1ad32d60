import { lstatSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { addModel } from '../../src/models/add-model.js';
import type { PullProgress } from '../../src/models/download/progress.js';
import { pullModel } from '../../src/models/download/pull-model.js';
import type { ModelEnvironment } from '../../src/models/model-environment.js';
import { resolveModel } from '../../src/models/resolve-model.js';
import { gitBlob, sha256 } from '../support/hub-cache-layout.js';
import { safetensorsFile } from '../support/weights-files.js';
import { COMMIT } from './fake-hub.js';
import { CONFIG, CONFIG_FILE, ModelRoom, modelWith, UNET, unetFile } from './model-room.js';

const REPOSITORY = 'hub/models--org--tiny';
const SUBSET = `assets/samepoint/subsets/models--org--tiny/${COMMIT}/unet/model.fp16.safetensors`;

/** Last byte of the second needed run of tensors, which `up_blocks.3` follows. */
const NEEDED_END = UNET.length - 400_000 - 1;

let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());

function filesOf(environment: ModelEnvironment, options = {}): ReadonlyMap<string, string> {
  const resolved = resolveModel('tiny', options, environment);
  if (!resolved.ok) throw resolved.error;
  return resolved.files;
}

function read(environment: ModelEnvironment, name: string, options = {}): Buffer {
  return readFileSync(filesOf(environment, options).get(name) ?? '');
}

async function failureOf(promise: Promise<unknown>): Promise<SamepointError> {
  const thrown = await promise.catch((error: unknown) => error);
  if (!(thrown instanceof SamepointError)) throw new TypeError(`expected a SamepointError, got ${String(thrown)}`);
  return thrown;
}

describe('a whole pull', () => {
  it('puts files into the layout of all Hugging Face tools', async () => {
    const environment = room.environment();
    const { fetched } = await pullModel('tiny', { whole: true }, environment);

    expect(fetched).toEqual(['unet/config.json', 'unet/model.safetensors']);
    expect(room.files()).toEqual(
      [
        `${REPOSITORY}/blobs/${gitBlob(CONFIG)}`,
        `${REPOSITORY}/blobs/${sha256(UNET)}`,
        `${REPOSITORY}/snapshots/${COMMIT}/unet/config.json`,
        `${REPOSITORY}/snapshots/${COMMIT}/unet/model.fp16.safetensors`,
        'state/models.json',
      ].sort(),
    );
    const link = join(room.folder, REPOSITORY, 'snapshots', COMMIT, 'unet/model.fp16.safetensors');
    expect(readlinkSync(link)).toBe(`../../../blobs/${sha256(UNET)}`);
    expect(read(environment, 'unet/model.safetensors', { whole: true }).equals(UNET)).toBe(true);
  });

  it('writes the ref of a branch, so that the branch resolves offline', async () => {
    const at = { repository: 'org/tiny', revision: 'main' };
    const file = { ...CONFIG_FILE, source: { kind: 'hub' as const, at, path: 'unet/config.json' } };
    const environment = room.environment({ catalogue: [modelWith([file])] });
    await pullModel('tiny', {}, environment);

    expect(readFileSync(join(room.folder, REPOSITORY, 'refs/main'), 'utf8')).toBe(COMMIT);
    expect(read(environment, 'unet/config.json').equals(CONFIG)).toBe(true);
  });

  it('copies the file into the snapshot when links are unavailable, as on Windows and FAT', async () => {
    const link = () => Promise.reject(Object.assign(new Error('operation not permitted'), { code: 'EPERM' }));
    const environment = room.environment({ link });
    await pullModel('tiny', { whole: true }, environment);
    const snapshot = join(room.folder, REPOSITORY, 'snapshots', COMMIT, 'unet/model.fp16.safetensors');
    expect(lstatSync(snapshot).isFile()).toBe(true);
    expect(room.files().filter((path) => path.includes('/blobs/'))).toEqual([]);
    expect(read(environment, 'unet/model.safetensors').equals(UNET)).toBe(true);
  });

  it('fetches a file without a repository into our own folder', async () => {
    room.hub.putElsewhere('weights/model.safetensors', UNET);
    const file = unetFile({ source: { kind: 'url', url: `${room.hub.cdnUrl}/weights/model.safetensors` } });
    const { tensors: _, ...whole } = file;
    const environment = room.environment({ catalogue: [modelWith([whole])] });
    await pullModel('tiny', {}, environment);
    expect(room.files()).toEqual(['assets/samepoint/files/127.0.0.1/weights/model.safetensors', 'state/models.json']);
    expect(read(environment, 'unet/model.safetensors').equals(UNET)).toBe(true);
  });

  it('fetches nothing when everything is present', async () => {
    const environment = room.environment();
    await pullModel('tiny', {}, environment);
    const before = room.hub.requests.length;
    expect(await pullModel('tiny', {}, environment)).toEqual({ fetched: [], bytes: 0 });
    expect(room.hub.requests.length).toBe(before);
  });
});

describe('a ranged pull', () => {
  it('fetches only the needed tensors, into a valid file', async () => {
    const environment = room.environment();
    await pullModel('tiny', {}, environment);

    const path = filesOf(environment).get('unet/model.safetensors') ?? '';
    expect(path).toBe(join(room.folder, SUBSET));
    const original = join(room.folder, 'original.safetensors');
    const { tensors } = readSafetensorsHeader(path);
    expect([...tensors.keys()]).toEqual(['conv_in.weight', 'down.weight', 'up_blocks.2.weight']);
    writeFileSync(original, UNET);
    const whole = readSafetensorsHeader(original).tensors;
    const bytes = readFileSync(path);
    for (const [name, { offset, length, dtype, shape }] of tensors) {
      const there = whole.get(name);
      expect({ dtype, shape }).toEqual({ dtype: there?.dtype, shape: there?.shape });
      const expected = UNET.subarray(there?.offset, (there?.offset ?? 0) + (there?.length ?? 0));
      expect(bytes.subarray(offset, offset + length).equals(expected), name).toBe(true);
    }
  });

  it('requests neighbouring tensors together, and nothing that is not needed', async () => {
    await pullModel('tiny', {}, room.environment());
    const [header, ...tensors] = room.hub.ranges;
    expect(header).toMatch(/^bytes=0-/);
    const sizes = tensors.map((range) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
      return Number(to) + 1 - Number(from);
    });
    expect(sizes).toEqual([4000, 280_000]);
  });

  it('leaves nothing in the Hugging Face cache that resembles the official file', async () => {
    await pullModel('tiny', {}, room.environment());
    expect(room.files().filter((path) => path.startsWith('hub/'))).toEqual([
      `${REPOSITORY}/blobs/${gitBlob(CONFIG)}`,
      `${REPOSITORY}/snapshots/${COMMIT}/unet/config.json`,
    ]);
  });

  it('becomes a whole pull when the server does not support ranges', async () => {
    room.hub.behaviour = { ignoresRanges: true };
    const environment = room.environment();
    await pullModel('tiny', {}, environment);
    expect(filesOf(environment).get('unet/model.safetensors')).toBe(
      join(room.folder, REPOSITORY, 'snapshots', COMMIT, 'unet/model.fp16.safetensors'),
    );
  });

  it('does not satisfy a pull of the whole file', async () => {
    const environment = room.environment();
    await pullModel('tiny', {}, environment);
    const resolved = resolveModel('tiny', { whole: true }, environment);
    expect(resolved.ok).toBe(false);
    if (!resolved.ok) expect(resolved.error.hint).toContain('samepoint models pull tiny --whole');
  });
});

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

describe('two pulls of one model at the same time', () => {
  it('fetch every byte once; the second waits for the first', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    room.hub.behaviour = { gate };
    let waits = 0;
    const onWait = () => {
      waits++;
      open();
    };
    const environment = room.environment();
    const first = pullModel('tiny', { whole: true }, environment);
    const second = pullModel('tiny', { whole: true, onWait }, environment);
    const [a, b] = await Promise.all([first, second]);
    expect([a.fetched.length, b.fetched.length]).toEqual([2, 0]);
    expect(waits).toBe(1);
    expect(room.hub.requests.filter(({ server, method }) => server === 'cdn' && method === 'GET')).toHaveLength(1);
    expect(room.files().filter((path) => path.endsWith('.lock'))).toEqual([]);
  });
});

describe('progress', () => {
  it('never decreases and ends at the total, also when a connection breaks', async () => {
    room.hub.behaviour = { cuts: 1, cutAfterBytes: 150_000 };
    const reported: PullProgress[] = [];
    await pullModel('tiny', { whole: true, onProgress: (progress) => reported.push(progress) }, room.environment());
    const bytes = reported.map((progress) => progress.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    expect(reported.at(-1)).toMatchObject({
      bytes: UNET.length + CONFIG.length,
      totalBytes: UNET.length + CONFIG.length,
      secondsLeft: 0,
    });
    expect(reported.some(({ bytesPerSecond }) => (bytesPerSecond ?? 0) > 0)).toBe(true);
  });
});

describe('the token', () => {
  it('is sent to the endpoint and never to a redirect', async () => {
    await pullModel('tiny', {}, room.environment({ env: { HF_TOKEN: 'secret' } }));
    const byServer = (server: string) =>
      new Set(
        room.hub.requests.filter((request) => request.server === server).map(({ authorization }) => authorization),
      );
    expect(byServer('endpoint')).toEqual(new Set(['Bearer secret']));
    expect(byServer('cdn')).toEqual(new Set([undefined]));
  });
});
