import { describe, expect, it } from 'vitest';
import { cropAround } from '../../../src/ui/views/thumbnail-image.js';

const IMAGE = { width: 1000, height: 1000 };

describe('the crop of a thumbnail', () => {
  it('stays inside the image', () => {
    const crop = cropAround({ x: 390, y: 290, w: 10, h: 10 }, { width: 400, height: 300 });
    expect(crop.x + crop.w).toBe(400);
    expect(crop.y + crop.h).toBe(300);
  });

  it('is 1.6 times as large as the box, with the box in the middle if there is room', () => {
    expect(cropAround({ x: 100, y: 140, w: 200, h: 20 }, IMAGE)).toEqual({ x: 40, y: 0, w: 320, h: 320 });
  });

  it('is at least 96 pixels large', () => {
    expect(cropAround({ x: 500, y: 500, w: 0, h: 0 }, IMAGE)).toEqual({ x: 452, y: 452, w: 96, h: 96 });
  });

  it('is centred on an image that is smaller', () => {
    expect(cropAround({ x: 0, y: 0, w: 10, h: 10 }, { width: 40, height: 40 })).toEqual({
      x: -28,
      y: -28,
      w: 96,
      h: 96,
    });
  });
});
