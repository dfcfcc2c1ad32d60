import { describe, expect, it } from 'vitest';
import { levelSize } from '../../src/diffusion/input-size.js';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const STRIP = { width: 4000, height: 40 };

/** Sizes that Figma offers for frames, and usual ones of phones, tablets, windows and posts. */
// biome-ignore format: a table is read by its columns
const SCREENS: readonly (readonly [number, number])[] = [
  [390, 844], [393, 852], [430, 932], [375, 667], [414, 896], [360, 640], [360, 800], [412, 915], [320, 568], [768, 1024],
  [820, 1180], [834, 1194], [1024, 1366], [1180, 820], [1024, 768], [1280, 720], [1280, 800], [1366, 768], [1440, 900],
  [1440, 1024], [1512, 982], [1536, 864], [1600, 900], [1920, 1080], [2560, 1440], [1728, 1117], [1080, 1080], [1200, 630],
  [1080, 1920], [800, 600],
];

describe('a bucket', () => {
  const bucket = { fit: 'bucket', side: 768, multiple: 64 } as const;

  it('nearly keeps the aspect ratio of common screens, and the number of pixels', () => {
    for (const image of [PHONE, DESKTOP, { width: 1000, height: 1000 }]) {
      const { scaled, padded } = levelSize(bucket, 0, image);
      expect(padded).toEqual(scaled);
      expect([scaled.width % 64, scaled.height % 64]).toEqual([0, 0]);
      expect(scaled.width / scaled.height / (image.width / image.height)).toBeCloseTo(1, 0.9);
      expect((scaled.width * scaled.height) / 768 ** 2).toBeCloseTo(1, 0.9);
    }
    expect(levelSize(bucket, 0, PHONE).scaled).toEqual({ width: 512, height: 1152 });
  });

  it('has few sizes, with an aspect ratio of at most 4', () => {
    const sizes = new Set<string>();
    for (let width = 1; width <= 4000; width += 7) {
      const { scaled } = levelSize(bucket, 0, { width, height: 1000 });
      sizes.add(`${scaled.width}×${scaled.height}`);
    }
    expect(sizes.size).toBeLessThan(40);
    expect(levelSize(bucket, 0, STRIP).scaled).toEqual({ width: 1536, height: 384 });
  });

  it.each([
    ['Stable Diffusion 2.1', 768, 64, 9],
    ['Stable Diffusion 1.5 and ADM', 512, 64, 9],
    ['DINOv2', 518, 14, 12],
    ['DINO', 448, 8, 14],
  ])('has few sizes for thirty usual screens: %s', (_network, side, multiple, graphs) => {
    const scaled = SCREENS.map(
      ([width, height]) => levelSize({ fit: 'bucket', side, multiple }, 0, { width, height }).scaled,
    );
    expect(SCREENS).toHaveLength(30);
    expect(new Set(scaled.map(({ width, height }) => `${width}×${height}`)).size).toBe(graphs);
  });

  it('has half the sides after one downscale step', () => {
    expect(levelSize(bucket, 0, PHONE, 1).scaled).toEqual({ width: 256, height: 576 });
  });
});

describe('the published sizes', () => {
  it('squash', () => {
    const size = { fit: 'squash', width: 768, height: 768, multiple: 64 } as const;
    expect(levelSize(size, 0, STRIP).scaled).toEqual({ width: 768, height: 768 });
    expect(levelSize(size, 0, STRIP, 1).scaled).toEqual({ width: 384, height: 384 });
  });

  it('keep the short side of a video, and round the longer one down to a multiple', () => {
    const size = { fit: 'short-side', px: 480, multiple: 32 } as const;
    expect(levelSize(size, 0, { width: 854, height: 480 }).scaled).toEqual({ width: 832, height: 480 });
    expect(levelSize(size, 0, PHONE).scaled).toEqual({ width: 480, height: 1024 });
  });
});

describe('long sides', () => {
  it('are exact, and padded to a multiple', () => {
    const size = { fit: 'long-sides', px: [384, 512], basePx: 512, multiple: 16 } as const;
    expect(levelSize(size, 1, PHONE)).toEqual({
      scaled: { width: 237, height: 512 },
      padded: { width: 240, height: 512 },
    });
  });
});
