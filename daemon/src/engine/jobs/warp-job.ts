import type { WarpedTarget, WarpRequest } from '@samepoint/shared-protocol';
import { decodeImage, decodeLayer, type RgbImage } from '../../images/decode.js';
import { encodePng } from '../../images/encode.js';
import { blendOver, isIdentical } from '../../images/pixels.js';
import { type PublishedEdit, warpEditAsPublished } from '../../transfer/edits/published-edit.js';
import { prepareEdit, type WarpedEdit, warpEdit, warpIdentical } from '../../transfer/edits/warp-edit.js';
import type { EngineJob, EngineOutcome } from '../engine.js';
import type { ImagePairs } from './image-pairs.js';
import { imageBytes, toPayload } from './job-images.js';
import type { ProgressReporter } from './progress-reporter.js';

/**
 * @param protocol the published protocol, if the job follows it
 * @throws SamepointError also if the edit does not fit its source
 */
export async function runWarp(
  request: WarpRequest,
  images: EngineJob['images'],
  pairs: ImagePairs,
  progress: ProgressReporter,
  protocol: PublishedEdit | undefined,
): Promise<EngineOutcome> {
  progress.begin('features', pairs.steps);
  const source = await pairs.features(request.source);
  const original = await decodeImage(imageBytes(images, request.source));
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
  for (const { targetId, imageId } of request.targets) {
    const target = await decodeImage(imageBytes(images, imageId));
    const warped =
      protocol === undefined && isIdentical(original, target)
        ? await warpIdentical(edit, target, request)
        : await warpByMatches(imageId);
    if (warped.ok) {
      const { box, png } = await toPng(warped, request.output ?? 'layer', target);
      pngs.push(png);
      targets.push({ state: 'warped', targetId, fit: warped.fit, box, pngBytes: png.length });
    } else targets.push({ state: 'refused', targetId, reason: warped.reason });
    progress.step();
  }
  return { result: { kind: 'warp', targets }, ...(pngs.length === 0 ? {} : { payload: toPayload(pngs) }) };
}

async function toPng({ placed }: Extract<WarpedEdit, { ok: true }>, output: 'layer' | 'blended', target: RgbImage) {
  if (output === 'layer') return { box: placed.box, png: await encodePng(placed.image) };
  const blended = blendOver(target, placed.image, placed.box);
  return { box: { x: 0, y: 0, w: blended.width, h: blended.height }, png: await encodePng(blended) };
}
