import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { makeStateFolder, makeTemporaryFolder, writeStateFile } from '../src/app-folders.js';
import { makeOutputFolder, writeOutputFile } from '../src/cli/files/output-files.js';
import { FeatureStore } from '../src/diffusion/cache/feature-store.js';
import { explainDisk, writeFailure } from '../src/write-failure.js';
import { runCliWith } from './support/run-cli.js';
import { useTempFolder } from './support/temp-folder.js';

const folder = useTempFolder();
const failure = (code: string) => Object.assign(new Error(code), { code, path: '/disk/out.png' });
const SAMPLE = new URL('../samples/home.png', import.meta.url);

describe('the error of a write', () => {
  it.each([
    ['ENOSPC', 'the disk is full', /^Free some space, then run the command again\.$/],
    ['EDQUOT', 'your quota on the disk is used up', /^Free some space/],
    ['EROFS', 'the disk is read-only', undefined],
    ['EACCES', 'you have no permission', undefined],
    ['EPERM', 'the system does not permit it', undefined],
    ['ENAMETOOLONG', 'the name is too long', undefined],
    ['EMFILE', 'too many files are open', /ulimit -n/],
    ['EXDEV', 'EXDEV', undefined],
  ])('%s is "%s"', (code, reason, remedy) => {
    const explained = writeFailure(failure(code));
    expect(explained.reason).toBe(reason);
    if (remedy === undefined) expect(explained.remedy).toBeUndefined();
    else expect(explained.remedy).toMatch(remedy);
  });

  it('of a disk is explained wherever it happened, and no other', () => {
    expect(explainDisk(failure('ENOSPC'))).toMatchObject({
      code: 'INTERNAL',
      message: 'Cannot write /disk/out.png: the disk is full.',
      hint: 'Free some space, then run the command again.',
    });
    for (const thrown of [failure('ENOENT'), new Error('x'), new SamepointError('BAD_REQUEST', 'a', 'b'), 'text']) {
      expect(explainDisk(thrown)).toBe(thrown);
    }
  });
});

/** Writes of files whose name is too long fail with any rights, on every system. */
const LONG = 'a'.repeat(300);

describe('a failed write leaves nothing behind', () => {
  it('of results, and names the option', async () => {
    mkdirSync(folder.path('results'));
    await expect(writeOutputFile(folder.path(`results/${LONG}`), 'x', '--report')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/^Cannot write .*: the name is too long\.$/),
      hint: 'Choose another path for --report.',
    });
    expect(readdirSync(folder.path('results'))).toEqual([]);
  });

  it('of the state, and keeps the previous content', () => {
    mkdirSync(folder.path('state'));
    const path = folder.path('state/models.json');
    mkdirSync(path);
    writeFileSync(`${path}/kept`, 'before');
    expect(() => writeStateFile(path, 'after')).toThrow(
      expect.objectContaining({ code: 'INTERNAL', hint: expect.stringContaining('SAMEPOINT_STATE_DIR') }),
    );
    expect(readdirSync(folder.path('state'))).toEqual(['models.json']);
    expect(readFileSync(`${path}/kept`, 'utf8')).toBe('before');
  });

  it.skipIf(process.platform === 'win32')('of a temporary folder, and names the variable', () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder.path('nowhere');
    try {
      expect(() => makeTemporaryFolder('test-')).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(/^No temporary folder can be created in \S+: its folder does not exist/),
          hint: expect.stringContaining('TMPDIR'),
        }),
      );
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });

  it('of the folders of both', () => {
    writeFileSync(folder.path('file'), '');
    expect(() => makeOutputFolder(folder.path('file/out'))).toThrow('a part of the path is a file');
    expect(() => makeStateFolder(folder.path('file/state'), 'tests')).toThrow('for tests cannot be created');
  });
});

it('features that cannot be cached are noted once, and returned', async () => {
  writeFileSync(folder.path('no-folder'), '');
  const notes: string[] = [];
  const store = new FeatureStore(folder.path('no-folder'), 1e6, (text) => notes.push(text));
  const map = { channels: 1, rows: 1, columns: 1, cellWidthPx: 8, cellHeightPx: 8, chw: Float32Array.of(1) };
  const entry = { width: 8, height: 8, blank: false, map };
  expect(await store.put('a', entry)).toMatchObject({ width: 8 });
  await store.put('b', entry);
  expect(notes).toEqual([
    `Features are not cached in ${folder.path('no-folder')}: it is a file. Set SAMEPOINT_CACHE_DIR to another folder.\n`,
  ]);
});

describe.skipIf(process.platform === 'win32')('a home in which no folder can be made', () => {
  /** A file in place of the folder holds for root too. */
  const homes = () => {
    writeFileSync(folder.path('home'), '');
    return existsSync('/proc/self') ? ['/proc/nonexistent', folder.path('home')] : [folder.path('home')];
  };
  const environment = (HOME: string) => ({
    HOME,
    XDG_CACHE_HOME: undefined,
    XDG_DATA_HOME: undefined,
    SAMEPOINT_STATE_DIR: undefined,
    SAMEPOINT_CACHE_DIR: undefined,
    SAMEPOINT_NO_CACHE: undefined,
  });

  it('leaves match without a cache, with one warning', async () => {
    symlinkSync(SAMPLE, folder.path('home.png'));
    const image = folder.path('home.png');
    for (const home of homes()) {
      const run = await runCliWith(environment(home), 'match', image, image, '--points', '100,100', '--json');
      expect(run.code).toBe(0);
      expect(JSON.parse(run.stdout).targets[0].items).toHaveLength(1);
      expect(run.stderr.match(/Features are not cached in [^\n]+\. Set SAMEPOINT_CACHE_DIR/g)).toHaveLength(1);
    }
  });

  it('stops start, which names the folder', async () => {
    for (const home of homes()) {
      const run = await runCliWith(environment(home), 'start', '--port', '0');
      expect(run.code).toBe(1);
      expect(run.stderr).toMatch(
        /^samepoint: The folder \S+ for paired clients cannot be created \(E\w+\)\. Set SAMEPOINT_STATE_DIR/m,
      );
    }
  });
});
