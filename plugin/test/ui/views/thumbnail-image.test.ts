import { afterEach, describe, expect, it, vi } from 'vitest';
import { hashFrame } from '../../../src/ui/flow/request.js';
import { cropAround, drawThumbnail } from '../../../src/ui/views/thumbnail-image.js';
import { exportedFrame } from '../fixtures.js';

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

/** Numbers of the closed bitmaps. */
const closed: number[] = [];

describe('the cache of decoded frames', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('holds six frames and closes the least recently used one', async () => {
    closed.length = 0;
    let decoded = 0;
    vi.stubGlobal('createImageBitmap', async () => {
      decoded += 1;
      return { width: 1, height: 1, close: () => undefined, number: decoded };
    });
    vi.stubGlobal('OffscreenCanvas', OpaqueCanvas);
    const draw = (index: number) => drawThumbnail(canvas(), hashFrame(exportedFrame(`frame ${index}`)), BOX);
    for (let index = 1; index <= 6; index += 1) await draw(index);
    await draw(1);
    expect({ decoded, closed }).toEqual({ decoded: 6, closed: [] });
    await draw(7);
    await vi.waitFor(() => expect(closed).toEqual([2]));
    expect(decoded).toBe(7);
  });
});

/** Lays nothing under the bitmap that is drawn on it. */
class OpaqueCanvas {
  number = 0;
  getContext = () => ({
    drawImage: (bitmap: { number: number }) => {
      this.number = bitmap.number;
    },
    getImageData: () => ({ data: new Uint8ClampedArray(4) }),
    fillRect: () => undefined,
  });
  transferToImageBitmap = () => ({ close: () => closed.push(this.number) });
}

const BOX = { x: 0, y: 0, w: 10, h: 10 };

/** A canvas without a context: decodes, but does not draw. */
function canvas(): Parameters<typeof drawThumbnail>[0] {
  return { width: 0, height: 0, getContext: () => null };
}
