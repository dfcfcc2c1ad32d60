import { describe, expect, it } from 'vitest';
import { matchPoints } from '../../src/correspond/match-points.js';
import { Matcher } from '../../src/correspond/matcher.js';
import { FeatureSource } from '../../src/diffusion/feature-source.js';
import { planFeatures } from '../../src/diffusion/plan/feature-plan.js';
import { draw } from '../support/draw.js';

const features = new FeatureSource();
const matcher = new Matcher();

/** Confidences of points along a strip, ten pixels high, that is matched to itself. */
async function confidencesAlong(aspect: number): Promise<number[]> {
  const length = 10 * aspect;
  const rects = Array.from({ length: 8 }, (_, n) => ({
    x: Math.round((n * length) / 8) + 7 * n,
    y: n % 4,
    w: 20 + 5 * n,
    h: 6,
    colour: [30 * n, 200 - 20 * n, 90] as const,
  }));
  const strip = await features.pyramid(
    `${aspect}:1`,
    async () => draw(length, 10, rects),
    planFeatures({ backend: 'ui' }),
  );
  const points = rects.map(({ x, y }) => ({ x: x + 10, y: y + 3 }));
  return (await matchPoints(matcher, strip, strip, points)).map(({ confidence }) => confidence);
}

describe('a strip has fewer than three rows of cells in the embedded model from about 90:1 on:', () => {
  it('it is matched at 85:1', async () => {
    for (const confidence of await confidencesAlong(85)) expect(confidence).toBeGreaterThan(0.5);
  });

  it('it is unmatchable at 95:1', async () => {
    for (const confidence of await confidencesAlong(95)) expect(confidence).toBe(0);
  });
});
