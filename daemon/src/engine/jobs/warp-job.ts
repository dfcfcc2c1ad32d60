import type { WarpedTarget, WarpRequest } from '@samepoint/shared-protocol';
import { decodeLayer, type RgbImage } from '../../images/decode.js';
import { encodePng } from '../../images/encode.js';
import { blendOver, isIdentical } from '../../images/pixels.js';
import { type PublishedEdit, warpEditAsPublished } from '../../transfer/edits/published-edit.js';
import { prepareEdit, type WarpedEdit, warpEdit, warpIdentical } from '../../transfer/edits/warp-edit.js';
import type { EngineJob, EngineOutcome } from '../engine.js';
import { orFailure } from './failed-images.js';
import type { ImagePairs } from './image-pairs.js';
import { decodeJobImage, imageBytes, toPayload } from './job-images.js';
import type { ProgressReporter } from './progress-reporter.js';

export interface WarpOptions {
  /** The published protocol, if the job follows it. */
  protocol: PublishedEdit | undefined;
  /** See `orFailure`. */
  keepsGoing: boolean;
}

/** @throws SamepointError also if the edit does not fit its source */
export async function runWarp(
  request: WarpRequest,
  images: EngineJob['images'],
  pairs: ImagePairs,
  progress: ProgressReporter,
  { protocol, keepsGoing }: WarpOptions,
): Promise<EngineOutcome> {
  progress.begin('features', pairs.steps);
  const source = await pairs.features(request.source);
  const original = await decodeJobImage(images, request.source);
  const edit = prepareEdit(await decodeLayer(imageBytes(images, request.edit), 'The edit'), original);
  const warpByMatches = async (imageId: string): Promise<WarpedEdit> => {
    const target = await pairs.features(imageId);
    if (protocol !== undefined) {
      const nearest = pairs.nearest([request.source, source], [imageId, target]);
      return warpEditAsPublished(edit, target, nearest, protocol);
    }
    const match = await pairs.matcher([request.source, source], [imageId, target]);
    return warpEdit(edit, source, target, match, request);
  };
  progress.begin('matching', request.targets.length * (pairs.steps + 1));
  const targets: WarpedTarget[] = [];
  const pngs: Uint8Array[] = [];
  const warpInto = async (imageId: string) => {
    const target = await decodeJobImage(images, imageId);
    const warped =
      protocol === undefined && isIdentical(original, target)
        ? await warpIdentical(edit, target, request)
        : await warpByMatches(imageId);
    if (!warped.ok) return { state: 'refused' as const, reason: warped.reason, cause: warped.cause };
    const { box, png } = await toPng(warped, request.output ?? 'layer', target);
    pngs.push(png);
    return { state: 'warped' as const, fit: warped.fit, box, pngBytes: png.length };
  };
  for (const { targetId, imageId } of request.targets) {
    targets.push({ targetId, ...(await orFailure(imageId, keepsGoing, () => warpInto(imageId))) });
    progress.reach(targets.length * (pairs.steps + 1));
  }
  return { result: { kind: 'warp', targets }, ...(pngs.length === 0 ? {} : { payload: toPayload(pngs) }) };
}

async function toPng({ placed }: Extract<WarpedEdit, { ok: true }>, output: 'layer' | 'blended', target: RgbImage) {
  if (output === 'layer') return { box: placed.box, png: await encodePng(placed.image) };
  const blended = blendOver(target, placed.image, placed.box);
  return { box: { x: 0, y: 0, w: blended.width, h: blended.height }, png: await encodePng(blended) };
}
