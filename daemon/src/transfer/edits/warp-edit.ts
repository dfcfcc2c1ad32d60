import type { Box, Estimator, FittedTransform, Point, TransformChoice } from '@samepoint/shared-protocol';
import { SamepointError } from '@samepoint/shared-protocol';
import type { RgbaImage } from '../../images/decode.js';
import type { Size } from '../../images/resize.js';
import { type CheckedMatch, trustedPairs } from '../transforms/fit-region.js';
import type { Refusal } from '../transforms/refusal.js';
import { editBox, pointsAllOver, pointsAroundEdit, pointsInEdit } from './edit-points.js';
import { type EditMatches, fitEdit } from './fit-edit.js';
import { identityFit } from './identical-images.js';
import { type PlacedImage, warpImage } from './warp-image.js';

/**
 * Edit propagation (Tang et al., 2023, section 5.3). The paper samples 1000 random points of the edit. Low-discrepancy points
 * fit as well with a third of that, which leaves points for its surroundings.
 */
const EDIT = {
  points: { own: 400, near: 200, wide: 300 },
  /** Width of the surroundings, as part of the source's longer side. */
  margin: 0.1,
  /** Matches with less confidence are ignored. */
  minConfidence: 0.1,
} as const;

/** Matches points of the source, in pixels, with one target. */
export type RegionMatches = (points: readonly Point[]) => Promise<readonly CheckedMatch[]>;

/** What a request may choose. */
export interface FitChoice {
  transform?: TransformChoice | undefined;
  estimator?: Estimator | undefined;
}

/** An edit with the points of the source that place it. */
export interface PreparedEdit {
  image: RgbaImage;
  box: Box;
  points: { own: readonly Point[]; near: readonly Point[]; wide: readonly Point[] };
}

export type WarpedEdit =
  | { ok: true; fit: FittedTransform; placed: PlacedImage }
  /** `reason` is a full sentence, `fit` the rejected transform, if there is one. */
  | ({ ok: false; fit?: FittedTransform } & Refusal);

/** @throws SamepointError `BAD_REQUEST` if the edit is empty or its size differs from the source's */
export function prepareEdit(image: RgbaImage, source: Size): PreparedEdit {
  if (image.width !== source.width || image.height !== source.height)
    throw new SamepointError(
      'BAD_REQUEST',
      `The edit is ${image.width}×${image.height} pixels and its source ${source.width}×${source.height}.`,
      'Give an edit of the size of its source, transparent outside the changes.',
    );
  const box = editBox(image);
  if (box === null)
    throw new SamepointError(
      'BAD_REQUEST',
      'The edit is empty: all its pixels are transparent.',
      'Give an image that is opaque where the source changes.',
    );
  const marginPx = EDIT.margin * Math.max(source.width, source.height);
  return {
    image,
    box,
    points: {
      own: pointsInEdit(image, box, EDIT.points.own),
      near: pointsAroundEdit(image, box, marginPx, EDIT.points.near),
      wide: pointsAllOver(source, EDIT.points.wide),
    },
  };
}

/** Warps the edit to the part of the target that matches the source under it. */
export async function warpEdit(
  edit: PreparedEdit,
  source: Size,
  target: Size,
  match: RegionMatches,
  { transform = 'auto', estimator = 'magsac' }: FitChoice,
): Promise<WarpedEdit> {
  const { own, near, wide } = edit.points;
  const found = await match([...own, ...near, ...wide]);
  const trusted = (points: readonly Point[], start: number) =>
    trustedPairs(points, found.slice(start, start + points.length), EDIT.minConfidence);
  const matches = {
    own: trusted(own, 0),
    near: trusted(near, own.length),
    wide: trusted(wide, own.length + near.length),
    samples: samplesOf(edit),
  };
  const fitted = await fitEdit(matches, edit.box, source, target, { transform, estimator });
  return fitted.ok ? placeEdit(edit, fitted.fit, target) : fitted;
}

/** Places the edit in a target with the same pixels as the source. */
export function warpIdentical(edit: PreparedEdit, target: Size, { transform }: FitChoice): Promise<WarpedEdit> {
  const samples = samplesOf(edit);
  return placeEdit(edit, identityFit(samples.own + samples.near, transform), target);
}

function samplesOf({ points: { own, near } }: PreparedEdit): EditMatches['samples'] {
  return { own: own.length, near: near.length };
}

async function placeEdit(edit: PreparedEdit, fit: FittedTransform, target: Size): Promise<WarpedEdit> {
  const placed = await warpImage(edit.image, edit.box, fit.transform, target);
  return placed === null
    ? { ok: false, reason: 'All of the edit would lie outside the target.', cause: 'outside-target' }
    : { ok: true, fit, placed };
}
