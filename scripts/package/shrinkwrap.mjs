const REGISTRY = 'https://registry.npmjs.org';
const DEPENDENCIES = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/**
 * The `npm-shrinkwrap.json` of a package: all that its dependencies need, from the lock file of the workspace. Packages
 * of every platform stay in it.
 *
 * Entries have no `hasInstallScript`: npm then runs no install script of a dependency, so ONNX Runtime's download of CUDA
 * cannot fail the installation.
 * @param manifest `package.json` of the package
 * @param lock `package-lock.json` of the workspace, version 3
 */
export function shrinkwrapOf(manifest, lock) {
  const { name, version, license, bin, engines, dependencies } = manifest;
  const paths = [...reachable(manifest, lock.packages)].sort();
  return {
    name,
    version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name, version, license, dependencies, bin, engines },
      ...Object.fromEntries(paths.map((path) => [path, entryOf(path, lock.packages[path])])),
    },
  };
}

function entryOf(path, { hasInstallScript: _, dev: _dev, devOptional, ...entry }) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const resolved = `${REGISTRY}/${name}/-/${name.split('/').at(-1)}-${entry.version}.tgz`;
  return { resolved, ...entry, ...(devOptional ? { optional: true } : {}) };
}

/** Paths of the lock file that the package needs, directly or not. */
function reachable(manifest, packages) {
  const found = new Set();
  const visit = (path, { peerDependenciesMeta, ...entry }) => {
    for (const kind of DEPENDENCIES) {
      for (const name of Object.keys(entry[kind] ?? {})) {
        const dependency = resolveFrom(path, name, packages);
        if (dependency === undefined) {
          if (kind === 'dependencies') throw new Error(`package-lock.json has no ${name}, which ${path} needs.`);
        } else if (!found.has(dependency)) {
          found.add(dependency);
          visit(dependency, packages[dependency]);
        }
      }
    }
  };
  visit('', manifest);
  return found;
}

/** Resolves as Node does: in the folder itself, then in those above. */
function resolveFrom(path, name, packages) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[candidate] !== undefined && !packages[candidate].link) return candidate;
    if (folder === '') return undefined;
  }
}
