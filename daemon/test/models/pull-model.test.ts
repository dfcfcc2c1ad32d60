import { lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import type { PullProgress } from '../../src/models/download/progress.js';
import { pullModel } from '../../src/models/download/pull-model.js';
import { resolveModel } from '../../src/models/resolve-model.js';
import { gitBlob, sha256 } from '../support/hub-cache-layout.js';
import { COMMIT } from './fake-hub.js';
import { CONFIG, CONFIG_FILE, ModelRoom, modelWith, UNET, unetFile } from './model-room.js';
import { filesOf, read } from './pulled-files.js';

const REPOSITORY = 'hub/models--org--tiny';
const SUBSET = `assets/samepoint/subsets/models--org--tiny/${COMMIT}/unet/model.fp16.safetensors`;

let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());

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
