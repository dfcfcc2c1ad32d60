import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addModel } from '../../src/models/add-model.js';
import { CATALOGUE, type CatalogueFile } from '../../src/models/catalogue.js';
import { pullModel } from '../../src/models/download/pull-model.js';
import { removeModel } from '../../src/models/files/remove-model.js';
import { verifyModel } from '../../src/models/files/verify-model.js';
import { modelState, resolveModel } from '../../src/models/resolve-model.js';
import { gitBlob, sha256 } from '../support/hub-cache-layout.js';
import { safetensorsFile, withHeader } from '../support/weights-files.js';
import { COMMIT } from './fake-hub.js';
import { CONFIG, CONFIG_FILE, ModelRoom, modelWith, UNET, unetFile } from './model-room.js';

let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());

/** Writes a file as huggingface_hub would have. */
function putInCache(repository: string, commit: string, path: string, content: Buffer): string {
  const folder = join(room.folder, 'hub', `models--${repository.replace('/', '--')}`);
  const blob = join(folder, 'blobs', sha256(content));
  const snapshot = join(folder, 'snapshots', commit, path);
  for (const file of [blob, snapshot]) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(blob, content);
  symlinkSync(blob, snapshot);
  return blob;
}

function write(path: string, content: Buffer | string): string {
  const at = join(room.folder, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, content);
  return at;
}

async function failureOf(action: () => unknown): Promise<SamepointError> {
  try {
    await action();
  } catch (thrown) {
    if (thrown instanceof SamepointError) return thrown;
  }
  throw new TypeError('expected a SamepointError');
}

describe('a model is located', () => {
  it('as missing, with the download command', () => {
    const resolved = resolveModel('tiny', {}, room.environment());
    expect(resolved.ok).toBe(false);
    if (!resolved.ok)
      expect(resolved.error).toMatchObject({ code: 'MODEL_MISSING', hint: 'Run: samepoint models pull tiny' });
  });

  it('in the Hugging Face cache, where another tool has put it', () => {
    putInCache('org/tiny', COMMIT, 'unet/config.json', CONFIG);
    putInCache('org/tiny', COMMIT, 'unet/model.fp16.safetensors', UNET);
    const resolved = resolveModel('tiny', {}, room.environment());
    const snapshot = join(room.folder, 'hub/models--org--tiny/snapshots', COMMIT);
    expect(resolved.ok && [...resolved.files.values()]).toEqual([
      join(snapshot, 'unet/config.json'),
      join(snapshot, 'unet/model.fp16.safetensors'),
    ]);
  });

  it('under an earlier repository name, when the hash matches', () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile()])] });
    putInCache('old/tiny', 'a'.repeat(40), 'unet/model.fp16.safetensors', UNET);
    expect(resolveModel('tiny', {}, environment).ok).toBe(true);
  });

  it('not under an earlier name when the content differs', () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile()])] });
    const other = Buffer.from(UNET);
    other.fill(1, other.length - 4);
    putInCache('old/tiny', 'a'.repeat(40), 'unet/model.fp16.safetensors', other);
    expect(resolveModel('tiny', {}, environment).ok).toBe(false);
  });

  it('not when the branch points to another file', () => {
    const at = { repository: 'org/tiny', revision: 'main' };
    const file = unetFile({ size: null, source: { kind: 'hub', at, path: 'unet/model.fp16.safetensors' } });
    const environment = room.environment({ catalogue: [modelWith([file])] });
    write('hub/models--org--tiny/refs/main', COMMIT);
    putInCache('org/tiny', COMMIT, 'unet/model.fp16.safetensors', UNET.subarray(1));
    expect(resolveModel('tiny', {}, environment).ok).toBe(false);
  });

  it('not when the cached file is truncated', () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile()])] });
    truncateSync(putInCache('org/tiny', COMMIT, 'unet/model.fp16.safetensors', UNET), 1000);
    expect(resolveModel('tiny', {}, environment).ok).toBe(false);
  });

  it('as ready, partial or missing', async () => {
    const environment = room.environment();
    const [model] = environment.catalogue;
    if (model === undefined) throw new TypeError('the room has a model');
    expect(modelState(model, environment)).toBe('missing');
    putInCache('org/tiny', COMMIT, 'unet/config.json', CONFIG);
    expect(modelState(model, environment)).toBe('partial');
    await pullModel('tiny', {}, environment);
    expect(modelState(model, environment)).toBe('ready');
  });

  it('the embedded model needs no download', () => {
    const names = ['config.json', 'elements.json', 'elements.safetensors', 'model.safetensors'];
    const resolved = resolveModel('ui', {}, room.environment());
    expect(resolved.ok && [...resolved.files.keys()].sort()).toEqual(names);
  });

  it('an unknown id is listed with the valid ones', async () => {
    expect(await failureOf(() => resolveModel('nope', {}, room.environment()))).toMatchObject({
      code: 'BACKEND_UNKNOWN',
      hint: 'Choose one of: tiny.',
    });
  });
});

describe('an optional file of a model', () => {
  const path = 'scheduler/scheduler_config.json';
  const optional: CatalogueFile = {
    ...CONFIG_FILE,
    name: path,
    source: { kind: 'hub', at: { repository: 'org/tiny', revision: COMMIT }, path },
    optional: true,
  };
  const model = modelWith([optional, CONFIG_FILE, unetFile()]);

  it('is fetched by a pull, and its absence is no error', async () => {
    room.hub.put(path, Buffer.from('{}'), false);
    const environment = room.environment({ catalogue: [model] });
    await pullModel('tiny', {}, room.environment());
    expect(modelState(model, environment)).toBe('ready');
    expect(resolveModel('tiny', {}, environment).ok).toBe(true);
    const offline = { ...environment, at: { ...environment.at, offline: true } };
    expect((await pullModel('tiny', {}, offline)).fetched).toEqual([]);
    expect((await pullModel('tiny', {}, environment)).fetched).toEqual([path]);
    const resolved = resolveModel('tiny', {}, environment);
    expect(resolved.ok && readFileSync(resolved.files.get(path) ?? '', 'utf8')).toBe('{}');
  });
});

describe('weights on the disk are registered', () => {
  it('from a folder in the official layout, without copying', async () => {
    const environment = room.environment();
    write('mine/unet/config.json', CONFIG);
    const weights = write('mine/unet/model.fp16.safetensors', UNET);
    expect(await addModel('tiny', join(room.folder, 'mine'), environment)).toEqual([
      'unet/config.json',
      'unet/model.safetensors',
    ]);
    const resolved = resolveModel('tiny', {}, environment);
    expect(resolved.ok && resolved.files.get('unet/model.safetensors')).toBe(weights);
  });

  it('from the weights file alone', async () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile()])] });
    const weights = write('downloads/some-name.safetensors', UNET);
    await addModel('tiny', weights, environment);
    const resolved = resolveModel('tiny', {}, environment);
    expect(resolved.ok && resolved.files.get('unet/model.safetensors')).toBe(weights);
  });

  it('a missing path', async () => {
    expect((await failureOf(() => addModel('tiny', join(room.folder, 'nowhere'), room.environment()))).code).toBe(
      'BAD_REQUEST',
    );
  });

  it('a folder without weights', async () => {
    write('mine/readme.txt', 'x');
    const failure = await failureOf(() => addModel('tiny', join(room.folder, 'mine'), room.environment()));
    expect(failure).toMatchObject({ code: 'BAD_REQUEST' });
    expect(failure.hint).toContain('unet/model.safetensors');
  });

  const overlapping = JSON.stringify({
    'conv_in.weight': { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    other: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
  });
  it.each([
    ['a truncated file', UNET.subarray(0, 50_000), 'extends beyond the end of the file'],
    ['a header longer than the file', withHeader('{}', Buffer.alloc(0)).fill(1, 0, 3), 'its header should have'],
    ['an empty file', Buffer.alloc(0), 'is an empty file'],
    ['overlapping tensors', withHeader(overlapping, Buffer.alloc(12)), 'overlaps another one'],
    ['whole numbers for weights', safetensorsFile({ 'conv_in.weight': 4 }, 'I32'), 'its weights are I32'],
    ['an unknown type', safetensorsFile({ 'conv_in.weight': 4 }, 'F4'), 'unknown type F4'],
    ['another network', safetensorsFile({ 'visual.conv1.weight': 4 }), 'no tensor "conv_in.weight"'],
  ])('refuses %s and registers nothing', async (_, content, reason) => {
    const environment = room.environment({ catalogue: [modelWith([unetFile()])] });
    const path = write('bad.safetensors', content);
    const failure = await failureOf(() => addModel('tiny', path, environment));
    expect(failure).toMatchObject({ code: 'MODEL_INVALID' });
    expect(failure.message).toContain(reason);
    expect(existsSync(environment.at.stateFile)).toBe(false);
  });
});

describe('a PyTorch file', () => {
  const source = { kind: 'url' as const, url: 'https://example.org/weights.pt' };
  const file = { name: 'model.pt', source, size: null, sha256: null, proof: 'input_blocks.0.0.weight' };

  it('is rejected when it is no zip archive', async () => {
    const environment = room.environment({ catalogue: [modelWith([file])] });
    const failure = await failureOf(() => addModel('tiny', write('weights.pt', 'not a zip'), environment));
    expect(failure).toMatchObject({ code: 'MODEL_INVALID' });
    expect(failure.message).toContain('is not a usable PyTorch checkpoint');
  });
});

describe('files are verified', () => {
  it('against the published hash', async () => {
    const environment = room.environment();
    await pullModel('tiny', { whole: true }, environment);
    expect((await verifyModel('tiny', environment)).map(({ name, status }) => [name, status])).toEqual([
      ['unet/config.json', 'verified'],
      ['unet/model.safetensors', 'verified'],
    ]);
  });

  it('a changed byte is detected', async () => {
    const environment = room.environment();
    await pullModel('tiny', {}, environment);
    const resolved = resolveModel('tiny', {}, environment);
    const path = (resolved.ok && resolved.files.get('unet/model.safetensors')) || '';
    const bytes = readFileSync(path);
    bytes.fill(1, bytes.length - 1);
    writeFileSync(path, bytes);
    expect((await verifyModel('tiny', environment))[1]).toMatchObject({ status: 'damaged' });
  });

  it('an external file without a published hash is pinned, and compared from then on', async () => {
    const environment = room.environment();
    const path = write('mine/model.safetensors', safetensorsFile({ 'conv_in.weight': 4 }));
    await addModel('tiny', path, environment);
    expect((await verifyModel('tiny', environment))[1]).toMatchObject({ status: 'pinned' });
    expect((await verifyModel('tiny', environment))[1]).toMatchObject({ status: 'verified' });
    writeFileSync(path, safetensorsFile({ 'conv_in.weight': 5 }));
    expect((await verifyModel('tiny', environment))[1]).toMatchObject({ status: 'damaged' });
  });

  it('a missing file is reported', async () => {
    expect((await verifyModel('tiny', room.environment())).map(({ status }) => status)).toEqual(['missing', 'missing']);
  });
});

describe('removing deletes only our own files', () => {
  it('everything from a pull', async () => {
    const environment = room.environment();
    await pullModel('tiny', {}, environment);
    await pullModel('tiny', { whole: true }, environment);
    const { removed, left } = await removeModel('tiny', environment);
    expect(removed).toEqual(['unet/config.json', 'unet/model.safetensors']);
    expect(left).toEqual([]);
    expect(room.files()).toEqual(['state/models.json']);
    expect(existsSync(join(room.folder, 'hub/models--org--tiny'))).toBe(false);
  });

  it('the rest of an interrupted download', async () => {
    const environment = room.environment();
    const abort = new AbortController();
    await pullModel('tiny', { whole: true, onProgress: () => abort.abort(), signal: abort.signal }, environment).catch(
      () => {},
    );
    await removeModel('tiny', environment);
    expect(room.files().filter((path) => path.includes('incomplete'))).toEqual([]);
  });

  it('not cache files of another tool', async () => {
    const environment = room.environment();
    putInCache('org/tiny', COMMIT, 'unet/config.json', CONFIG);
    const blob = putInCache('org/tiny', COMMIT, 'unet/model.fp16.safetensors', UNET);
    const { removed, left } = await removeModel('tiny', environment);
    expect(removed).toEqual([]);
    expect(left).toHaveLength(2);
    expect(existsSync(blob)).toBe(true);
  });

  it('not a blob that a snapshot of another tool links to', async () => {
    const environment = room.environment();
    await pullModel('tiny', { whole: true }, environment);
    const repository = join(room.folder, 'hub/models--org--tiny');
    const blob = join(repository, 'blobs', sha256(UNET));
    mkdirSync(join(repository, 'snapshots/other'), { recursive: true });
    symlinkSync(blob, join(repository, 'snapshots/other/model.safetensors'));
    await removeModel('tiny', environment);
    expect(existsSync(blob)).toBe(true);
    expect(existsSync(join(repository, 'blobs', gitBlob(CONFIG)))).toBe(false);
  });

  it('not a file of the user, which is only unregistered', async () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile()])] });
    const path = write('mine/model.safetensors', UNET);
    await addModel('tiny', path, environment);
    expect((await removeModel('tiny', environment)).removed).toEqual(['registration']);
    expect(existsSync(path)).toBe(true);
    expect(resolveModel('tiny', {}, environment).ok).toBe(false);
  });

  it('not files that another installed model needs', async () => {
    const own = {
      ...CONFIG_FILE,
      name: 'own.json',
      source: { kind: 'hub', at: { repository: 'org/tiny', revision: COMMIT }, path: 'own.json' },
    } as const;
    room.hub.put('own.json', CONFIG, false);
    const environment = room.environment({
      catalogue: [modelWith([unetFile()]), modelWith([unetFile(), own], 'other')],
    });
    await pullModel('tiny', {}, environment);
    await pullModel('other', {}, environment);
    expect((await removeModel('tiny', environment)).removed).toEqual([]);
    expect(resolveModel('other', {}, environment).ok).toBe(true);
    expect((await removeModel('other', environment)).removed).toEqual(['unet/model.safetensors', 'own.json']);
  });
});

describe('the catalogue', () => {
  it('has full hashes and commits wherever it marks them as checked', () => {
    for (const { id, checked, files } of CATALOGUE) {
      for (const { name, sha256: hash, size, source } of files) {
        const isPinned = hash !== null && /^[0-9a-f]{64}$/.test(hash) && size !== null;
        const isCommit = source.kind === 'url' || /^[0-9a-f]{40}$/.test(source.at.revision);
        if (checked) expect([id, name, isPinned, isCommit]).toEqual([id, name, true, true]);
      }
    }
  });

  it('lists every file of a model once, and identifies its weights by a tensor', () => {
    for (const { files } of CATALOGUE) {
      expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
      for (const { name, proof, tensors } of files) {
        expect([name, /\.(safetensors|pt)$/.test(name)]).toEqual([name, proof !== undefined]);
        if (tensors !== undefined) expect([proof].flat().some((one) => tensors.test(one ?? ''))).toBe(true);
      }
    }
  });
});
