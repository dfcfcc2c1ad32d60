import {
  failedImages,
  imageLabel,
  type JobProgress,
  jobResultSchema,
  SamepointError,
} from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkAnyFits, orFailure } from '../../src/engine/jobs/failed-images.js';
import { JobRunner } from '../../src/engine/jobs/run-job.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { encodePng } from '../../src/images/encode.js';
import { busyImage, disc } from '../support/busy-image.js';
import { toPng } from '../support/draw.js';
import { identified, imagesOf, inspectOf, strip, type TestImage, transferOf } from '../support/strips.js';

const runner = new JobRunner(CPU_RUNTIME);
const [source, target, other] = [await strip(1), await strip(2), await strip(3)];
const cut = identified(target.bytes.subarray(0, target.bytes.length - 30));
const text = identified(new TextEncoder().encode('no image at all'));
const wide = sharp({ create: { width: 40_000, height: 1, channels: 3, background: '#fff' } });
const tooWide = identified(await wide.png().toBuffer());

async function run(request: Parameters<JobRunner['run']>[0]['request'], ...images: readonly TestImage[]) {
  const progress: JobProgress[] = [];
  const outcome = await runner.run({ request, images: imagesOf(...images) }, (step) => progress.push(step));
  expect(jobResultSchema.parse(outcome.result)).toEqual(outcome.result);
  expect(progress.at(-1)).toMatchObject({ done: progress.at(-1)?.total });
  return outcome;
}

function failure({ imageId }: TestImage, code: string, message: RegExp) {
  const error = { code, message: expect.stringMatching(message), hint: expect.stringMatching(/\.$/) };
  return { state: 'failed', imageId, error };
}

describe('an image that cannot be used fails alone', () => {
  it('as a target of a transfer, in any position', async () => {
    const targets = [cut, target, text, tooWide, other];
    const { result } = await run(transferOf(source, ...targets), source, ...targets);
    const [first, alone] = [transferOf(source, target), transferOf(source, other)];
    const placed = [await run(first, source, target), await run(alone, source, other)].map(({ result }) =>
      result.kind === 'transfer' && result.targets[0]?.state === 'placed' ? result.targets[0].placements : [],
    );
    expect(result).toEqual({
      kind: 'transfer',
      targets: [
        { targetId: 't0', ...failure(cut, 'IMAGE_UNREADABLE', RegExp(`^${imageLabel(cut.imageId)} is cut off: `)) },
        { targetId: 't1', state: 'placed', placements: placed[0] },
        { targetId: 't2', ...failure(text, 'IMAGE_UNREADABLE', /is a text file/) },
        { targetId: 't3', ...failure(tooWide, 'IMAGE_TOO_LARGE', /40000×1 pixels/) },
        { targetId: 't4', state: 'placed', placements: placed[1] },
      ],
    });
    expect(failedImages(result).map(({ imageId }) => imageId)).toEqual(
      [cut, text, tooWide].map(({ imageId }) => imageId),
    );
  });

  it('as a target of a warp', async () => {
    const from = identified(await toPng(busyImage()));
    const edit = identified(await encodePng(disc({ x: 190, y: 62 }, 44)));
    const targets = [text, from].map(({ imageId }, n) => ({ targetId: `t${n}`, imageId }));
    const request = { kind: 'warp' as const, backend: 'ui', source: from.imageId, edit: edit.imageId, targets };
    const { result, payload } = await run(request, from, edit, text);
    expect(result).toMatchObject({
      targets: [
        { targetId: 't0', ...failure(text, 'IMAGE_UNREADABLE', /is a text file/) },
        { targetId: 't1', state: 'warped', pngBytes: payload?.length },
      ],
    });
  });

  it('as a frame of a sequence: the labels of its neighbours continue across it', async () => {
    const frames = [source, cut, target].map(({ imageId }) => imageId);
    const labels = { kind: 'points' as const, points: [{ x: 1010, y: 0.5 }] };
    const { result } = await run({ kind: 'track', backend: 'ui', frames, annotated: 0, labels }, source, cut, target);
    if (result.kind !== 'track' || result.tracked.kind !== 'points') throw new Error(result.kind);
    const [first, failed, last] = result.tracked.frames;
    expect(first).toEqual([{ point: labels.points[0], confidence: 1 }]);
    expect(failed).toEqual(failure(cut, 'IMAGE_UNREADABLE', /is cut off/));
    expect(last).toEqual([{ point: { x: expect.any(Number), y: expect.any(Number) }, confidence: expect.any(Number) }]);
  });
});

describe('a job fails as a whole, with the name and the id of the image,', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['if the source of a transfer cannot be read', () => run(transferOf(cut, target), cut, target)],
    ['if an image of an inspection cannot be read', () => run(inspectOf(source, cut), source, cut)],
  ])('%s', async (_what, act) => {
    await expect(act()).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
      message: expect.stringContaining(`${imageLabel(cut.imageId)} is cut off: `),
      extra: { details: { imageId: cut.imageId } },
    });
  });
});

describe('a target that the device has too little memory for', () => {
  const { imageId } = target;
  const outOfMemory = new SamepointError('GPU_OUT_OF_MEMORY', 'Too little memory.', 'Close other programs.');
  const fail = () => Promise.reject(outOfMemory);
  const { code, message, hint } = outOfMemory;
  const failed = { state: 'failed' as const, imageId, error: { code, message, hint } };

  it('fails alone if the job is not run again on smaller images', async () => {
    expect(await orFailure(imageId, true, fail)).toEqual(failed);
    await expect(orFailure(imageId, false, fail)).rejects.toBe(outOfMemory);
  });

  it('fails the job if all targets are like it', () => {
    const [one, two] = [
      { targetId: 'a', ...failed },
      { targetId: 'b', placements: [] },
    ];
    expect(() => checkAnyFits({ kind: 'transfer', targets: [one, one] })).toThrow('Too little memory.');
    expect(() => checkAnyFits({ kind: 'transfer', targets: [one, two] })).not.toThrow();
  });
});

it('an error that is not about the image fails the job', async () => {
  const error = new SamepointError('MODEL_INVALID', 'The weights are damaged.', 'Get them again.');
  await expect(orFailure(target.imageId, true, () => Promise.reject(error))).rejects.toBe(error);
});
