import type { Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { fineSize, maxZoom, windowAround, windowLevelSize } from '../../src/diffusion/fine-windows.js';
import { PRESETS } from '../../src/diffusion/presets.js';
import type { Size } from '../../src/images/resize.js';

const SIZE = { longSidePx: 1536, windowPx: 256 };
const PAGE = { width: 1440, height: 900 };

/** Points all over an image, its corners among them. */
function pointsOf({ width, height }: Size): Point[] {
  const along = Array.from({ length: 21 }, (_, n) => n / 20);
  return along.flatMap((x) => along.map((y) => ({ x: x * width, y: y * height })));
}

describe('the window around a point', () => {
  it.each([
    [1, 1],
    [1, 2000],
    [2000, 3],
    [1440, 900],
    [333, 1081],
  ])('in an image of %i×%i pixels lies inside it, in whole pixels, and has the point in it', (width, height) => {
    const image = { width, height };
    for (const point of pointsOf(image)) {
      const { x, y, w, h } = windowAround(point, image, maxZoom(image, SIZE), SIZE);
      expect([x, y, w, h].every(Number.isInteger)).toBe(true);
      expect(Math.min(x, y, w - 1, h - 1)).toBeGreaterThanOrEqual(0);
      expect(x + w <= width && y + h <= height).toBe(true);
      expect(point.x >= x && point.x <= x + w && point.y >= y && point.y <= y + h).toBe(true);
    }
  });

  it('has a margin around the point on every side, unless the image ends there', () => {
    const margin = 0.1;
    for (const point of pointsOf(PAGE)) {
      const { x, y, w, h } = windowAround(point, PAGE, maxZoom(PAGE, SIZE), SIZE);
      if (x > 0) expect(point.x - x).toBeGreaterThan(margin * w);
      if (y > 0) expect(point.y - y).toBeGreaterThan(margin * h);
      if (x + w < PAGE.width) expect(x + w - point.x).toBeGreaterThan(margin * w);
      if (y + h < PAGE.height) expect(y + h - point.y).toBeGreaterThan(margin * h);
    }
  });

  it('is one of few, however many points there are', () => {
    const all = pointsOf(PAGE).map((point) => JSON.stringify(windowAround(point, PAGE, maxZoom(PAGE, SIZE), SIZE)));
    // 1536×960 pixels of input in windows of 256 that overlap by at least a quarter
    expect(new Set(all).size).toBe(8 * 5);
  });

  it('is the whole image if that is no larger', () => {
    const icon = { width: 48, height: 32 };
    expect(windowAround({ x: 3, y: 3 }, icon, maxZoom(icon, SIZE), SIZE)).toEqual({ x: 0, y: 0, w: 48, h: 32 });
  });
});

describe('the size of the windows', () => {
  it.each(PRESETS.map((preset) => [`${preset.backend} ${preset.name}`, preset]))('suits %s', (_, { size }) => {
    const fine = fineSize(size);
    const finest = size.fit === 'long-sides' ? Math.max(...size.px) : fine.longSidePx / 2;
    expect(fine.longSidePx).toBeGreaterThan(finest);
    const { padded, scaled } = windowLevelSize(size, fine, { width: 300, height: 300 });
    expect(padded).toEqual(scaled);
    expect(scaled.width % size.multiple).toBe(0);
    expect(scaled.width).toBeLessThan(fine.longSidePx);
  });

  it('doubles the finest level, in windows of half the base level', () => {
    const size = { fit: 'long-sides', px: [384, 512, 768], basePx: 512, multiple: 32 } as const;
    expect(fineSize(size)).toEqual({ longSidePx: 1536, windowPx: 256 });
    expect(fineSize({ fit: 'bucket', side: 768, multiple: 64 })).toEqual({ longSidePx: 1536, windowPx: 384 });
  });

  it('is half if memory is short', () => {
    for (const { size } of PRESETS) {
      const [whole, half] = [fineSize(size), fineSize(size, 1)];
      expect(half.longSidePx).toBe(whole.longSidePx / 2);
      // to the next multiple that the network takes
      expect(Math.abs(half.windowPx - whole.windowPx / 2)).toBeLessThanOrEqual(size.multiple / 2);
      expect(half.windowPx % size.multiple).toBe(0);
    }
  });
});
