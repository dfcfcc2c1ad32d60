// Writes the built plugin twice: to dist/, where the manifest at the top of the clone finds it, and to daemon/dist/plugin
// with a manifest beside it, which is part of the npm package.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleMain, bundleUi } from './bundle.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [manifest, main, ui] = await Promise.all([
  readFile(join(here, '..', 'manifest.json'), 'utf8').then(JSON.parse),
  bundleMain(),
  bundleUi(),
]);
const bundles = { 'main.js': main, 'ui.html': ui };
await writeFiles(join(here, 'dist'), bundles);
await writeFiles(join(here, '..', 'daemon', 'dist', 'plugin'), {
  ...bundles,
  'manifest.json': `${JSON.stringify({ ...manifest, main: 'main.js', ui: 'ui.html' }, null, 2)}\n`,
});

async function writeFiles(folder, files) {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
}
