#!/usr/bin/env node
import { existsSync } from 'node:fs';

// a clone has dist/, the package has lib/
const entry = ['../dist/cli/main.js', '../lib/cli/main.js']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));
if (entry !== undefined) {
  await import(entry.href);
} else {
  process.stderr.write(
    'samepoint is not built yet. Run `npm start` or `npm run build` at the top of the clone first.\n',
  );
  process.exitCode = 1;
}
