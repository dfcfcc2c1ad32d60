import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FILES = ['package.json', 'package-lock.json', 'manifest.json', 'tsconfig.base.json', 'README.md', 'LICENSE'];
const FOLDERS = ['shared-protocol', 'daemon', 'plugin', 'scripts', 'training/DATA.md', 'test/package.json'];
const BUILT = new Set(['dist', 'node_modules', 'test', 'tsconfig.tsbuildinfo']);

/** Copies what the package is made of: an unbuilt clone after `npm ci`, without its tests. */
export function copyClone(clone: string, target: string): void {
  for (const path of [...FILES, ...FOLDERS]) {
    const filter = (source: string) => !BUILT.has(basename(source)) || source === join(clone, path);
    cpSync(join(clone, path), join(target, path), { recursive: true, filter });
  }
  const { references, ...config }: { references: { path: string }[] } = JSON.parse(
    readFileSync(join(clone, 'tsconfig.json'), 'utf8'),
  );
  const withoutTests = { ...config, references: references.filter(({ path }) => path !== 'test') };
  writeFileSync(join(target, 'tsconfig.json'), JSON.stringify(withoutTests));
  linkPackages(join(clone, 'node_modules'), join(target, 'node_modules'));
}

/** Links the installed packages. Workspaces are links relative to the clone, so those are copied. */
function linkPackages(source: string, target: string): void {
  mkdirSync(target);
  for (const name of readdirSync(source)) {
    if (name === '@samepoint')
      cpSync(join(source, name), join(target, name), { recursive: true, verbatimSymlinks: true });
    else if (name !== 'samepoint') symlinkSync(join(source, name), join(target, name), 'junction');
  }
}
