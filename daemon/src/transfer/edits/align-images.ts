import type { FittedTransform } from '@samepoint/shared-protocol';
import type { RgbaImage, RgbImage } from '../../images/decode.js';
import { toRgba } from '../../images/pixels.js';
import type { Size } from '../../images/resize.js';
import { fitRegion, type RegionSettings } from '../transforms/fit-region.js';
import { pointsAllOver } from './edit-points.js';
import { identityFit } from './identical-images.js';
import type { FitChoice, RegionMatches } from './warp-edit.js';
import type { PlacedImage } from './warp-image.js';

/**
 * Alignment of two whole images; one may be a small part of the other, and much of both may be empty. Images that show
 * different things agree on up to a sixth of what they seem to share.
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

export type Alignment = { ok: true; fit: FittedTransform } | { ok: false; reason: string };

/** One transform that takes the source to the target, from matches spread over all of it, or why there is none. */
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

/** The alignment of two images with the very same pixels. */
export function alignIdentical({ transform }: FitChoice): Extract<Alignment, { ok: true }> {
  return { ok: true, fit: identityFit(ALIGNMENT.points, transform) };
}

/** How a comparison is drawn. */
const DRAWING = {
  /** Cells of the residual map along the longer side. */
  cells: 96,
  /** Mean difference that is drawn as the hottest, of 255. */
  hottest: 96,
  /** Contrast is changed by at most this factor. */
  maxGain: 4,
} as const;

const OPAQUE = 255;

/** What can be seen once two images are aligned. All pictures have the target's size. */
export interface Comparison {
  /** Part of the target that the source covers. */
  coverage: number;
  /** Mean difference of the colours there, 0 to 255. */
  difference: number;
  /** Half source, half target where both are; the target elsewhere. */
  overlay: RgbaImage;
  /** Mean difference of each cell, black to red to yellow to white; transparent where there is no source. */
  residual: RgbaImage;
}

/**
 * Compares the aligned source with the target. The source first gets the target's brightness and contrast, channel by
 * channel, so that neither the overlay flickers nor the residual shows an exposure.
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
      const seen = exposure[c]?.(image.rgba[4 * from + c] ?? 0) ?? 0;
      const there = target.rgb[3 * to + c] ?? 0;
      off += Math.abs(seen - there) / 3;
      overlay.rgba[4 * to + c] = Math.round((seen + there) / 2);
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

/** Indices of pixels that are there in both: of the source's image and of the target, by turns. */
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
 * The change of one channel that gives the source the target's mean and standard deviation; turned over where the one is
 * light and the other dark.
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
  // equal sums of squares and of products only where each pixel equals its counterpart
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
    // three ramps, one after another: red, green, blue
    const warmth = (3 * value) / DRAWING.hottest;
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = Math.round(OPAQUE * Math.min(1, Math.max(0, warmth - c)));
    rgba[4 * i + 3] = OPAQUE;
  }
  return { width, height, rgba };
}
