import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const COMMON = { bundle: true, write: false, minify: true, legalComments: 'none', logLevel: 'warning' };

/** Bundles `src/main` for Figma's sandbox. */
export async function bundleMain() {
  return bundle({
    entryPoints: [join(here, 'src/main/main.ts')],
    format: 'iife',
    platform: 'neutral',
    target: 'es2020',
  });
}

/** Bundles `src/ui` to one HTML file with inlined script and style. */
export async function bundleUi() {
  const [script, style, template] = await Promise.all([
    bundle({
      entryPoints: [join(here, 'src/ui/main.tsx')],
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
    }),
    bundle({ entryPoints: [join(here, 'src/ui/style.css')] }),
    readFile(join(here, 'src/ui/ui.html'), 'utf8'),
  ]);
  return (
    template
      .replace('/*STYLE*/', () => style)
      // `</script` in a string literal would end the script element
      .replace('/*SCRIPT*/', () => script.replaceAll('</script', '<\\/script'))
  );
}

async function bundle(options) {
  const result = await build({ ...COMMON, ...options });
  return result.outputFiles[0].text;
}
