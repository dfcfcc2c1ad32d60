// Writes the two files that Figma loads to dist/: main.js (sandbox) and ui.html (iframe).
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleMain, bundleUi } from './bundle.mjs';

const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist');
const [main, ui] = await Promise.all([bundleMain(), bundleUi()]);
await mkdir(dist, { recursive: true });
await writeFile(join(dist, 'main.js'), main);
await writeFile(join(dist, 'ui.html'), ui);
