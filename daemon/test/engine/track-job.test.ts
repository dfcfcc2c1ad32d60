import { type JobProgress, jobResultSchema, type TrackRequest } from '@samepoint/shared-protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { JobRunner } from '../../src/engine/jobs/run-job.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { decodeLabelMask, encodeLabelMask } from '../../src/images/label-mask.js';
import { draw, type Rect, toPng } from '../support/draw.js';
import { identified, imagesOf, type TestImage } from '../support/strips.js';

/** Wide and flat, so that there is little to compute. */
const SIZE = { width: 300, height: 16 };
const STEP_PX = 20;
const THING = { x: 40, y: 0, w: 60, h: 16, colour: [200, 40, 40] } as const;
const PALETTE = [
  [0, 0, 0],
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
] as const;
const LABEL = 3;

const runner = new JobRunner(CPU_RUNTIME);
let frames: TestImage[];
let mask: TestImage;

beforeAll(async () => {
  const rest: Rect[] = [
    { x: 0, y: 0, w: 20, h: 16, colour: [40, 44, 52] },
    { x: 240, y: 4, w: 40, h: 8, colour: [40, 40, 200] },
  ];
  const scenes = [0, 1, 2].map((n) => draw(300, 16, [...rest, { ...THING, x: THING.x + n * STEP_PX }]));
  frames = (await Promise.all(scenes.map(toPng))).map(identified);
  const indices = new Uint8Array(SIZE.width * SIZE.height);
  for (let y = 0; y < THING.h; y++) {
    indices.fill(LABEL, y * SIZE.width + THING.x, y * SIZE.width + THING.x + THING.w);
  }
  mask = identified(encodeLabelMask({ ...SIZE, indices, palette: PALETTE, background: 0 }));
});

function run(labels: TrackRequest['labels'], annotated = 0, report: (progress: JobProgress) => void = () => {}) {
  const request = {
    kind: 'track',
    backend: 'ui',
    frames: frames.map(({ imageId }) => imageId),
    annotated,
    labels,
  } as const;
  return runner.run({ request, images: imagesOf(...frames, mask) }, report);
}

const masked = () => ({ kind: 'mask', imageId: mask.imageId }) as const;

describe('a track job', () => {
  it('returns a mask per frame in the payload, with the indices and colours of the given one', async () => {
    const { result, payload } = await run(masked());
    expect(jobResultSchema.parse(result)).toEqual(result);
    if (result.kind !== 'track' || result.tracked.kind !== 'mask' || payload === undefined) throw new Error('no masks');
    expect(result.tracked.labels).toEqual([LABEL]);
    expect(result.tracked.frames).toHaveLength(3);
    let start = 0;
    for (const [n, frame] of result.tracked.frames.entries()) {
      if (frame.state === 'failed') throw new Error(frame.error.message);
      const { pngBytes, confidences } = frame;
      const { indices, palette } = await decodeLabelMask(payload.subarray(start, start + pngBytes));
      start += pngBytes;
      expect(palette).toEqual(PALETTE.map((colour) => [...colour]));
      expect(confidences[0]).toBeGreaterThan(0.5);
      expect(indices[8 * SIZE.width + THING.x + n * STEP_PX + THING.w / 2]).toBe(LABEL);
      expect(indices[8 * SIZE.width + 260]).toBe(0);
    }
    expect(start).toBe(payload.length);
  });

  it('returns points per frame, also backward, without a payload', async () => {
    const point = { x: THING.x + 2 * STEP_PX + 3, y: 8 };
    const { result, payload } = await run({ kind: 'points', points: [point] }, 2);
    expect(jobResultSchema.parse(result)).toEqual(result);
    expect(payload).toBeUndefined();
    if (result.kind !== 'track' || result.tracked.kind !== 'points') throw new Error('no points');
    expect(result.tracked.frames[2]).toEqual([{ point, confidence: 1 }]);
    const [first] = result.tracked.frames;
    if (!Array.isArray(first)) throw new Error('the first frame failed');
    expect(Math.abs((first[0]?.point?.x ?? 0) - THING.x - 3)).toBeLessThan(8);
  });

  it('reports progress that ends at its total, whether or not features are cached', async () => {
    for (const _ of [1, 2]) {
      const steps: JobProgress[] = [];
      await run(masked(), 1, (progress) => steps.push(progress));
      const last = steps.at(-1);
      expect(last?.done).toBe(last?.total);
      // cached features count as several steps at once
      for (const [n, { done }] of steps.entries()) expect(done).toBeGreaterThan(steps[n - 1]?.done ?? -1);
    }
  });
});

describe('a track job is rejected with a message', () => {
  it('for a missing frame', async () => {
    await expect(run(masked(), 3)).rejects.toThrow('Frame 3 does not exist; there are 3.');
  });

  it('for a mask of another size', async () => {
    const small = identified(
      encodeLabelMask({ width: 2, height: 1, indices: Uint8Array.of(0, 3), palette: PALETTE, background: 0 }),
    );
    const request = {
      kind: 'track',
      backend: 'ui',
      frames: frames.map(({ imageId }) => imageId),
      annotated: 0,
    } as const;
    const job = { request: { ...request, labels: { kind: 'mask', imageId: small.imageId } as const } };
    await expect(runner.run({ ...job, images: imagesOf(...frames, small) }, () => {})).rejects.toThrow(
      'The mask has 2×1 pixels, the annotated frame 300×16.',
    );
  });

  it('for a point outside the frame', async () => {
    await expect(run({ kind: 'points', points: [{ x: 400, y: 1 }] })).rejects.toMatchObject({
      code: 'ITEM_OUTSIDE_IMAGE',
    });
  });
});
