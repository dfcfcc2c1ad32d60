import { defineConfig } from 'vitest/config';

/** All tests of the generator, those included that need this folder's own packages and a Chromium. */
// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000, maxWorkers: 2 },
});
