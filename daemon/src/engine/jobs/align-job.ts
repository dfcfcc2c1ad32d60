import type { AlignRequest } from '@samepoint/shared-protocol';
import { encodePng } from '../../images/encode.js';
import { isIdentical, onTransparent, toRgba } from '../../images/pixels.js';
import { type Alignment, alignIdentical, alignImages, compareAligned } from '../../transfer/edits/align-images.js';
import { warpImage } from '../../transfer/edits/warp-image.js';
import type { Refusal } from '../../transfer/transforms/refusal.js';
import type { EngineJob, EngineOutcome } from '../engine.js';
import type { ImagePairs } from './image-pairs.js';
import { decodeJobPair, toPayload } from './job-images.js';
import type { ProgressReporter } from './progress-reporter.js';

/** @throws SamepointError */
export async function runAlign(
  request: AlignRequest,
  images: EngineJob['images'],
  pairs: ImagePairs,
  progress: ProgressReporter,
): Promise<EngineOutcome> {
  const [source, target] = await decodeJobPair(images, request.source, request.target);
  const alignment = isIdentical(source, target) ? alignIdentical(request) : await align(request, pairs, progress);
  if (!alignment.ok) return refused(alignment);
  const { fit } = alignment;
  const whole = { x: 0, y: 0, w: source.width, h: source.height };
  const placed = await warpImage(toRgba(source), whole, fit.transform, target);
  if (placed === null) {
    const reason = 'The aligned image would lie entirely outside the target.';
    return refused({ reason, cause: 'outside-target' });
  }
  const compared = compareAligned(placed, target);
  const { coverage, difference } = compared;
  const aligned = await encodePng(onTransparent(placed.image, placed.box, target));
  const overlay = await encodePng(compared.overlay);
  const residual = await encodePng(compared.residual);
  const bytes = {
    alignedPngBytes: aligned.length,
    overlayPngBytes: overlay.length,
    residualPngBytes: residual.length,
  };
  return {
    result: { kind: 'align', outcome: { state: 'aligned', fit, coverage, difference, ...bytes } },
    payload: toPayload([aligned, overlay, residual]),
  };
}

async function align(request: AlignRequest, pairs: ImagePairs, progress: ProgressReporter): Promise<Alignment> {
  progress.begin('features', 2 * pairs.steps);
  const source = await pairs.features(request.source);
  const target = await pairs.features(request.target);
  progress.begin('matching', 1);
  const match = await pairs.matcher([request.source, source], [request.target, target]);
  const alignment = await alignImages(source, target, match, request);
  progress.step();
  return alignment;
}

function refused({ reason, cause }: Refusal): EngineOutcome {
  return { result: { kind: 'align', outcome: { state: 'refused', reason, cause } } };
}
