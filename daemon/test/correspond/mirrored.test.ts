import { beforeAll, describe, expect, it } from 'vitest';
import { preparePair } from '../../src/correspond/anchors.js';
import { ALL_PARTS } from '../../src/correspond/match-settings.js';
import { Matcher } from '../../src/correspond/matcher.js';
import { mirroredHint } from '../../src/correspond/mirrored.js';
import type { FeaturePyramid } from '../../src/diffusion/feature-pyramid.js';
import { FeatureSource } from '../../src/diffusion/feature-source.js';
import { planFeatures } from '../../src/diffusion/plan/feature-plan.js';
import type { RgbImage } from '../../src/images/decode.js';
import { mirrorRgb } from '../../src/images/pixels.js';
import { draw, pixel } from '../support/draw.js';
import { MOCKUP, mockup } from '../support/mockup.js';

const { width, height } = MOCKUP;
const SCREEN = draw(width, height, mockup());
const STRIPES = draw(
  width,
  height,
  Array.from({ length: 12 }, (_, n) => ({ x: n * 24, y: 0, w: 9, h: height, colour: [90, 20 * n, 120] as const })),
);

const matcher = new Matcher();
const features = new FeatureSource();
let [screen, flipped, stripes]: FeaturePyramid[] = [];

const pyramidOf = (name: string, image: RgbImage) =>
  features.pyramid(name, async () => image, planFeatures({ backend: 'ui' }));

beforeAll(async () => {
  screen = await pyramidOf('screen', SCREEN);
  flipped = await pyramidOf('flipped', mirrorRgb(SCREEN));
  stripes = await pyramidOf('stripes', STRIPES);
});

/** Asks whether `target` shows the screen mirrored. */
async function hint(target: FeaturePyramid | undefined) {
  if (screen === undefined || flipped === undefined || target === undefined) throw new Error('no features');
  return mirroredHint(
    await preparePair(matcher, screen, target, ALL_PARTS),
    await preparePair(matcher, flipped, target, ALL_PARTS),
  );
}

it('a mirrored image has its last column first', () => {
  const mirrored = mirrorRgb(SCREEN);
  expect(pixel(mirrored, 0, 5)).toEqual(pixel(SCREEN, width - 1, 5));
  expect(mirrorRgb(mirrored).rgb).toEqual(SCREEN.rgb);
});

describe('a screen is called mirrored', () => {
  it('when the target shows it with left and right exchanged', async () => {
    expect(await hint(flipped)).toMatchObject({ mirrored: true });
  });

  it('but not when the target shows it as it is', async () => {
    expect(await hint(screen)).toMatchObject({ mirrored: false });
  });

  it('nor when the target shows something else', async () => {
    expect(await hint(stripes)).toMatchObject({ mirrored: false });
  });
});
