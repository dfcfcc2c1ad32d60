import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleMain, bundleUi, pluginPackages } from '../bundle.mjs';
import { bundledPackages } from '../third-party.mjs';

describe('the bundles', () => {
  it('name every package that is in them, with its licence text', async () => {
    const [packages, main, ui] = await Promise.all([pluginPackages(), bundleMain(), bundleUi()]);
    const notices = packages.map(({ name, version, licence, text }) => ({
      name,
      notice: `It contains ${name} ${version} (${licence}):\n\n${text.slice(0, 500)}`,
    }));
    const namesIn = (bundle: string) => notices.filter(({ notice }) => bundle.includes(notice)).map(({ name }) => name);
    expect(namesIn(ui)).toEqual(expect.arrayContaining(['@noble/hashes', 'preact', 'zod']));
    expect(namesIn(main)).toContain('fflate');
    expect(new Set([...namesIn(main), ...namesIn(ui)])).toEqual(new Set(packages.map(({ name }) => name)));
    expect(main).toMatch(/^\/\*\nSamepoint is distributed under the MIT licence\./);
  });

  it('declare the encoding of the window where browsers read it', async () => {
    expect((await bundleUi()).indexOf('<meta charset="utf-8" />')).toBeLessThan(1024);
  });
});

describe('a bundled package', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'samepoint-licences-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function packagesWith(license: string | undefined, files: Record<string, string>) {
    const inner = join(folder, 'node_modules', '@scope', 'inner');
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, 'package.json'), JSON.stringify({ name: '@scope/inner', version: '1.2.3', license }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(inner, name), text);
    const inputs = { 'src/main.ts': { bytesInOutput: 1 }, 'node_modules/@scope/inner/dist/a.js': { bytesInOutput: 1 } };
    return bundledPackages({ outputs: { 'out.js': { bytes: 2, inputs, imports: [], exports: [] } } }, folder);
  }

  it('is found by its folder', () => {
    expect(packagesWith('MIT', { LICENSE: 'the text\n' })).toEqual([
      { name: '@scope/inner', version: '1.2.3', licence: 'MIT', homepage: undefined, text: 'the text' },
    ]);
  });

  it.each(['GPL-3.0-only', 'UNLICENSED', undefined])('with the licence %s is refused', (license) => {
    expect(() => packagesWith(license, { LICENSE: 'the text' })).toThrow(/@scope\/inner has the licence/);
  });

  it('without a licence text is refused', () => {
    expect(() => packagesWith('MIT', { 'readme.md': 'MIT' })).toThrow(/@scope\/inner has no licence file/);
  });
});
