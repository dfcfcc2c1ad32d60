import { defineConfig } from 'vitest/config';

/** Tests with networks of published size. Each takes minutes and gigabytes, so they run one at a time. */
// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['**/*.heavy.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    env: { ORT_DISABLE_TELEMETRY: '1' },
    fileParallelism: false,
  },
});
