import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const PROTOCOL = /(['"])@samepoint\/shared-protocol(?:\/([a-z-]+))?\1/g;
const SOURCE_MAP_COMMENT = /^\/\/# sourceMappingURL=.*\n?/gm;

/**
 * Copies the built modules of the daemon and of shared-protocol to one folder. Imports of shared-protocol become
 * relative, so the package needs no unpublished dependency. Only modules that have a source file are copied, without
 * source maps. Declarations are those of the entry and of shared-protocol, the only ones that users can reach.
 * @param top of the clone, which is built
 */
export function copyLibrary(top, target) {
  const protocol = join(target, 'shared-protocol');
  copyModules(join(top, 'daemon'), target, protocol, (name) => name === 'index');
  copyModules(join(top, 'shared-protocol'), protocol, protocol, () => true);
  cpSync(join(top, 'daemon', 'dist', 'plugin'), join(target, 'plugin'), { recursive: true });
}

function copyModules(room, target, protocol, isDeclared) {
  const sources = readdirSync(join(room, 'src'), { recursive: true, encoding: 'utf8' });
  const modules = sources.filter((path) => path.endsWith('.ts')).map((path) => path.slice(0, -'.ts'.length));
  for (const path of modules.flatMap((name) => [`${name}.js`, ...(isDeclared(name) ? [`${name}.d.ts`] : [])])) {
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, packagedModule(readFileSync(join(room, 'dist', path), 'utf8'), dirname(file), protocol));
  }
}

/**
 * A module as it is in the package.
 * @param folder of the module
 * @param protocol the folder of shared-protocol
 */
export function packagedModule(code, folder, protocol) {
  const path = relative(folder, protocol).split(sep).join('/');
  const base = path === '' ? '.' : path.startsWith('.') ? path : `./${path}`;
  return code
    .replace(PROTOCOL, (_match, quote, entry) => `${quote}${base}/${entry ?? 'index'}.js${quote}`)
    .replace(SOURCE_MAP_COMMENT, '');
}
