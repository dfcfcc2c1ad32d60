import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeNpy } from '../../../src/cli/files/npy.js';
import { claimOutputs, pairNames, warpedNames, writeOutputFile } from '../../../src/cli/files/output-files.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();
const BYTES = Uint8Array.of(1, 2, 3);

const claim = (file: string, option = '--out') => claimOutputs([{ file, option }], { inputs: [] });

/** Modes do not restrict root, nor folders on Windows. */
const modesCount = process.getuid !== undefined && process.getuid() !== 0;

describe('an output file', () => {
  it.each([
    ['a folder', () => folder.path('.'), () => 'it is a folder'],
    [
      'in a folder that does not exist',
      () => folder.path('none/out'),
      () => `the folder ${folder.path('none')} does not exist`,
    ],
  ])('is refused if it is %s', async (_, path, reason) => {
    await expect(claim(path(), '--report')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: `Cannot write ${path()}: ${reason()}.`,
      hint: 'Choose another path for --report.',
    });
  });

  it.skipIf(process.platform === 'win32')('is refused if it is a device', async () => {
    await expect(claim('/dev/null')).rejects.toThrow('it is not a regular file');
  });

  it.runIf(modesCount)('replaces a read-only file in a writable folder', async () => {
    writeFileSync(folder.path('out'), 'before', { mode: 0o444 });
    await claimOutputs([{ file: folder.path('out'), option: '--out' }], { inputs: [], force: true });
    await writeOutputFile(folder.path('out'), BYTES);
    expect([...readFileSync(folder.path('out'))]).toEqual([...BYTES]);
  });
});

describe.runIf(modesCount)('an output file in a read-only folder', () => {
  beforeEach(() => {
    mkdirSync(folder.path('closed'), { recursive: true });
    writeFileSync(folder.path('closed/out'), 'before');
    chmodSync(folder.path('closed'), 0o555);
  });
  afterEach(() => chmodSync(folder.path('closed'), 0o755));

  it.each(['closed/out', 'closed/new'])('is refused: %s', async (name) => {
    await expect(claim(folder.path(name), '--map')).rejects.toMatchObject({
      message: `Cannot write ${folder.path(name)}: ${folder.path('closed')} is not writable.`,
    });
    await expect(writeOutputFile(folder.path(name), BYTES)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('a failed write', () => {
  it('names the option and leaves nothing', async () => {
    const values = { dims: [1], data: Float32Array.of(1) };
    const path = folder.path('none/map.npy');
    await expect(writeNpy(path, values, '--map')).rejects.toMatchObject({ hint: 'Choose another path for --map.' });
    await expect(writeNpy(path, values)).rejects.toMatchObject({ hint: 'Choose another path for --out.' });
    expect(existsSync(folder.path('none'))).toBe(false);
  });
});

describe('outputs that are inputs are refused, also with --force', () => {
  beforeAll(() => {
    mkdirSync(folder.path('shots'));
    mkdirSync(folder.path('data/images'), { recursive: true });
    for (const name of ['shots/home.png', 'data/pairs.json', 'data/images/a.png', 'data/report.html'])
      writeFileSync(folder.path(name), name);
    linkSync(folder.path('shots/home.png'), folder.path('hard.png'));
  });
  const inputs = () => [folder.path('shots/home.png'), folder.path('data'), folder.path('gone.png')];
  const replace = (file: string) => claimOutputs([{ file, option: '--out' }], { inputs: inputs(), force: true });

  it('by the same path', async () => {
    await expect(replace(folder.path('shots/home.png'))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: `Cannot write ${folder.path('shots/home.png')}: it is an input of this command.`,
      hint: 'Choose another path for --out.',
    });
  });

  it('by another spelling', async () => {
    await expect(replace(`${folder.path('shots')}/../shots/./home.png`)).rejects.toThrow('an input of this command');
  });

  it('through a hard link', async () => {
    await expect(replace(folder.path('hard.png'))).rejects.toThrow(`it is the input ${folder.path('shots/home.png')}.`);
  });

  it.skipIf(process.platform === 'win32')('through symbolic links to files and folders', async () => {
    symlinkSync(folder.path('shots/home.png'), folder.path('soft.png'));
    symlinkSync(folder.path('shots'), folder.path('linked'));
    symlinkSync(folder.path('data/images'), folder.path('linked-images'));
    for (const path of ['soft.png', 'linked/home.png', 'linked-images/a.png'])
      await expect(replace(folder.path(path))).rejects.toThrow('it is the input');
  });

  it('inside a folder that is read, except for reports', async () => {
    await expect(replace(folder.path('data/pairs.json'))).rejects.toThrow(`it is the input ${folder.path('data')}.`);
    await expect(replace(folder.path('data/images/a.png'))).rejects.toThrow('it is the input');
    await replace(folder.path('data/report.html'));
    await replace(folder.path('data/images/new.png'));
  });

  it('as one file of a folder', async () => {
    const outputs = [{ folder: folder.path('shots'), names: ['home-warped.png', 'home.png'], option: '--out' }];
    await expect(claimOutputs(outputs, { inputs: inputs(), force: true })).rejects.toThrow('shots/home.png: it is an');
  });
});

describe('existing files', () => {
  const matches = (...names: readonly string[]) => ({ folder: folder.path('matches'), names, option: '--out' });
  beforeAll(() => {
    mkdirSync(folder.path('matches/folder.png'), { recursive: true });
    for (const name of ['a.png', 'b.png']) writeFileSync(folder.path(`matches/${name}`), 'before');
  });

  it('are replaced only with --force', async () => {
    const outputs = [matches('new.png', 'a.png', 'b.png')];
    await expect(claimOutputs(outputs, { inputs: [] })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: `${folder.path('matches/a.png')} exists (and 1 more).`,
      hint: 'Use --force to replace them, or choose another folder for --out.',
    });
    await claimOutputs(outputs, { inputs: [], force: true });
    expect(readFileSync(folder.path('matches/a.png'), 'utf8')).toBe('before');
  });

  it('of a single output are named with its option', async () => {
    await expect(claim(folder.path('matches/b.png'), '--map')).rejects.toMatchObject({
      message: `${folder.path('matches/b.png')} exists.`,
      hint: 'Use --force to replace it, or choose another path for --map.',
    });
  });

  it.skipIf(process.platform === 'win32')('include symbolic links to nothing', async () => {
    symlinkSync(folder.path('nothing'), folder.path('dangling'));
    await expect(claim(folder.path('dangling'))).rejects.toThrow('dangling exists.');
  });

  it('do not include folders, which are never replaced', async () => {
    const outputs = [matches('folder.png')];
    await expect(claimOutputs(outputs, { inputs: [], force: true })).rejects.toThrow('folder.png: it is a folder.');
  });
});

it('two outputs of a command are different files, on every file system', async () => {
  const [out, map] = [folder.path('same.png'), folder.path('SAME.png')];
  const outputs = [
    { file: out, option: '--out' },
    { file: map, option: '--map' },
  ];
  await expect(claimOutputs(outputs, { inputs: [], force: true })).rejects.toMatchObject({
    message: `Cannot write ${map}: --out already writes it.`,
    hint: 'Choose another path for --map.',
  });
});

it('a claim creates nothing', async () => {
  await claimOutputs([{ folder: folder.path('later/deep'), names: ['a.png'], option: '--out' }], { inputs: [] });
  expect(existsSync(folder.path('later'))).toBe(false);
});

it('numbers targets with the same name, also if it differs in case', () => {
  expect(warpedNames(['a/home.png', 'b/home.jpg', 'home-2.png', 'other.png', 'c/HOME.png'])).toEqual([
    'home-warped.png',
    'home-2-warped.png',
    'home-2-2-warped.png',
    'other-warped.png',
    'HOME-3-warped.png',
  ]);
  expect(pairNames('x/home.png', ['a/dark.png', 'b/dark.png', 'dark-2.png'])).toEqual([
    'home-dark.png',
    'home-dark-2.png',
    'home-dark-2-2.png',
  ]);
});
