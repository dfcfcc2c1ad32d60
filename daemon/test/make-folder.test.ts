import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../src/make-folder.js';
import { TokenStore } from '../src/server/token-store.js';
import { useTempFolder } from './support/temp-folder.js';

const folder = useTempFolder();

it('a folder is made with its parents, once', () => {
  const path = folder.path('a/b/c');
  makeFolder(path, 0o700);
  makeFolder(path, 0o700);
  expect(statSync(path).isDirectory()).toBe(true);
  expect(statSync(folder.path('a')).mode & 0o777).toBe(0o700);
});

it('below a file it fails', () => {
  writeFileSync(folder.path('file'), '');
  expect(() => makeFolder(join(folder.path('file'), 'a/b'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});

it.skipIf(!existsSync('/proc/self'))('where no folder can be made it fails, and ends', () => {
  expect(() => makeFolder('/proc/nonexistent/a/b')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(() => new TokenStore('/proc/nonexistent/samepoint')).toThrow(
    expect.objectContaining({
      message: 'The folder /proc/nonexistent/samepoint for paired clients cannot be made (ENOENT).',
      hint: expect.stringContaining('SAMEPOINT_STATE_DIR'),
    }),
  );
});
