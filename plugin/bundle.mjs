import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledPackages, noticesText } from './third-party.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const COMMON = {
  absWorkingDir: here,
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Bundles `src/main` for Figma's sandbox, with the notices of third parties as a comment. */
export async function bundleMain() {
  const { text, packages } = await mainBundle();
  return `/*\n${noticesText(packages).replaceAll('*/', '* /')}\n*/\n${text}`;
}

/**
 * Bundles `src/ui` to one HTML file with inlined script and style, and the notices of third parties as a comment.
 * @param options of esbuild for the script, for tests
 */
export async function bundleUi(options = {}) {
  const [{ text: script, packages }, { text: style }, template] = await Promise.all([
    uiBundle(options),
    bundle({ entryPoints: [join(here, 'src/ui/style.css')] }),
    readFile(join(here, 'src/ui/ui.html'), 'utf8'),
  ]);
  return (
    template
      .replace('<!--NOTICES-->', () => `<!--\n${noticesText(packages).replaceAll('--', '- -')}\n-->`)
      .replace('/*STYLE*/', () => style)
      // `</script` in a string literal would end the script element
      .replace('/*SCRIPT*/', () => script.replaceAll('</script', '<\\/script'))
  );
}

/** The third-party packages in both bundles, with their licences. */
export async function pluginPackages() {
  const bundles = await Promise.all([mainBundle(), uiBundle()]);
  return [...new Map(bundles.flatMap(({ packages }) => packages).map((each) => [each.name, each])).values()];
}

function mainBundle() {
  return bundle({
    entryPoints: [join(here, 'src/main/main.ts')],
    format: 'iife',
    platform: 'neutral',
    target: 'es2020',
  });
}

function uiBundle(options = {}) {
  return bundle({
    ...options,
    entryPoints: [join(here, 'src/ui/main.tsx')],
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
}

/** Bundles without writing files. @returns the bundle, and the third-party packages in it */
async function bundle(options) {
  const { outputFiles, metafile } = await build({ ...COMMON, ...options });
  return { text: outputFiles[0].text, packages: bundledPackages(metafile, here) };
}
