import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagedModule } from '../../scripts/package/library.mjs';
import { packageNotices } from '../../scripts/package/notices.mjs';
import { withAbsoluteLinks } from '../../scripts/package/readme.mjs';
import { type LockFile, shrinkwrapOf } from '../../scripts/package/shrinkwrap.mjs';
import { REPOSITORY } from '../documents/documents.js';

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(REPOSITORY, path), 'utf8'));
}

describe('a module of the package', () => {
  const PROTOCOL = join('pkg', 'lib', 'shared-protocol');

  it.each([
    ['lib', `import { a } from '@samepoint/shared-protocol';`, `import { a } from './shared-protocol/index.js';`],
    ['lib/cli', `import('@samepoint/shared-protocol/limits')`, `import('../shared-protocol/limits.js')`],
    ['lib/a/b', `export * from "@samepoint/shared-protocol";`, `export * from "../../shared-protocol/index.js";`],
  ])('in %s imports shared-protocol by a relative path', (folder, code, expected) => {
    expect(packagedModule(code, join('pkg', folder), PROTOCOL)).toBe(expected);
  });

  it('has no source map comment', () => {
    expect(packagedModule('f();\n//# sourceMappingURL=a.js.map', 'pkg', PROTOCOL)).toBe('f();\n');
  });
});

describe('the README of the package', () => {
  const links = (markdown: string) => withAbsoluteLinks(markdown, 'https://github.com/o/n');

  it.each([
    ['[docs](docs/gpu.md#cuda)', '[docs](https://github.com/o/n/blob/HEAD/docs/gpu.md#cuda)'],
    ['![a picture](./docs/a.png)', '![a picture](https://raw.githubusercontent.com/o/n/HEAD/docs/a.png)'],
    [
      '[![a picture](docs/a.png)](docs/a.md)',
      '[![a picture](https://raw.githubusercontent.com/o/n/HEAD/docs/a.png)](https://github.com/o/n/blob/HEAD/docs/a.md)',
    ],
    ['<img src="docs/a.png" alt="a">', '<img src="https://raw.githubusercontent.com/o/n/HEAD/docs/a.png" alt="a">'],
    ['[here](#quick-start), [npm](https://npmjs.com)', '[here](#quick-start), [npm](https://npmjs.com)'],
    ['```\n[a](b)\n```', '```\n[a](b)\n```'],
  ])('has %s as an absolute link', (markdown, expected) => {
    expect(links(markdown)).toBe(expected);
  });
});

describe('the shrinkwrap', () => {
  const lock = readJson<LockFile>('package-lock.json');
  const { packages } = shrinkwrapOf(readJson('daemon/package.json'), lock);
  const names = Object.keys(packages);

  it('has the dependencies of dependencies, and none of development', () => {
    expect(names).toContain('node_modules/onnxruntime-common');
    expect(names.filter((name) => /node_modules\/(vitest|typescript|preact)$|@samepoint|@types/.test(name))).toEqual(
      [],
    );
    expect(Object.values(packages).filter(({ dev }) => dev)).toEqual([]);
  });

  it('has the binaries of every platform, as optional packages', () => {
    for (const platform of ['darwin-arm64', 'win32-x64', 'linux-arm64', 'linuxmusl-x64']) {
      expect(packages[`node_modules/@img/sharp-${platform}`]).toMatchObject({ optional: true });
    }
  });

  it('names the tarball and the hash of every package', () => {
    const { '': _own, ...others } = packages;
    for (const { resolved, integrity } of Object.values(others)) {
      expect(resolved).toMatch(/^https:\/\/registry\.npmjs\.org\/.+\.tgz$/);
      expect(integrity).toMatch(/^sha512-/);
    }
    expect(packages['node_modules/@img/colour']?.resolved).toMatch(/\/@img\/colour\/-\/colour-\d+\.\d+\.\d+\.tgz$/);
  });

  it('marks no package with an install script, which npm would run', () => {
    const marked = { ...lock.packages['node_modules/onnxruntime-node'], hasInstallScript: true };
    const withScript = { ...lock, packages: { ...lock.packages, 'node_modules/onnxruntime-node': marked } };
    const entries = shrinkwrapOf({ dependencies: { 'onnxruntime-node': '*' } }, withScript).packages;
    expect(entries['node_modules/onnxruntime-node']).not.toHaveProperty('hasInstallScript');
  });
});

it('the lock file marks no package with an install script (docs/decisions/0003-no-install-scripts.md)', () => {
  const { packages } = readJson<LockFile>('package-lock.json');
  expect(Object.keys(packages).filter((path) => packages[path]?.hasInstallScript)).toEqual([]);
});

it('the notices name the code in the plugin, and the works that the model is trained on', async () => {
  const notices = await packageNotices(REPOSITORY);
  const data = readFileSync(join(REPOSITORY, 'training', 'DATA.md'), 'utf8');
  for (const name of ['preact', 'zod', '@noble/hashes'])
    expect(notices).toMatch(new RegExp(`^### \\[?${name}\\b`, 'm'));
  for (const row of data.matchAll(/^\| .*$/gm)) expect(notices).toContain(row[0]);
  expect(notices).toContain('Permission is hereby granted, free of charge');
});

it('git ignores what packing lays out, also after an interruption', () => {
  const laidOut = ['lib/index.js', 'npm-shrinkwrap.json', 'README.md', 'LICENSE', 'THIRD_PARTY_NOTICES.md'];
  const { stdout } = spawnSync('git', ['check-ignore', ...laidOut.map((name) => `daemon/${name}`)], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  expect(stdout.trim().split('\n')).toHaveLength(laidOut.length);
});
