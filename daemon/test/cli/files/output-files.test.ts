import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeNpy } from '../../../src/cli/files/npy.js';
import { checkOutputFile, warpedNames, writeOutputFile } from '../../../src/cli/files/output-files.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();
const BYTES = Uint8Array.of(1, 2, 3);

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
    await expect(checkOutputFile(path(), '--report')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: `Cannot write ${path()}: ${reason()}.`,
      hint: 'Choose another path for --report.',
    });
  });

  it.skipIf(process.platform === 'win32')('is refused if it is a device', async () => {
    await expect(checkOutputFile('/dev/null', '--out')).rejects.toThrow('it is not a regular file');
  });

  it.runIf(modesCount)('replaces a read-only file in a writable folder', async () => {
    writeFileSync(folder.path('out'), 'before', { mode: 0o444 });
    await checkOutputFile(folder.path('out'), '--out');
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
    await expect(checkOutputFile(folder.path(name), '--map')).rejects.toMatchObject({
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

it('numbers targets with the same name', () => {
  expect(warpedNames(['a/home.png', 'b/home.jpg', 'home-2.png', 'other.png'])).toEqual([
    'home-warped.png',
    'home-2-warped.png',
    'home-2-2-warped.png',
    'other-warped.png',
  ]);
});
