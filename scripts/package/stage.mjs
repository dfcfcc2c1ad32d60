// Lays out the npm package in daemon/, for `npm pack -w daemon` and `npm publish -w daemon`:
//   lib/                     the built daemon and plugin, with shared-protocol inside
//   npm-shrinkwrap.json      the tested versions of all dependencies
//   README.md, LICENSE, THIRD_PARTY_NOTICES.md
// Git ignores all of them. With --remove it deletes them again.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyLibrary } from './library.mjs';
import { packageNotices } from './notices.mjs';
import { withAbsoluteLinks } from './readme.mjs';
import { shrinkwrapOf } from './shrinkwrap.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const daemon = join(top, 'daemon');
const STAGED = ['lib', 'npm-shrinkwrap.json', 'README.md', 'LICENSE', 'THIRD_PARTY_NOTICES.md'];

for (const name of STAGED) rmSync(join(daemon, name), { recursive: true, force: true });
if (!process.argv.includes('--remove')) {
  const prepared = spawnSync(process.execPath, [join(top, 'scripts', 'prepare.mjs'), '--no-install'], {
    stdio: ['ignore', 2, 'inherit'],
  });
  if (prepared.status === 0) await stage();
  else process.exitCode = 1;
}

async function stage() {
  const manifest = readJson('daemon/package.json');
  copyLibrary(top, join(daemon, 'lib'));
  writeFileSync(
    join(daemon, 'npm-shrinkwrap.json'),
    `${JSON.stringify(shrinkwrapOf(manifest, readJson('package-lock.json')), null, 2)}\n`,
  );
  writeFileSync(
    join(daemon, 'README.md'),
    withAbsoluteLinks(readFileSync(join(top, 'README.md'), 'utf8'), manifest.homepage.replace(/#.*$/, '')),
  );
  writeFileSync(join(daemon, 'THIRD_PARTY_NOTICES.md'), await packageNotices(top));
  copyFileSync(join(top, 'LICENSE'), join(daemon, 'LICENSE'));
}

function readJson(path) {
  return JSON.parse(readFileSync(join(top, path), 'utf8'));
}
