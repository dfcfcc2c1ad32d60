import type { Homography, WarpRequest } from '@samepoint/shared-protocol';
import { jobResultSchema } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { JobRunner } from '../../src/engine/jobs/run-job.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { decodeLayer, type RgbaImage, type RgbImage } from '../../src/images/decode.js';
import { encodePng } from '../../src/images/encode.js';
import { blendOver, onTransparent } from '../../src/images/pixels.js';
import { IDENTITY } from '../../src/transfer/transforms/projective.js';
import { BUSY_IMAGE, busyImage, disc, discThrough, warpImage } from '../support/busy-image.js';
import { draw, toPng } from '../support/draw.js';
import { identified, imagesOf, type TestImage } from '../support/strips.js';

const CENTRE = { x: 190, y: 62 };
const RADIUS = 44;

const runner = new JobRunner(CPU_RUNTIME);
const upload = (image: RgbImage): Promise<TestImage> => toPng(image).then(identified);
const source = await upload(busyImage());
const edit = identified(await encodePng(disc(CENTRE, RADIUS)));

async function warp(targets: readonly TestImage[], part: Partial<WarpRequest> = {}, given = edit, from = source) {
  const request: WarpRequest = {
    kind: 'warp',
    backend: 'ui',
    source: from.imageId,
    edit: given.imageId,
    targets: targets.map(({ imageId }, n) => ({ targetId: `t${n}`, imageId })),
    ...part,
  };
  const { result, payload } = await runner.run({ request, images: imagesOf(from, given, ...targets) }, () => {});
  if (result.kind !== 'warp') throw new Error(result.kind);
  expect(jobResultSchema.parse(result)).toEqual(result);
  return { targets: result.targets, payload };
}

async function warpedInto(image: RgbImage, part: Partial<WarpRequest> = {}) {
  const { targets, payload } = await warp([await upload(image)], part);
  const [outcome] = targets;
  if (outcome?.state !== 'warped' || payload === undefined) throw new Error(JSON.stringify(outcome));
  expect(payload).toHaveLength(outcome.pngBytes);
  return { ...outcome, image: await decodeLayer(payload) };
}

/** Intersection over union of the warped disc and its true area. */
function overlapWithTruth(layer: RgbaImage, at: { x: number; y: number }, h: Homography): number {
  const belongs = discThrough(CENTRE, RADIUS, h);
  let [both, either] = [0, 0];
  for (let i = 0; i < BUSY_IMAGE.width * BUSY_IMAGE.height; i++) {
    const [x, y] = [i % BUSY_IMAGE.width, Math.floor(i / BUSY_IMAGE.width)];
    const [u, v] = [x - at.x, y - at.y];
    const inLayer = u >= 0 && v >= 0 && u < layer.width && v < layer.height;
    const covered = inLayer && (layer.rgba[(v * layer.width + u) * 4 + 3] ?? 0) >= 128;
    both += Number(covered && belongs(x, y));
    either += Number(covered || belongs(x, y));
  }
  return both / either;
}

describe('an edit is warped to the same content in the target', () => {
  it.each<[string, Homography]>([
    ['the same image', [1, 0, 0, 0, 1, 0, 0, 0, 1]],
    ['a shift', [1, 0, 23, 0, 1, -9, 0, 0, 1]],
    ['a smaller target', [0.8, 0, 40, 0, 0.8, 12, 0, 0, 1]],
    ['a larger target', [1.25, 0, -50, 0, 1.25, -15, 0, 0, 1]],
    ['perspective', [1.2, 0.05, -30, 0.02, 1.1, -5, 6e-4, 3e-4, 1]],
  ])('%s', async (_what, h) => {
    const { image, box, fit } = await warpedInto(warpImage(busyImage(), h));
    expect(overlapWithTruth(image, box, h)).toBeGreaterThan(0.9);
    expect(fit.inliers / fit.samples).toBeGreaterThan(0.3);
    expect(fit.residualPx).toBeLessThan(2.5);
  });

  it('exactly, if the target equals the source, even with other PNG compression', async () => {
    const other = identified(await sharp(source.bytes).png({ compressionLevel: 1 }).toBuffer());
    expect(other.imageId).not.toBe(source.imageId);
    for (const target of [source, other]) {
      const { targets, payload } = await warp([target], { output: 'blended' });
      const fit = { kind: 'similarity', transform: IDENTITY, inliers: 600, samples: 600, residualPx: 0, confidence: 1 };
      expect(targets[0]).toMatchObject({ state: 'warped', fit });
      const expected = blendOver(busyImage(), disc(CENTRE, RADIUS), { x: 0, y: 0 });
      expect(Buffer.compare((await decodeLayer(payload ?? new Uint8Array())).rgba, expected.rgba)).toBe(0);
    }
  });

  it('with its half transparent pixels', async () => {
    const soft = disc(CENTRE, RADIUS);
    for (let i = 0; i < soft.rgba.length; i += 4)
      if (soft.rgba[i + 3] !== 0) soft.rgba.set([i % 251, i % 13, 7, 1 + (i % 255)], i);
    const { targets, payload } = await warp([source], {}, identified(await encodePng(soft)));
    const [outcome] = targets;
    if (outcome?.state !== 'warped' || payload === undefined) throw new Error(JSON.stringify(outcome));
    const layer = onTransparent(await decodeLayer(payload), outcome.box, BUSY_IMAGE);
    expect(Buffer.compare(layer.rgba, soft.rgba)).toBe(0);
  });

  it('by the requested kind of transform', async () => {
    const { fit } = await warpedInto(busyImage(), { transform: 'homography' });
    expect(fit).toMatchObject({ kind: 'homography', transform: IDENTITY });
  });

  it('over the target on request', async () => {
    const target = draw(BUSY_IMAGE.width, BUSY_IMAGE.height, [{ x: 0, y: 0, w: 40, h: 30, colour: [1, 2, 3] }]);
    const { image, box } = await warpedInto(busyImage(), { output: 'blended' });
    expect(box).toEqual({ x: 0, y: 0, w: BUSY_IMAGE.width, h: BUSY_IMAGE.height });
    expect(target.width).toBe(image.width);
    const at = (x: number, y: number) => [
      ...image.rgba.subarray((y * image.width + x) * 4, (y * image.width + x) * 4 + 4),
    ];
    expect(at(CENTRE.x, CENTRE.y)).toEqual([230, 20, 40, 255]);
    expect(at(5, 5).slice(0, 3)).toEqual([...busyImage().rgb.subarray((5 * 384 + 5) * 3, (5 * 384 + 5) * 3 + 3)]);
  });
});

describe('an edit with the published matching', () => {
  it('is placed by a homography of a thousand nearest neighbours, over the whole target', async () => {
    const shift: Homography = [1, 0, 23, 0, 1, -9, 0, 0, 1];
    const { image, box, fit } = await warpedInto(warpImage(busyImage(), shift), { matching: 'published' });
    expect(fit).toMatchObject({ kind: 'homography', samples: 1000 });
    expect(box).toEqual({ x: 0, y: 0, w: BUSY_IMAGE.width, h: BUSY_IMAGE.height });
    expect(overlapWithTruth(image, box, shift)).toBeGreaterThan(0.8);
  });

  it('is matched in the source itself, too', async () => {
    const { fit } = await warpedInto(busyImage(), { matching: 'published' });
    expect(fit).toMatchObject({ kind: 'homography', samples: 1000 });
  });

  it('rejects a choice of transform', async () => {
    await expect(warp([source], { matching: 'published', transform: 'affine' })).rejects.toThrow(
      'takes no other transform',
    );
  });
});

describe('a target is rejected with a reason, and the others are finished', () => {
  it('if it is blank', async () => {
    const blank = await upload(draw(BUSY_IMAGE.width, BUSY_IMAGE.height));
    const { targets, payload } = await warp([blank, source]);
    expect(targets[0]).toEqual({
      state: 'refused',
      targetId: 't0',
      reason: expect.stringMatching(/^Only 0 of 600 points in and around the edit were found in the target\.$/),
      cause: 'too-few-matches',
    });
    expect(targets[1]).toMatchObject({ state: 'warped', targetId: 't1' });
    expect((await sharp(payload).metadata()).format).toBe('png');
  });

  it('if the edited part is missing in it', async () => {
    const other = await upload(warpImage(busyImage(), [1, 0, 300, 0, 1, 90, 0, 0, 1]));
    const { targets, payload } = await warp([other]);
    expect(targets[0]).toMatchObject({ state: 'refused', reason: expect.stringMatching(/\.$/) });
    expect(payload).toBeUndefined();
  });

  it('if it is mirrored', async () => {
    const mirrored = await upload(warpImage(busyImage(), [-1, 0, BUSY_IMAGE.width, 0, 1, 0, 0, 0, 1]));
    const { targets } = await warp([mirrored], { transform: 'homography' });
    expect(targets[0]).toMatchObject({ state: 'refused', cause: expect.any(String) });
  });

  it('if it has a single row', async () => {
    const row = await upload(draw(3000, 1, [{ x: 50, y: 0, w: 700, h: 1, colour: [0, 0, 0] }]));
    const { targets } = await warp([row]);
    expect(targets.map(({ state }) => state)).toEqual(['refused']);
  });
});

describe('an unusable edit fails before any target is matched', () => {
  it('if its size differs from that of the source', async () => {
    const small = identified(await encodePng(disc({ x: 5, y: 5 }, 3, { width: 10, height: 10 })));
    await expect(warp([source], {}, small)).rejects.toThrow('The edit is 10×10 pixels and its source 384×120.');
  });

  it('if it is fully transparent', async () => {
    const empty = identified(await encodePng(disc(CENTRE, -1)));
    await expect(warp([source], {}, empty)).rejects.toThrow('The edit is empty: all its pixels are transparent.');
  });

  it('but for a source of one pixel, the target is rejected', async () => {
    const pixel = await upload(draw(1, 1, [], [10, 20, 30]));
    const dot = identified(await encodePng({ width: 1, height: 1, rgba: Uint8Array.from([1, 2, 3, 255]) }));
    const { targets } = await warp([source], {}, dot, pixel);
    expect(targets[0]).toMatchObject({ state: 'refused' });
  });
});
