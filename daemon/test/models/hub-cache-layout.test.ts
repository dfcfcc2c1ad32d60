import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { ABSENT, LISTED, writeHubCache } from '../support/hub-cache-layout.js';
import { useTempFolder } from '../support/temp-folder.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/hub/cache-layouts.json', import.meta.url));
const written = z
  .record(z.string(), z.record(z.string(), z.string().nullable()))
  .parse(JSON.parse(readFileSync(FIXTURE, 'utf8')));

const folder = useTempFolder();

/** Path below `root` → the target of a link, or null for a file. */
function listing(root: string): Record<string, string | null> {
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null]),
  );
}

it.each([
  ['links', {}],
  ['copies', { symlinks: false }],
  ['shared', { sharedBlobs: true }],
])("the tests' cache is laid out as huggingface_hub lays it out (%s)", (name, layout) => {
  writeHubCache(folder.path(name), LISTED, { branch: 'main', absent: [ABSENT], ...layout });
  expect(listing(folder.path(name))).toEqual(written[name]);
});
