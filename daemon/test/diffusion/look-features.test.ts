import { describe, expect, it } from 'vitest';
import type { DiffusionNetwork } from '../../src/diffusion/dift.js';
import { lookFeatures } from '../../src/diffusion/look-features.js';
import { type Resampling, resizeRgb } from '../../src/images/resize.js';
import { toPaddedChw } from '../../src/images/to-tensor.js';
import { draw } from '../support/draw.js';

const IMAGE = draw(12, 8, [{ x: 3, y: 2, w: 5, h: 4, colour: [200, 40, 0] }]);
const SEEN = { width: 20, height: 9 };
const LOOK = { seen: SEEN, padded: { width: 32, height: 32 } };

/** Features are the pixels that come in. */
const PIXELS: DiffusionNetwork = {
  schedule: null,
  encode: async (image) => ({ mean: image }),
  features: async (xt) => [xt],
};

describe('a look at an image', () => {
  it.each<Resampling>(['pil-bicubic', 'lanczos', 'opencv-bilinear'])('resizes it by %s', async (resampling) => {
    const settings = { t: 0, ensembleSize: 1, seed: 0, resampling };
    const [features] = await lookFeatures(PIXELS, IMAGE, LOOK, settings);
    expect(features?.data).toEqual(toPaddedChw(resizeRgb(IMAGE, SEEN, resampling), LOOK.padded));
  });
});
