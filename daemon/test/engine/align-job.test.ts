import { type AlignResult, type Homography, jobResultSchema } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { JobRunner } from '../../src/engine/jobs/run-job.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { decodeLayer, type RgbaImage, type RgbImage } from '../../src/images/decode.js';
import { toRgba } from '../../src/images/pixels.js';
import { IDENTITY, project } from '../../src/transfer/transforms/projective.js';
import { BUSY_IMAGE, busyImage, warpImage } from '../support/busy-image.js';
import { draw, toPng } from '../support/draw.js';
import { identified, imagesOf } from '../support/strips.js';

const runner = new JobRunner(CPU_RUNTIME);

async function align(from: RgbImage, to: RgbImage) {
  const [source, target] = [identified(await toPng(from)), identified(await toPng(to))];
  const request = { kind: 'align' as const, backend: 'ui', source: source.imageId, target: target.imageId };
  const { result, payload } = await runner.run({ request, images: imagesOf(source, target) }, () => {});
  if (result.kind !== 'align') throw new Error(result.kind);
  expect(jobResultSchema.parse(result)).toEqual(result);
  return { outcome: result.outcome, payload };
}

async function aligned(from: RgbImage, to: RgbImage) {
  const { outcome, payload } = await align(from, to);
  if (outcome.state !== 'aligned' || payload === undefined) throw new Error(JSON.stringify(outcome));
  return { ...outcome, images: await decodedImages(outcome, payload) };
}

type Aligned = Extract<AlignResult['outcome'], { state: 'aligned' }>;

/** The aligned source, the overlay and the residual. */
function decodedImages(outcome: Aligned, payload: Uint8Array): Promise<RgbaImage[]> {
  const { alignedPngBytes, overlayPngBytes, residualPngBytes } = outcome;
  const ends = [alignedPngBytes, alignedPngBytes + overlayPngBytes];
  expect(payload).toHaveLength((ends[1] ?? 0) + residualPngBytes);
  return Promise.all([0, ...ends].map((start, n) => decodeLayer(payload.subarray(start, ends[n]))));
}

function worstPx(a: Homography, b: Homography): number {
  const corners = [0, 1, 2, 3].map((n) => ({ x: (n % 2) * BUSY_IMAGE.width, y: (n >> 1) * BUSY_IMAGE.height }));
  return Math.max(
    ...corners.map((corner) => {
      const [p, q] = [project(a, corner), project(b, corner)];
      return Math.hypot(p.x - q.x, p.y - q.y);
    }),
  );
}

/** The image with inverted lightness. */
function inverted({ width, height, rgb }: RgbImage): RgbImage {
  return { width, height, rgb: rgb.map((value) => 200 - Math.round(value / 2)) };
}

describe('an alignment', () => {
  it('of an image to itself is the identity, without a difference', async () => {
    const { fit, coverage, difference, images } = await aligned(busyImage(), busyImage());
    expect(fit).toMatchObject({ kind: 'similarity', transform: IDENTITY, residualPx: 0, confidence: 1 });
    expect({ coverage, difference }).toEqual({ coverage: 1, difference: 0 });
    const whole = toRgba(busyImage());
    const black = toRgba(draw(BUSY_IMAGE.width, BUSY_IMAGE.height, [], [0, 0, 0]));
    expect(images).toEqual([whole, whole, black].map(({ rgba, ...size }) => ({ ...size, rgba: Buffer.from(rgba) })));
  });

  it('of a blank image to itself is the identity', async () => {
    const blank = draw(BUSY_IMAGE.width, BUSY_IMAGE.height);
    const { fit, difference } = await aligned(blank, blank);
    expect({ transform: fit.transform, difference }).toEqual({ transform: IDENTITY, difference: 0 });
  });

  it('finds a shift and a scale, and overlays the source on the target', async () => {
    const h: Homography = [0.8, 0, 40, 0, 0.8, 12, 0, 0, 1];
    const { fit, coverage, images } = await aligned(busyImage(), warpImage(busyImage(), h));
    expect(worstPx(fit.transform, h)).toBeLessThan(2);
    expect(Math.abs(coverage - 0.64)).toBeLessThan(0.03);
    const [source, , residual] = images;
    const alphaAt = (image: RgbaImage | undefined, x: number, y: number) =>
      image?.rgba[(y * BUSY_IMAGE.width + x) * 4 + 3];
    expect([alphaAt(source, 10, 5), alphaAt(residual, 10, 5)]).toEqual([0, 0]);
    expect([alphaAt(source, 190, 60), alphaAt(residual, 190, 60)]).toEqual([255, 255]);
  });

  it('has little difference between a light and a dark theme', async () => {
    const { difference, images } = await aligned(busyImage(), inverted(busyImage()));
    expect(difference).toBeLessThan(6);
    const overlay = images[1]?.rgba ?? [];
    const dark = inverted(busyImage());
    const off = [...dark.rgb].map((value, n) => Math.abs(value - (overlay[Math.floor(n / 3) * 4 + (n % 3)] ?? 0)));
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(4);
  });

  it('shows a changed part in the residual', async () => {
    const whole = busyImage();
    const part = { x: 190, y: 50 };
    const changed = { ...whole, rgb: whole.rgb.slice() };
    for (let y = part.y; y < part.y + 20; y++)
      for (let x = part.x; x < part.x + 20; x++) changed.rgb.set([255, 0, 255], (y * whole.width + x) * 3);
    const { images } = await aligned(whole, changed);
    const residual = images[2];
    const heatAt = (x: number, y: number) => {
      const at = (y * BUSY_IMAGE.width + x) * 4;
      return [...(residual?.rgba.subarray(at, at + 3) ?? [])].reduce((sum, value) => sum + value, 0);
    };
    expect(heatAt(part.x + 10, part.y + 10)).toBeGreaterThan(4 * heatAt(20, 100));
  });
});

describe('an alignment is rejected with a reason', () => {
  it.each<[string, RgbImage]>([
    ['a blank image', draw(BUSY_IMAGE.width, BUSY_IMAGE.height)],
    ['another image', draw(BUSY_IMAGE.width, 60, [{ x: 100, y: 0, w: 3, h: 60, colour: [0, 0, 0] }])],
    ['a single row', draw(3000, 1, [{ x: 50, y: 0, w: 700, h: 1, colour: [0, 0, 0] }])],
  ])('%s', async (_what, other) => {
    const { outcome, payload } = await align(busyImage(), other);
    expect(outcome).toEqual({
      ...{ state: 'refused', reason: expect.stringMatching(/^.+\.$/) },
      cause: expect.stringMatching(/^(too-few-matches|no-agreement|degenerate-matches)$/),
    });
    expect(payload).toBeUndefined();
  });
});
