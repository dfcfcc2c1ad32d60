import { describe, expect, it } from 'vitest';
import { alignImages, compareAligned } from '../../../src/transfer/edits/align-images.js';
import { MIN_FIT_CONFIDENCE } from '../../../src/transfer/transforms/fit-region.js';

const SIZE = { width: 800, height: 600 };

/** The image shifted as a whole; every other point matched, with that mean confidence. */
function alignWith(confidence: number) {
  return alignImages(
    SIZE,
    SIZE,
    async (points) =>
      points.map(({ x, y }, n) => ({
        point: { x: x + 7, y: y - 4 },
        similarity: confidence,
        confidence: n % 2 === 0 ? 2 * confidence : 0,
        scale: 1,
        mirrored: false,
        cycleConsistent: true,
      })),
    {},
  );
}

describe('an alignment', () => {
  it('is accepted if its matches are confident enough', async () => {
    expect(await alignWith(MIN_FIT_CONFIDENCE.whole + 0.01)).toMatchObject({ ok: true, fit: { inliers: 300 } });
  });

  it('is rejected below the required confidence, even if all matches are inliers', async () => {
    const outcome = await alignWith(MIN_FIT_CONFIDENCE.whole - 0.01);
    expect(outcome).toMatchObject({
      ok: false,
      reason: expect.stringMatching(
        /^300 of the 300 points .* agree on one transform, but its confidence is 7 % and 8 % is required\. Check that both images /,
      ),
    });
  });

  it('is rejected for less than 16 inliers, before its confidence', async () => {
    const match = { similarity: 1, confidence: 0.9, scale: 1, mirrored: false };
    const alignBy = (count: number) =>
      alignImages(
        SIZE,
        SIZE,
        async (points) => points.map((point, n) => ({ ...match, point, cycleConsistent: n < count })),
        {},
      );
    expect(await alignBy(15)).toMatchObject({
      reason: 'Only 15 of 600 points were found in the target.',
      cause: 'too-few-matches',
    });
    expect(await alignBy(17)).toMatchObject({ reason: expect.stringContaining('its confidence is 2 %') });
  });

  it('may leave all but a tenth of the source outside the target', async () => {
    const shifted = async (part: number) =>
      alignImages(
        SIZE,
        SIZE,
        async (points) =>
          points.map(({ x, y }) => ({
            point: { x: x - part * SIZE.width, y },
            similarity: 1,
            confidence: 1,
            scale: 1,
            mirrored: false,
            cycleConsistent: x >= part * SIZE.width,
          })),
        {},
      );
    expect(await shifted(0.8)).toMatchObject({ ok: true });
  });
});

describe('a comparison', () => {
  const SCREEN = { width: 192, height: 96 };

  /** Both images filled with grey levels by pixel index; the source covers all of the target. */
  function compare(source: (n: number) => number, target: (n: number) => number) {
    const rgb = new Uint8Array(3 * SCREEN.width * SCREEN.height);
    const rgba = new Uint8Array(4 * SCREEN.width * SCREEN.height).fill(255);
    for (let n = 0; n < SCREEN.width * SCREEN.height; n++) {
      rgb.fill(target(n), 3 * n, 3 * n + 3);
      rgba.fill(source(n), 4 * n, 4 * n + 3);
    }
    const box = { x: 0, y: 0, w: SCREEN.width, h: SCREEN.height };
    return compareAligned({ box, image: { ...SCREEN, rgba } }, { ...SCREEN, rgb });
  }

  it('draws the mean difference of each cell, 96 cells along the longer side, up to white at 96 levels', () => {
    const level = (n: number) => (n % 2 === 0 ? 50 : 150);
    const { residual } = compare((n) => level(n) + (n === 0 ? 96 * 2 - 2 : 0), level);
    const colours = [0, 1, SCREEN.width, SCREEN.width + 1, 2].map((n) => [...residual.rgba.subarray(4 * n, 4 * n + 3)]);
    // 190 levels in one of four pixels: a mean of about 48
    const [first, ...others] = colours;
    expect(first?.[0]).toBe(255);
    expect(first?.[1]).toBeGreaterThan(90);
    expect(first?.[1]).toBeLessThan(140);
    expect(first?.[2]).toBe(0);
    expect(others.slice(0, 3)).toEqual([first, first, first]);
    expect(others[3]?.[1]).toBe(0);
  });

  it('raises the contrast of the source at most four times', () => {
    const { difference } = compare(
      (n) => (n % 2 === 0 ? 127 : 129),
      (n) => (n % 2 === 0 ? 108 : 148),
    );
    expect(difference).toBeCloseTo(16, 6);
  });

  it('leaves no difference between a light and a dark theme', () => {
    const { difference, coverage } = compare(
      (n) => (n % 2 === 0 ? 40 : 200),
      (n) => (n % 2 === 0 ? 210 : 50),
    );
    expect(difference).toBeCloseTo(0, 6);
    expect(coverage).toBe(1);
  });
});
