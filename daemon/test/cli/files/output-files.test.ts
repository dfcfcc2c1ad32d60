import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeNpy } from '../../../src/cli/files/npy.js';
import { checkOutputFile, warpedNames, writeOutputFile } from '../../../src/cli/files/output-files.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();
const BYTES = Uint8Array.of(1, 2, 3);

/** To root everything is allowed, and on Windows a folder takes files whatever its mode. */
const modesCount = process.getuid !== undefined && process.getuid() !== 0;

describe.runIf(modesCount)('a file that may not be changed, in a folder that may', () => {
  beforeEach(() => {
    rmSync(folder.path('out'), { force: true });
    writeFileSync(folder.path('out'), 'before');
    chmodSync(folder.path('out'), 0o444);
  });

  it('can be replaced by one that is written beside it, and is', async () => {
    await checkOutputFile(folder.path('out'), '--out', 'beside');
    await writeOutputFile(folder.path('out'), BYTES);
    expect([...readFileSync(folder.path('out'))]).toEqual([...BYTES]);
  });

  it('cannot be written over', async () => {
    await expect(checkOutputFile(folder.path('out'), '--report', 'over')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: `Nothing can be written to ${folder.path('out')}: it may not be changed.`,
      hint: 'Give another path to --report.',
    });
  });
});

describe.runIf(modesCount)('a file that may be changed, in a folder that may not', () => {
  beforeEach(() => {
    mkdirSync(folder.path('closed'), { recursive: true });
    writeFileSync(folder.path('closed/out'), 'before');
    chmodSync(folder.path('closed'), 0o555);
  });
  afterEach(() => chmodSync(folder.path('closed'), 0o755));

  it('cannot be replaced by one that is written beside it, and the folder is what is named', async () => {
    await expect(checkOutputFile(folder.path('closed/out'), '--map', 'beside')).rejects.toMatchObject({
      message: `Nothing can be written to ${folder.path('closed/out')}: ${folder.path('closed')} may not be changed.`,
    });
    await expect(writeOutputFile(folder.path('closed/out'), BYTES)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('can be written over', async () => {
    await checkOutputFile(folder.path('closed/out'), '--report', 'over');
    writeFileSync(folder.path('closed/out'), 'after');
  });

  it('but a new one cannot be made there', async () => {
    await expect(checkOutputFile(folder.path('closed/new'), '--report', 'over')).rejects.toThrow('may not be changed');
  });
});

describe('what could not be written after all', () => {
  it('is told with the option that named it, and leaves nothing', async () => {
    const values = { dims: [1], data: Float32Array.of(1) };
    const path = folder.path('none/map.npy');
    await expect(writeNpy(path, values, '--map')).rejects.toMatchObject({ hint: 'Give another path to --map.' });
    await expect(writeNpy(path, values)).rejects.toMatchObject({ hint: 'Give another path to --out.' });
    expect(existsSync(folder.path('none'))).toBe(false);
  });
});

it('gives every target a file of its own, whatever the files are called', () => {
  expect(warpedNames(['a/home.png', 'b/home.jpg', 'home-2.png', 'other.png'])).toEqual([
    'home-warped.png',
    'home-2-warped.png',
    'home-2-2-warped.png',
    'other-warped.png',
  ]);
});
