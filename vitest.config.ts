import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Tests that open a browser; `scripts/prepare.mjs --browser` says so when they are left out. */
const BROWSER_TESTS = ['test/end-to-end/**', 'plugin/test/ui/ui-in-browser.test.ts'];
const known: string[] = JSON.parse(readFileSync(new URL('scripts/browser-paths.json', import.meta.url), 'utf8'));
const hasBrowser = process.env.CHROMIUM_PATH !== undefined || known.some((path) => existsSync(path));

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      '**/*.heavy.test.ts',
      '**/*.packages.test.ts',
      ...(hasBrowser ? [] : BROWSER_TESTS),
    ],
    // what the tests expect must not depend on a GPU; those of the providers say which one they mean. And tests leave
    // nothing in the user's cache
    env: { ORT_DISABLE_TELEMETRY: '1', SAMEPOINT_PROVIDER: 'cpu', SAMEPOINT_NO_CACHE: '1' },
    // against what never ends; a busy machine takes ten times as long as a quiet one
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: true,
    maxWorkers: 2,
  },
});
