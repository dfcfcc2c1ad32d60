import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { expectUiParity, PARITY_SIZES } from '../support/run-network.js';

// `training/small-run.sh` sets another model
const MODEL = process.env.UI_MODEL ?? fileURLToPath(new URL('../../models/ui', import.meta.url));
const REFERENCE = process.env.UI_PARITY ?? fileURLToPath(new URL('../fixtures/ui/parity.safetensors', import.meta.url));

describe('the compiled embedded network equals the original', () => {
  it.each(PARITY_SIZES)('at %s (height×width), to a relative error under 1e-4', (size) =>
    expectUiParity(MODEL, REFERENCE, size),
  );
});
