import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeOutputFolder } from '../src/cli/files/output-files.js';
import { ProbeCache } from '../src/engine/providers/probe-cache.js';
import { ResultCache } from '../src/eval/result-cache.js';
import { updateStore } from '../src/models/model-store.js';
import { TokenStore } from '../src/server/token-store.js';
import { makeFolder, writeFileAtomic } from '../src/write-files.js';
import { useTempFolder } from './support/temp-folder.js';

const folder = useTempFolder();

it('a folder is created once, with its parents', () => {
  const path = folder.path('a/b/c');
  makeFolder(path, 0o700);
  makeFolder(path, 0o700);
  expect(statSync(path).isDirectory()).toBe(true);
  expect(statSync(folder.path('a')).mode & 0o777).toBe(0o700);
});

it('creating a folder below a file fails', () => {
  writeFileSync(folder.path('file'), '');
  expect(() => makeFolder(join(folder.path('file'), 'a/b'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});

it('a file with the name of the folder is an error', () => {
  writeFileSync(folder.path('taken'), '');
  expect(() => makeFolder(folder.path('taken'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
});

describe.skipIf(!existsSync('/proc/self'))('if no folder can be created', () => {
  const HERE = '/proc/nonexistent/samepoint';

  it('creating it fails', () => {
    expect(() => makeFolder(`${HERE}/a`)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it.each<[string, () => unknown]>([
    ['paired clients', () => new TokenStore(HERE)],
    ['the list of models', () => updateStore(`${HERE}/models.json`, () => {})],
    ['results', () => new ResultCache(`${HERE}/results.jsonl`, false)],
  ])('the error names %s', (use, make) => {
    expect(make).toThrow(
      expect.objectContaining({
        message: `The folder ${HERE} for ${use} cannot be created (ENOENT).`,
        hint: expect.stringContaining('SAMEPOINT_STATE_DIR'),
      }),
    );
  });

  it('images cannot be written', () => {
    expect(() => makeOutputFolder(HERE)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('Cannot write'), code: 'BAD_REQUEST' }),
    );
  });

  it('probes of providers are not cached', () => {
    const store = new ProbeCache(HERE);
    store.put('key', { provider: 'webgpu', works: false, why: 'slow', lasts: true });
    expect(store.get('key')).toBeUndefined();
  });
});

it('a file replaces the old one, without a temporary file', () => {
  const path = folder.path('state/store.json');
  mkdirSync(dirname(path));
  writeFileAtomic(path, 'old', 0o600);
  writeFileAtomic(path, 'new', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(path))).toEqual(['store.json']);
});

it('a file that cannot be renamed into place is removed', () => {
  const path = folder.path('occupied/store.json');
  mkdirSync(`${path}/full`, { recursive: true });
  expect(() => writeFileAtomic(path, 'new')).toThrow();
  expect(readdirSync(dirname(path))).toEqual(['store.json']);
});
