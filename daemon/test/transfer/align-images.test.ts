import { describe, expect, it } from 'vitest';
import { alignImages } from '../../src/transfer/align-images.js';
import { MIN_FIT_CONFIDENCE } from '../../src/transfer/fit-region.js';

const SIZE = { width: 800, height: 600 };

/** All of the image moved as one, as sure as that. */
function alignWith(confidence: number) {
  return alignImages(
    SIZE,
    SIZE,
    async (points) =>
      points.map(({ x, y }) => ({
        point: { x: x + 7, y: y - 4 },
        similarity: confidence,
        confidence,
        scale: 1,
        mirrored: false,
        returns: true,
      })),
    {},
  );
}

describe('an alignment', () => {
  it('is accepted where its matches are sure enough', async () => {
    expect(await alignWith(MIN_FIT_CONFIDENCE + 0.01)).toMatchObject({ ok: true, fit: { inliers: 600 } });
  });

  it('is refused below the confidence that an edit needs, however well its matches agree', async () => {
    const outcome = await alignWith(MIN_FIT_CONFIDENCE - 0.01);
    expect(outcome).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^600 of the 600 points .* too few to be sure: .* Check that both images /),
    });
  });
});
