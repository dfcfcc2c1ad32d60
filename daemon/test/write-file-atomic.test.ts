import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { writeFileAtomic } from '../src/write-file-atomic.js';
import { useTempFolder } from './support/temp-folder.js';

const folder = useTempFolder();

it('a file replaces the old one, and leaves nothing beside it', () => {
  const path = folder.path('state/store.json');
  mkdirSync(dirname(path));
  writeFileAtomic(path, 'old', 0o600);
  writeFileAtomic(path, 'new', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(path))).toEqual(['store.json']);
});

it('where it cannot be put in place nothing is left of it', () => {
  const path = folder.path('taken/store.json');
  mkdirSync(`${path}/full`, { recursive: true });
  expect(() => writeFileAtomic(path, 'new')).toThrow();
  expect(readdirSync(dirname(path))).toEqual(['store.json']);
});
