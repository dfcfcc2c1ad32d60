// The packages that esbuild puts into a bundle, with their licences.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that allow distribution in a bundle that names them and includes their text. */
const KNOWN_LICENCES = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']);
const LICENCE_FILE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;
const PACKAGE_FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/**
 * The third-party packages whose code is in the outputs of an esbuild run, sorted by name.
 * @param metafile of a run whose working directory is `folder`
 * @throws Error if a package has an unknown licence or no licence text
 */
export function bundledPackages(metafile, folder) {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = new Set(inputs.flatMap((path) => PACKAGE_FOLDER.exec(path)?.[1] ?? []));
  return [...folders].map((path) => readPackage(join(folder, path))).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws Error if the licence is unknown or its text is missing */
export function readPackage(folder) {
  const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!KNOWN_LICENCES.has(license)) {
    throw new Error(`${name} has the licence ${license}, which plugin/third-party.mjs does not list.`);
  }
  const file = readdirSync(folder).find((entry) => LICENCE_FILE.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file in ${folder}.`);
  return { name, version, licence: license, homepage, text: readFileSync(join(folder, file), 'utf8').trim() };
}

/** The notices of a bundle as plain text. */
export function noticesText(packages) {
  const notices = packages.map(
    ({ name, version, licence, text }) => `It contains ${name} ${version} (${licence}):\n\n${text}`,
  );
  return ['Samepoint is distributed under the MIT licence.', ...notices].join('\n\n');
}
