import type { Homography } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { PointPair } from '../../../src/transfer/transforms/least-squares.js';
import { project } from '../../../src/transfer/transforms/projective.js';
import { quasiRandomPoints, seededRandom } from '../../../src/transfer/transforms/reproducible-random.js';
import { selectTransform } from '../../../src/transfer/transforms/select-transform.js';

const SETTINGS = { estimator: 'ransac', tolerancePx: 5 } as const;

/** Pairs all over an image of 800×800 pixels, with Gaussian noise in the target. */
function pairsUnder(h: Homography, count: number, noisePx = 0): PointPair[] {
  const random = seededRandom(3);
  const gaussian = () => noisePx * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const points = quasiRandomPoints();
  return Array.from({ length: count }, () => {
    const { x, y } = points.next().value;
    const source = { x: 800 * x, y: 800 * y };
    const target = project(h, source);
    return { source, target: { x: target.x + gaussian(), y: target.y + gaussian() }, weight: 1 };
  });
}

async function kindOf(pairs: readonly PointPair[]): Promise<string> {
  const outcome = await selectTransform('auto', pairs, SETTINGS);
  return outcome.ok ? outcome.fit.kind : outcome.reason;
}

/** Moves the corners of the image by up to `px`, which a similarity cannot follow. */
const sheared = (px: number): Homography => [1, px / 400, 0, px / 400, 1, 0, 0, 0, 1];

describe('the selected kind is', () => {
  it('a similarity if it explains the matches as well as kinds with more freedom', async () => {
    expect(await kindOf(pairsUnder([0.9, -0.2, 5, 0.2, 0.9, 8, 0, 0, 1], 60, 1))).toBe('similarity');
  });

  it('an affine if a similarity misses by more than the least noise, a fifth of the tolerance', async () => {
    expect(await kindOf(pairsUnder(sheared(3), 100))).toBe('affine');
  });

  it('a homography with twice the matches it needs', async () => {
    const h: Homography = [1, 0, 0, 0, 1, 0, 4e-4, 0, 1];
    expect(await kindOf(pairsUnder(h, 8))).toBe('homography');
    expect(await kindOf(pairsUnder(h, 7))).not.toBe('homography');
  });

  it('an affine if the misfit of a similarity exceeds the noise, estimated by the median residual', async () => {
    expect(await kindOf(pairsUnder(sheared(2.5), 200, 2))).toBe('affine');
  });

  it('a similarity if only the largest residuals, which are truncated, favour an affine', async () => {
    expect(await kindOf(pairsUnder(sheared(1), 200, 1.5))).toBe('similarity');
  });

  it('a similarity if its misfit is lost in the noise of the matches, however many there are', async () => {
    expect(await kindOf(pairsUnder(sheared(1), 400, 2))).toBe('similarity');
  });
});
