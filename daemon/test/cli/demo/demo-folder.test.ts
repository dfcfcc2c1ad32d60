import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { copySamples } from '../../../src/cli/demo/demo-folder.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();
const SAMPLES = new URL('../../../samples/', import.meta.url);

function sample(name: string): Buffer {
  return readFileSync(new URL(name, SAMPLES));
}

it('the samples are small, since every installation has them', () => {
  const files = readdirSync(SAMPLES, { recursive: true, encoding: 'utf8' });
  const stats = files.map((name) => statSync(new URL(name, SAMPLES))).filter((file) => file.isFile());
  expect(stats.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(600_000);
});

describe('the folder of a demo', () => {
  it('is made, with its parents, and gets all samples', () => {
    const made = folder.path('new/folder');
    copySamples(made);
    expect(readdirSync(made, { recursive: true }).sort()).toEqual(readdirSync(SAMPLES, { recursive: true }).sort());
  });

  it('may be empty, but not a file', () => {
    mkdirSync(folder.path('empty'));
    copySamples(folder.path('empty'));
    expect(readFileSync(folder.path('empty/home.png'))).toEqual(sample('home.png'));
    writeFileSync(folder.path('file'), '');
    expect(() => copySamples(folder.path('file'))).toThrow(/it is a file/);
  });

  it.runIf(existsSync('/proc/self'))('is refused where no folder can be made', () => {
    expect(() => copySamples('/proc/self/nothing/folder')).toThrow(/cannot be created/);
  });

  it('with other files is refused, also with force, and stays as it is', () => {
    const others = folder.path('others');
    mkdirSync(others);
    writeFileSync(`${others}/home.png`, 'mine');
    for (const force of [false, true]) {
      expect(() => copySamples(others, { force })).toThrow(SamepointError);
    }
    expect(readdirSync(others)).toEqual(['home.png']);
    expect(readFileSync(`${others}/home.png`, 'utf8')).toBe('mine');
  });

  it('of an earlier demo is used again only with force; files that are no samples stay', () => {
    const earlier = folder.path('earlier');
    copySamples(earlier);
    writeFileSync(`${earlier}/home.png`, 'changed');
    writeFileSync(`${earlier}/notes.txt`, 'mine');
    expect(() => copySamples(earlier)).toThrow(/has a demo already/);
    expect(readFileSync(`${earlier}/home.png`, 'utf8')).toBe('changed');
    copySamples(earlier, { force: true });
    expect(readFileSync(`${earlier}/home.png`)).toEqual(sample('home.png'));
    expect(readFileSync(`${earlier}/notes.txt`, 'utf8')).toBe('mine');
  });

  it('cannot be made by a package without samples', () => {
    const attempt = () => copySamples(folder.path('nothing'), { samples: folder.path('missing') });
    expect(attempt).toThrow(/samples are missing/);
  });
});
