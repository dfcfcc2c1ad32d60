import { describe, expect, test } from 'vitest';
import { MAIN_JS } from './plugin-session.js';

/** Globals that Figma's sandbox lacks. */
const BROWSER_ONLY = [
  'WebSocket',
  'URL',
  'TextEncoder',
  'TextDecoder',
  'structuredClone',
  'crypto',
  'document',
  'window',
];
/** Zod alone is ten times as large. */
const MAX_BYTES = 160 * 1024;

describe('the bundle of the main thread', () => {
  test.each(BROWSER_ONLY)('does not use %s', (name) => {
    expect(MAIN_JS).not.toMatch(new RegExp(`(?<![\\w.$"'\`])${name}(?=\\s*[.(])`));
  });

  test('contains no zod', () => {
    expect(MAIN_JS).not.toMatch(/ZodError|_zod|strictObject/);
    expect(MAIN_JS.length).toBeLessThan(MAX_BYTES);
  });

  test('uses only ES2020 syntax and methods', () => {
    expect(MAIN_JS).not.toMatch(/\?\?=|\|\|=|&&=|\.replaceAll\(|\.findLast\(|\.at\(/);
  });
});
