#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(entry)) {
  await import(entry.href);
} else {
  process.stderr.write(
    'samepoint is not built yet. Run `npm start` or `npm run build` at the top of the clone first.\n',
  );
  process.exitCode = 1;
}
