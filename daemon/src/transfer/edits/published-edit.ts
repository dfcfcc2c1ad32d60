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
import { warpStraight } from './warp-image.js';

/** How an edit is carried over as published; see `presets.ts`. */
export type PublishedEdit = Extract<PublishedMatching, { kind: 'edit-propagation' }>;

/** Finds the pixels of one target nearest to pixels of the source. */
export type NearestPixels = (pixels: readonly Point[]) => Promise<readonly Point[]>;

/**
 * The published protocol where a request is to follow it: it asks for it, or names a preset that has one.
 * @returns undefined where Samepoint's own matching carries the edit over
 * @throws SamepointError `BAD_REQUEST` for choices that the published protocol does not leave open
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
    'The published matching of edits finds a homography by RANSAC; its transform and estimator cannot be chosen.',
    "Leave them out, or choose Samepoint's own matching (--matching samepoint).",
  );
}

/** Of the pixels that are drawn: the same edit is carried over in the same way in every run. */
const SEED = 0;

/**
 * Edit propagation as published: random pixels of the edit go to their nearest neighbours among all pixels of the target,
 * RANSAC finds a homography, and OpenCV warps the edit by it. Nothing is refused but what has no homography or shows
 * nothing: whether the matches are right is not asked.
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
  if (transform === null) return { ok: false, reason: 'No homography fits the nearest neighbours of the edit.' };
  const { width, height } = target;
  const warped = await warpStraight(image, transform, { width, height });
  if (warped.rgba.every((value, n) => n % 4 !== 3 || value === 0)) {
    return { ok: false, reason: 'All of the edit would lie outside the target.' };
  }
  const offs = matches.map((match) => residual(transform, match)).filter((off) => off <= protocol.thresholdPx);
  const fit = describe(transform, offs, matches.length);
  return { ok: true, fit, placed: { box: { x: 0, y: 0, w: width, h: height }, image: warped } };
}

/** Pixels of the edit that are not wholly transparent, `count` of them drawn without repetition. */
function randomPixels({ width, rgba }: RgbaImage, count: number): Point[] {
  const opaque: number[] = [];
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) if (rgba[4 * pixel + 3] !== 0) opaque.push(pixel);
  const random = seededRandom(SEED);
  const drawn = Math.min(count, opaque.length);
  for (let n = 0; n < drawn; n++) {
    const other = n + Math.floor(random() * (opaque.length - n));
    [opaque[n], opaque[other]] = [opaque[other] ?? 0, opaque[n] ?? 0];
  }
  return opaque.slice(0, drawn).map((pixel) => ({ x: pixel % width, y: Math.floor(pixel / width) }));
}

/** From the middles of pixels, as OpenCV counts, to their outer corners. */
function describe(ofCentres: Homography, offs: readonly number[], samples: number): FittedTransform {
  const transform = normalise(compose(translation(0.5, 0.5), compose(ofCentres, translation(-0.5, -0.5))));
  const inliers = offs.length;
  const residualPx = inliers === 0 ? 0 : median(offs);
  return { kind: 'homography', transform, inliers, samples, residualPx, confidence: inliers / samples };
}
