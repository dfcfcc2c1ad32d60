import { fileURLToPath } from 'node:url';
import type { Homography, Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { Matcher } from '../../../src/correspond/matcher.js';
import { nearestPixels } from '../../../src/correspond/nearest-pixels.js';
import type { FeaturePyramid } from '../../../src/diffusion/feature-pyramid.js';
import { toFeatureMap } from '../../../src/diffusion/level-features.js';
import { EDIT_PROPAGATION, PRESETS } from '../../../src/diffusion/presets.js';
import type { RgbaImage } from '../../../src/images/decode.js';
import { editProtocol, warpEditAsPublished } from '../../../src/transfer/edits/published-edit.js';
import { prepareEdit } from '../../../src/transfer/edits/warp-edit.js';
import { warpStraightAlpha } from '../../../src/transfer/edits/warp-image.js';
import { compose, normalise, translation } from '../../../src/transfer/transforms/projective.js';
import { publishedHomography } from '../../../src/transfer/transforms/robust-estimator.js';
import { readTensor } from '../../support/run-network.js';

/** Made by `python test/parity/make-edit.py`. */
const FIXTURE = fileURLToPath(new URL('../../fixtures/edit.safetensors', import.meta.url));
const SOURCE = { width: 60, height: 45 };
const TARGET = { width: 44, height: 52 };

const points = (name: string): Point[] => {
  const { data } = readTensor(FIXTURE, name);
  return Array.from({ length: data.length / 2 }, (_, n) => ({ x: data[2 * n] ?? 0, y: data[2 * n + 1] ?? 0 }));
};
const pyramid = (name: string, size: typeof SOURCE): FeaturePyramid => {
  const map = toFeatureMap(readTensor(FIXTURE, name), { scaled: size, padded: size }, size);
  return { ...size, levels: [map], baseLevel: 0, blank: false };
};
const source = pyramid('source', SOURCE);
const target = pyramid('target', TARGET);
const image = (name: string, { width, height }: typeof SOURCE): RgbaImage => ({
  width,
  height,
  rgba: Uint8Array.from(readTensor(FIXTURE, name).data),
});
const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = readTensor(FIXTURE, 'homography').data;
const expected: Homography = [a, b, c, d, e, f, g, h, i];

describe('the published propagation of edits, as PyTorch and OpenCV compute it', () => {
  it('matches pixels to their nearest neighbours among all pixels of the target', async () => {
    const found = await nearestPixels(new Matcher(), source, target, points('points'));
    expect(found).toEqual(points('found'));
  });

  it('fits a homography with RANSAC within 5 pixels', async () => {
    const truth = points('found');
    const matches = points('points').map((from, n) => ({ source: from, target: truth[n] ?? from }));
    const found = await publishedHomography(matches, EDIT_PROPAGATION);
    for (const [n, value] of expected.entries()) expect(found?.[n]).toBeCloseTo(value, 3);
  });

  it('warps colours and alpha alike', async () => {
    const { rgba } = await warpStraightAlpha(image('sticker', SOURCE), expected, TARGET);
    const truth = image('warped', TARGET).rgba;
    const off = rgba.map((value, n) => Math.abs(value - (truth[n] ?? 0)));
    // the WebAssembly build rounds positions to a 32nd of a pixel, Python's does not: of noise, that is up to 4
    expect(Math.max(...off)).toBeLessThanOrEqual(4);
  });
});

describe('an edit as published', () => {
  const edit = prepareEdit(image('sticker', SOURCE), SOURCE);
  const shifted = (x: number, y: number) => async (pixels: readonly Point[]) =>
    pixels.map((pixel) => ({ x: pixel.x + x, y: pixel.y + y }));

  it('is placed by at most a thousand random pixels, without repetition', async () => {
    const asked: Point[][] = [];
    const warped = await warpEditAsPublished(
      edit,
      TARGET,
      async (pixels) => {
        asked.push([...pixels]);
        return shifted(3, -2)(pixels);
      },
      EDIT_PROPAGATION,
    );
    const opaque = edit.image.rgba.filter((alpha, n) => n % 4 === 3 && alpha > 0).length;
    expect(opaque).toBeGreaterThan(1000);
    const [pixels = []] = asked;
    expect(new Set(pixels.map(({ x, y }) => `${x} ${y}`)).size).toBe(1000);
    expect(pixels.every(({ x, y }) => edit.image.rgba[4 * (y * SOURCE.width + x) + 3] !== 0)).toBe(true);
    // neither the first ones nor in rows
    expect(pixels.filter(({ y }) => y >= SOURCE.height / 2).length).toBeGreaterThan(400);
    if (!warped.ok) throw new Error(warped.reason);
    expect(warped.fit).toMatchObject({ kind: 'homography', inliers: 1000, samples: 1000, confidence: 1 });
    const shift = compose(translation(0.5, 0.5), compose(translation(3, -2), translation(-0.5, -0.5)));
    for (const [n, value] of normalise(shift).entries()) expect(warped.fit.transform[n]).toBeCloseTo(value, 3);
  });

  it('is the same in every run', async () => {
    const runs: (readonly Point[])[] = [];
    const nearest = async (pixels: readonly Point[]) => {
      runs.push(pixels);
      return shifted(1, 1)(pixels);
    };
    for (let run = 0; run < 2; run++) await warpEditAsPublished(edit, TARGET, nearest, EDIT_PROPAGATION);
    expect(runs[0]).toEqual(runs[1]);
  });

  it('is rejected only without a homography or any visible pixel', async () => {
    const away = await warpEditAsPublished(edit, TARGET, shifted(500, 0), EDIT_PROPAGATION);
    expect(away).toEqual({
      ok: false,
      reason: 'All of the edit would lie outside the target.',
      cause: 'outside-target',
    });
    const dot = { width: 2, height: 1, rgba: Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 255) };
    const alone = await warpEditAsPublished(prepareEdit(dot, dot), TARGET, shifted(0, 0), EDIT_PROPAGATION);
    expect(alone).toEqual({
      ...{ ok: false, reason: 'No homography fits the nearest neighbours of the edit.' },
      cause: 'no-agreement',
    });
  });
});

describe('which matching carries an edit over', () => {
  const plan = { matching: PRESETS.find(({ backend, name }) => backend === 'sd21' && name === 'edit')?.matching };
  const other = { matching: PRESETS.find(({ backend, name }) => backend === 'sd21' && name === 'semantic')?.matching };

  it('is the published one if a preset or the request selects it', () => {
    expect(editProtocol({ preset: 'edit' }, plan)).toEqual({
      kind: 'edit-propagation',
      points: 1000,
      estimator: 'ransac',
      thresholdPx: 5,
    });
    expect(editProtocol({ matching: 'published' }, {})).toEqual(EDIT_PROPAGATION);
  });

  it('is Samepoint’s own otherwise', () => {
    expect(editProtocol({}, plan)).toBeUndefined();
    expect(editProtocol({ preset: 'semantic' }, other)).toBeUndefined();
    expect(editProtocol({ preset: 'edit', matching: 'samepoint' }, plan)).toBeUndefined();
  });

  it('rejects a choice of transform or estimator with the published one', () => {
    expect(() => editProtocol({ preset: 'edit', transform: 'affine' }, plan)).toThrow('takes no other transform');
    expect(() => editProtocol({ matching: 'published', estimator: 'lmeds' }, {})).toThrow('takes no other transform');
    expect(editProtocol({ transform: 'affine' }, {})).toBeUndefined();
  });
});
