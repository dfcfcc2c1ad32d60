import type { Box, Estimator, FittedTransform, Point, TransformChoice } from '@samepoint/shared-protocol';
import { SamepointError } from '@samepoint/shared-protocol';
import type { ExplainedMatch } from '../correspond/match-points.js';
import type { RgbaImage } from '../images/decode.js';
import type { Size } from '../images/resize.js';
import { editBox, pointsInEdit } from './edit-region.js';
import { fitRegion, type RegionSettings } from './fit-region.js';
import { fitOfSame } from './same-picture.js';
import { type PlacedImage, warpImage } from './warp-image.js';

/**
 * Edit propagation (Tang et al., 2023, section 5.3), with their tolerance at their size. They take 1000 points; placed
 * evenly instead of by chance, a third of them fits as well.
 */
const EDIT = {
  points: 400,
  fit: {
    transform: 'auto',
    estimator: 'magsac',
    tolerance: 5 / 768,
    minConfidence: 0.1,
    minInliers: 8,
    minInlierShare: 0.4,
    minVisible: 0.5,
  } satisfies RegionSettings,
};

/** Finds the counterparts of source points in one target. */
export type RegionMatches = (points: readonly Point[]) => Promise<readonly ExplainedMatch[]>;

/** What may be chosen; the rest is as in the table. */
export interface FitChoice {
  transform?: TransformChoice | undefined;
  estimator?: Estimator | undefined;
}

/** An edit with the points of the source whose matches place it. */
export interface PreparedEdit {
  image: RgbaImage;
  box: Box;
  points: readonly Point[];
}

export type WarpedEdit =
  | { ok: true; fit: FittedTransform; placed: PlacedImage }
  /** `reason` is a sentence for people. */
  | { ok: false; reason: string };

/** @throws SamepointError `BAD_REQUEST` where the edit has another size than the source, or nothing in it */
export function prepareEdit(image: RgbaImage, source: Size): PreparedEdit {
  if (image.width !== source.width || image.height !== source.height)
    throw new SamepointError(
      'BAD_REQUEST',
      `The edit is ${image.width}×${image.height} pixels and its source ${source.width}×${source.height}.`,
      'Give an edit of the size of its source, transparent where nothing was changed.',
    );
  const box = editBox(image);
  if (box === null)
    throw new SamepointError(
      'BAD_REQUEST',
      'The edit is empty: every pixel of it is transparent.',
      'Give an image that is opaque where the source was changed.',
    );
  return { image, box, points: pointsInEdit(image, box, EDIT.points) };
}

/** Puts the edit where the target shows what the source shows under it, or says why it cannot. */
export async function warpEdit(
  edit: PreparedEdit,
  source: Size,
  target: Size,
  match: RegionMatches,
  { transform = EDIT.fit.transform, estimator = EDIT.fit.estimator }: FitChoice,
): Promise<WarpedEdit> {
  const matches = await match(edit.points);
  const settings = { ...EDIT.fit, transform, estimator };
  const fitted = await fitRegion(edit.box, edit.points, matches, source, target, settings);
  return fitted.ok ? placeEdit(edit, fitted.fit, target) : fitted;
}

/** Puts the edit into a target that has the very pixels of the source. */
export function warpEditToSame(edit: PreparedEdit, target: Size, { transform }: FitChoice): Promise<WarpedEdit> {
  return placeEdit(edit, fitOfSame(edit.points.length, transform), target);
}

async function placeEdit(edit: PreparedEdit, fit: FittedTransform, target: Size): Promise<WarpedEdit> {
  const placed = await warpImage(edit.image, edit.box, fit.transform, target);
  return placed === null
    ? { ok: false, reason: 'All of the edit would lie outside the target.' }
    : { ok: true, fit, placed };
}
