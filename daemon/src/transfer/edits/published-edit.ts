import {
  type FittedTransform,
  type Homography,
  type Point,
  SamepointError,
  type WarpRequest,
} from '@samepoint/shared-protocol';
import type { FeaturePlan } from '../../diffusion/plan/feature-plan.js';
import { EDIT_PROPAGATION, type PublishedMatching } from '../../diffusion/presets.js';
import type { RgbaImage } from '../../images/decode.js';
import type { Size } from '../../images/resize.js';
import { compose, normalise, translation } from '../transforms/projective.js';
import { seededRandom } from '../transforms/reproducible-random.js';
import { median, publishedHomography, residual } from '../transforms/robust-estimator.js';
import type { PreparedEdit, WarpedEdit } from './warp-edit.js';
import { warpStraightAlpha } from './warp-image.js';

/** The published protocol for edits; see `presets.ts`. */
export type PublishedEdit = Extract<PublishedMatching, { kind: 'edit-propagation' }>;

/** Finds the nearest neighbours, among the pixels of one target, of pixels of the source. */
export type NearestPixels = (pixels: readonly Point[]) => Promise<readonly Point[]>;

/**
 * The published protocol, if the request selects it: by `matching`, or by a preset with a published protocol.
 * @returns undefined for Samepoint's own matching
 * @throws SamepointError `BAD_REQUEST` if the request also sets what the protocol fixes
 */
export function editProtocol(
  { matching, preset, transform, estimator }: Pick<WarpRequest, 'matching' | 'preset' | 'transform' | 'estimator'>,
  plan: { matching?: FeaturePlan['matching'] | undefined },
): PublishedEdit | undefined {
  const own = plan.matching?.kind === 'edit-propagation' ? plan.matching : undefined;
  const chosen = matching ?? (preset !== undefined && own !== undefined ? 'published' : 'samepoint');
  if (chosen === 'samepoint') return undefined;
  if (transform === undefined && estimator === undefined) return own ?? EDIT_PROPAGATION;
  throw new SamepointError(
    'BAD_REQUEST',
    'The published matching of edits fits a homography with RANSAC; it takes no other transform or estimator.',
    "Omit them, or use Samepoint's own matching (--matching samepoint).",
  );
}

/** For the sampled pixels: the same edit gives the same result in every run. */
const SEED = 0;

/**
 * Edit propagation as published: matches random pixels of the edit to their nearest neighbours in the target, fits a
 * homography with RANSAC, and warps the edit. Rejects an edit only without a homography or any visible pixel, whatever its
 * confidence.
 * Source: edit_propagation.ipynb of Tang et al., 2023.
 */
export async function warpEditAsPublished(
  { image }: PreparedEdit,
  target: Size,
  nearest: NearestPixels,
  protocol: PublishedEdit,
): Promise<WarpedEdit> {
  const pixels = randomPixels(image, protocol.points);
  const found = await nearest(pixels);
  const matches = pixels.map((pixel, n) => ({ source: pixel, target: found[n] ?? pixel, weight: 1 }));
  const transform = await publishedHomography(matches, protocol);
  if (transform === null) {
    const reason = 'No homography fits the nearest neighbours of the edit.';
    return { ok: false, reason, cause: 'no-agreement' };
  }
  const { width, height } = target;
  const warped = await warpStraightAlpha(image, transform, { width, height });
  if (warped.rgba.every((value, n) => n % 4 !== 3 || value === 0)) {
    return { ok: false, reason: 'All of the edit would lie outside the target.', cause: 'outside-target' };
  }
  const residuals = matches.map((match) => residual(transform, match)).filter((px) => px <= protocol.thresholdPx);
  const fit = toFit(transform, residuals, matches.length);
  return { ok: true, fit, placed: { box: { x: 0, y: 0, w: width, h: height }, image: warped } };
}

/** Samples `count` pixels of the edit that are not fully transparent, without replacement. */
function randomPixels({ width, rgba }: RgbaImage, count: number): Point[] {
  const opaque: number[] = [];
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) if (rgba[4 * pixel + 3] !== 0) opaque.push(pixel);
  const random = seededRandom(SEED);
  const sampled = Math.min(count, opaque.length);
  for (let n = 0; n < sampled; n++) {
    const other = n + Math.floor(random() * (opaque.length - n));
    [opaque[n], opaque[other]] = [opaque[other] ?? 0, opaque[n] ?? 0];
  }
  return opaque.slice(0, sampled).map((pixel) => ({ x: pixel % width, y: Math.floor(pixel / width) }));
}

/** Converts from pixel centres, OpenCV's origin, to pixel corners. */
function toFit(ofCentres: Homography, residuals: readonly number[], samples: number): FittedTransform {
  const transform = normalise(compose(translation(0.5, 0.5), compose(ofCentres, translation(-0.5, -0.5))));
  const inliers = residuals.length;
  const residualPx = inliers === 0 ? 0 : median(residuals);
  return { kind: 'homography', transform, inliers, samples, residualPx, confidence: inliers / samples };
}
