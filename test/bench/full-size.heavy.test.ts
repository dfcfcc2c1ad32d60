import { describe, expect, it } from 'vitest';
import { FULL_SIZE_CASES } from './full-size-cases.js';
import { measureSamepoint } from './run-child.js';

const TIMEOUT_MS = 20 * 60_000;

/** Memory for one process on a computer with 8 GB. */
const MEMORY_LIMIT_GB = 6;

describe('a random checkpoint of published size compiles, loads and runs', () => {
  it.each(FULL_SIZE_CASES)(
    '$title at $sizePx px',
    async ({ prepare, dims }) => {
      const measured = await measureSamepoint({ ...(await prepare()), runs: 1 });

      expect(measured.dims).toEqual(dims);
      expect(measured.finite).toBe(true);
      expect(measured.peakGb).toBeLessThan(MEMORY_LIMIT_GB);
    },
    TIMEOUT_MS,
  );
});
