import { describe, expect, it } from 'vitest';
import type { DiffusionNetwork } from '../../src/diffusion/dift.js';
import { levelFeatures } from '../../src/diffusion/level-features.js';
import { toPaddedChw } from '../../src/images/pixels.js';
import { type Resampling, resizeRgb } from '../../src/images/resize.js';
import { draw } from '../support/draw.js';

const IMAGE = draw(12, 8, [{ x: 3, y: 2, w: 5, h: 4, colour: [200, 40, 0] }]);
const SCALED = { width: 20, height: 9 };
const SIZE = { scaled: SCALED, padded: { width: 32, height: 32 } };

/** The features are the pixels themselves. */
const PIXELS: DiffusionNetwork = {
  schedule: null,
  encode: async (image) => ({ mean: image }),
  features: async (xt) => [xt],
};

describe('levelFeatures', () => {
  it.each<Resampling>(['pil-bicubic', 'lanczos', 'opencv-bilinear'])(
    'resizes the image with %s, then pads it',
    async (resampling) => {
      const settings = { t: 0, ensembleSize: 1, seed: 0, resampling };
      const [features] = await levelFeatures(PIXELS, IMAGE, SIZE, settings);
      expect(features?.data).toEqual(toPaddedChw(resizeRgb(IMAGE, SCALED, resampling), SIZE.padded));
    },
  );
});
