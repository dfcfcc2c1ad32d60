import type { FittedTransform } from '@samepoint/shared-protocol';
import type { RgbaImage, RgbImage } from '../../images/decode.js';
import { toRgba } from '../../images/pixels.js';
import type { Size } from '../../images/resize.js';
import { fitRegion, type RegionSettings } from '../transforms/fit-region.js';
import type { Refusal } from '../transforms/refusal.js';
import { pointsAllOver } from './edit-points.js';
import { identityFit } from './identical-images.js';
import type { FitChoice, RegionMatches } from './warp-edit.js';
import type { PlacedImage } from './warp-image.js';

/**
 * Settings for two whole images. One may be a small part of the other, and both may be largely empty. In unrelated images up
 * to a sixth of the matches are inliers.
 */
const ALIGNMENT = {
  points: 600,
  fit: {
    transform: 'auto',
    estimator: 'magsac',
    tolerance: 5 / 768,
    minConfidence: 0.1,
    minInliers: 16,
    minInlierShare: 0.2,
    minVisible: 0.1,
  } satisfies RegionSettings,
};

export type Alignment = { ok: true; fit: FittedTransform } | ({ ok: false } & Refusal);

/** Fits one transform from the source to the target, by matches all over the source. */
export async function alignImages(
  source: Size,
  target: Size,
  match: RegionMatches,
  { transform = ALIGNMENT.fit.transform, estimator = ALIGNMENT.fit.estimator }: FitChoice,
): Promise<Alignment> {
  const points = pointsAllOver(source, ALIGNMENT.points);
  const whole = { x: 0, y: 0, w: source.width, h: source.height };
  const settings = { ...ALIGNMENT.fit, transform, estimator };
  return fitRegion(whole, points, await match(points), source, target, settings);
}

/** The alignment of two images with identical pixels. */
export function alignIdentical({ transform }: FitChoice): Extract<Alignment, { ok: true }> {
  return { ok: true, fit: identityFit(ALIGNMENT.points, transform) };
}

/** How a comparison is drawn. */
const DRAWING = {
  /** Cells of the residual map along the longer side. */
  cells: 96,
  /** Mean difference, of 255, at the end of the colour map. */
  hottest: 96,
  /** The greatest change of contrast, as a factor. */
  maxGain: 4,
} as const;

const OPAQUE = 255;

/** Two aligned images compared. All images have the target's size. */
export interface Comparison {
  /** The part of the target that the source covers. */
  coverage: number;
  /** Mean colour difference there, 0 to 255. */
  difference: number;
  /** The mean of source and target where both exist; the target elsewhere. */
  overlay: RgbaImage;
  /** Mean difference of each cell, black to red to yellow to white; transparent outside the source. */
  residual: RgbaImage;
}

/**
 * Compares the aligned source with the target. First matches the brightness and contrast of each channel, so that neither
 * overlay nor residual shows a difference in exposure.
 */
export function compareAligned({ box, image }: PlacedImage, target: RgbImage): Comparison {
  const { width, height } = target;
  const shared = sharedPixels({ box, image }, target);
  const exposure = [0, 1, 2].map((c) => matchExposure(shared, image.rgba, target.rgb, c));
  const overlay = toRgba(target);
  const cellPx = Math.ceil(Math.max(width, height) / DRAWING.cells);
  const columns = Math.ceil(width / cellPx);
  const sums = new Float64Array(columns * Math.ceil(height / cellPx));
  const counts = new Uint32Array(sums.length);
  let total = 0;
  for (let n = 0; n < shared.length; n += 2) {
    const [from = 0, to = 0] = [shared[n], shared[n + 1]];
    let off = 0;
    for (let c = 0; c < 3; c++) {
      const mapped = exposure[c]?.(image.rgba[4 * from + c] ?? 0) ?? 0;
      const expected = target.rgb[3 * to + c] ?? 0;
      off += Math.abs(mapped - expected) / 3;
      overlay.rgba[4 * to + c] = Math.round((mapped + expected) / 2);
    }
    const cell = Math.floor(Math.floor(to / width) / cellPx) * columns + Math.floor((to % width) / cellPx);
    sums[cell] = (sums[cell] ?? 0) + off;
    counts[cell] = (counts[cell] ?? 0) + 1;
    total += off;
  }
  const pixels = shared.length / 2;
  const heat = (cell: number) => ((counts[cell] ?? 0) === 0 ? null : (sums[cell] ?? 0) / (counts[cell] ?? 1));
  return {
    coverage: pixels / (width * height),
    difference: pixels === 0 ? 0 : total / pixels,
    overlay,
    residual: drawHeat(target, cellPx, columns, heat),
  };
}

/** Indices of the pixels that exist in both: source, target, source, target, … */
function sharedPixels({ box, image }: PlacedImage, { width }: RgbImage): Uint32Array {
  const pairs = new Uint32Array(2 * image.width * image.height);
  let next = 0;
  for (let n = 0; n < image.width * image.height; n++) {
    if (image.rgba[4 * n + 3] !== OPAQUE) continue;
    pairs[next++] = n;
    pairs[next++] = (box.y + Math.floor(n / image.width)) * width + box.x + (n % image.width);
  }
  return pairs.subarray(0, next);
}

/**
 * The map of one channel that gives the source the target's mean and standard deviation; inverted if the channels are
 * negatively correlated, as between a light and a dark theme.
 */
function matchExposure(
  shared: Uint32Array,
  rgba: Uint8Array,
  rgb: Uint8Array,
  channel: number,
): (value: number) => number {
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let n = 0; n < shared.length; n += 2) {
    const [from, to] = [rgba[4 * (shared[n] ?? 0) + channel] ?? 0, rgb[3 * (shared[n + 1] ?? 0) + channel] ?? 0];
    a += from;
    b += to;
    aa += from * from;
    bb += to * to;
    ab += from * to;
  }
  // the sums are equal only if each pixel equals its counterpart
  if (aa === bb && aa === ab) return (value) => value;
  const count = Math.max(1, shared.length / 2);
  const [meanA, meanB] = [a / count, b / count];
  const ratio = Math.sqrt(Math.max(0, bb / count - meanB ** 2) / Math.max(0, aa / count - meanA ** 2));
  const size = Number.isFinite(ratio) ? Math.min(Math.max(ratio, 1 / DRAWING.maxGain), DRAWING.maxGain) : 1;
  const gain = ab / count < meanA * meanB ? -size : size;
  return (value) => Math.min(255, Math.max(0, (value - meanA) * gain + meanB));
}

function drawHeat(
  { width, height }: RgbImage,
  cellPx: number,
  columns: number,
  heat: (cell: number) => number | null,
): RgbaImage {
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const value = heat(Math.floor(Math.floor(i / width) / cellPx) * columns + Math.floor((i % width) / cellPx));
    if (value === null) continue;
    // red, then green, then blue rises
    const warmth = (3 * value) / DRAWING.hottest;
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = Math.round(OPAQUE * Math.min(1, Math.max(0, warmth - c)));
    rgba[4 * i + 3] = OPAQUE;
  }
  return { width, height, rgba };
}
