import { describe, expect, it } from 'vitest';
import { alignImages } from '../../../src/transfer/edits/align-images.js';
import { MIN_FIT_CONFIDENCE } from '../../../src/transfer/transforms/fit-region.js';

const SIZE = { width: 800, height: 600 };

/** All of the image moved as one, every other point of it found, as sure as that in the mean. */
function alignWith(confidence: number) {
  return alignImages(
    SIZE,
    SIZE,
    async (points) =>
      points.map(({ x, y }, n) => ({
        point: { x: x + 7, y: y - 4 },
        similarity: confidence,
        // matches of less than a tenth have no say
        confidence: n % 2 === 0 ? 2 * confidence : 0,
        scale: 1,
        mirrored: false,
        cycleConsistent: true,
      })),
    {},
  );
}

describe('an alignment', () => {
  it('is accepted where its matches are sure enough', async () => {
    expect(await alignWith(MIN_FIT_CONFIDENCE.whole + 0.01)).toMatchObject({ ok: true, fit: { inliers: 300 } });
  });

  it('is refused below the confidence that it needs, however well its matches agree', async () => {
    const outcome = await alignWith(MIN_FIT_CONFIDENCE.whole - 0.01);
    expect(outcome).toMatchObject({
      ok: false,
      reason: expect.stringMatching(
        /^300 of the 300 points .* agree on one transform, but its confidence is 7 % and 8 % is required\. Check that both images /,
      ),
    });
  });
});
