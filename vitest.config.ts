import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Tests that open a browser. Without one they are skipped, with a notice from `scripts/prepare.mjs --browser`. */
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
    // expectations must not depend on a GPU, and tests must not write to the user's cache
    env: { ORT_DISABLE_TELEMETRY: '1', SAMEPOINT_PROVIDER: 'cpu', SAMEPOINT_NO_CACHE: '1' },
    // limits a hang, not a slow machine: at a load of 30 a test takes fifteen times as long
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: true,
    maxWorkers: 2,
  },
});
