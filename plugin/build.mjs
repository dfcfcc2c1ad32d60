// Builds the two files Figma loads: main.js (sandbox half) and ui.html (iframe half, everything inlined).
//   node build.mjs [folder]   the folder is dist unless a test wants its own
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, 'dist');
const common = { bundle: true, write: false, minify: true, legalComments: 'none', logLevel: 'warning' };

const main = await build({
  ...common,
  entryPoints: [join(here, 'src/main/main.ts')],
  format: 'iife',
  platform: 'neutral',
  target: 'es2020',
});

const ui = await build({
  ...common,
  entryPoints: [join(here, 'src/ui/main.tsx')],
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
});

const style = await build({ ...common, entryPoints: [join(here, 'src/ui/style.css')] });
const template = await readFile(join(here, 'src/ui/ui.html'), 'utf8');
const html = template
  .replace('/*STYLE*/', () => style.outputFiles[0].text)
  // `</script` inside a string literal would end the script element
  .replace('/*SCRIPT*/', () => ui.outputFiles[0].text.replaceAll('</script', '<\\/script'));

await mkdir(out, { recursive: true });
await writeFile(join(out, 'main.js'), main.outputFiles[0].text);
await writeFile(join(out, 'ui.html'), html);
