import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Box, Homography, Point } from '@samepoint/shared-protocol';
import { readPairs } from '../../daemon/src/eval/datasets/pairs.js';
import { decodeImage, type RgbaImage, type RgbImage } from '../../daemon/src/images/decode.js';
import type { Size } from '../../daemon/src/images/resize.js';
import { compose, project, scaling, translation } from '../../daemon/src/transfer/transforms/projective.js';
import { fitTransform } from '../../daemon/src/transfer/transforms/robust-estimator.js';
import { warpImage } from '../../daemon/test/support/busy-image.js';
import { seededRandom } from '../../daemon/test/support/random.js';
import { drawScreen } from '../calibration/draw-screen.js';
import type { Shape } from '../calibration/screen-content.js';
import { LAYOUTS } from '../calibration/screen-layouts.js';
import { DARK, LIGHT } from '../figma-host/documents/theme.js';

/** Side of an edit relative to the source's longer side, and number of edits per pair. */
export const EDIT_SIZES = {
  small: { side: [0.02, 0.04], count: 4 },
  medium: { side: [0.08, 0.12], count: 2 },
  large: { side: [0.25, 0.4], count: 1 },
} as const;
export type EditSize = keyof typeof EDIT_SIZES;

/** An edit, and the pair to warp it with. */
export interface EditCase {
  size: EditSize;
  box: Box;
}

/** Two images of one screen, related by a known transform. */
export interface WarpPair {
  name: string;
  source: RgbImage;
  target: RgbImage;
  /** Source pixels → target pixels. */
  truth: Homography;
  edits: readonly EditCase[];
}

/** How a drawn target differs from its source; every third also has perspective. */
const CHANGES = {
  width: [340, 480],
  pixelsPerUnit: [0.8, 1.6],
  dark: 0.5,
  cropped: 0.5,
  /** Fraction of the height that a crop keeps. */
  kept: [0.55, 0.85],
  angleEvery: 3,
  /** Rotation in radians, and change of scale across the image. */
  turn: 0.06,
  perspective: 0.15,
} as const;

/** Draws a pair determined by the seed. */
export async function drawWarpPair(seed: number): Promise<WarpPair> {
  const random = seededRandom(seed);
  const layout = LAYOUTS[seed % LAYOUTS.length];
  if (layout === undefined) throw new Error('every seed has a layout');
  const version = { width: between(random, CHANGES.width), density: 1, leftOut: new Set<number>(), insertedAt: -1 };
  const screen = layout(seed, version);
  const whole = { x: 0, y: 0, width: screen.width, height: screen.height };
  const kept = random() < CHANGES.cropped ? screen.height * between(random, CHANGES.kept) : screen.height;
  const view = { ...whole, y: random() * (screen.height - kept), height: kept };
  const source = await drawScreen(screen, LIGHT, whole, between(random, CHANGES.pixelsPerUnit));
  const theme = random() < CHANGES.dark ? DARK : LIGHT;
  const flat = await drawScreen(screen, theme, view, between(random, CHANGES.pixelsPerUnit));
  const toUnits = scaling(screen.width / source.width, screen.height / source.height);
  const toView = compose(scaling(flat.width / view.width, flat.height / view.height), translation(-view.x, -view.y));
  const angle = seed % CHANGES.angleEvery === 0 ? atAngle(random, flat) : null;
  const truth = compose(toView, toUnits);
  const unit = source.width / screen.width;
  const middles = screen.shapes
    .filter(isThing)
    .map(({ x, y, w, h }) => ({ x: (x + w / 2) * unit, y: (y + h / 2) * unit }));
  const transform = angle === null ? truth : compose(angle, truth);
  return {
    name: `drawn-${seed}`,
    source,
    target: angle === null ? flat : warpImage(flat, angle, flat),
    truth: transform,
    edits: placeEdits(random, source, middles),
  };
}

/**
 * Reads the pairs of a folder for `eval pairs`, if a single affine maps all points.
 * @throws SamepointError `BAD_REQUEST`; Error if no affine fits
 */
export async function readWarpPairs(folder: string): Promise<WarpPair[]> {
  const pairs = await readPairs(folder);
  return Promise.all(
    pairs.map(async ({ source, target, sourcePoints, targetPoints }, seed) => {
      const matches = sourcePoints.map((point, n) => ({ source: point, target: targetPoints[n] ?? point, weight: 1 }));
      const outcome = await fitTransform('affine', matches, { estimator: 'ransac', tolerancePx: 1 });
      if (!outcome.ok || outcome.fit.inliers.length < matches.length)
        throw new Error(`No affine maps the points of ${source} to ${target}.`);
      const image = await decodeImage(await readFile(join(folder, source)));
      return {
        name: source,
        source: image,
        target: await decodeImage(await readFile(join(folder, target))),
        truth: outcome.fit.transform,
        edits: placeEdits(seededRandom(seed), image, sourcePoints),
      };
    }),
  );
}

/** The edit as an image, opaque inside its box. */
export function editImage({ width, height }: Size, { x, y, w, h }: Box): RgbaImage {
  const rgba = new Uint8Array(width * height * 4);
  for (let row = y; row < y + h; row++) rgba.fill(255, (row * width + x) * 4, (row * width + x + w) * 4);
  return { width, height, rgba };
}

/** Fraction of the edit inside the target under the known transform. */
export function visiblePart(box: Box, truth: Homography, { width, height }: Size): number {
  const inside = pointsOf(box).filter((point) => {
    const { x, y } = project(truth, point);
    return x >= 0 && y >= 0 && x <= width && y <= height;
  });
  return inside.length / pointsOf(box).length;
}

/** Mean distance over the edit between the estimated and the known transform, in target pixels. */
export function warpError(box: Box, truth: Homography, found: Homography): number {
  const points = pointsOf(box);
  const offs = points.map((point) => {
    const [a, b] = [project(truth, point), project(found, point)];
    return Math.hypot(a.x - b.x, a.y - b.y);
  });
  return offs.reduce((sum, off) => sum + off, 0) / points.length;
}

/** Corners, edge midpoints and centre. */
function pointsOf({ x, y, w, h }: Box): Point[] {
  return Array.from({ length: 9 }, (_, n) => ({ x: x + ((n % 3) * w) / 2, y: y + (Math.floor(n / 3) * h) / 2 }));
}

/** Boxes around the centres, clipped to the image. */
function placeEdits(random: () => number, { width, height }: Size, middles: readonly Point[]): EditCase[] {
  const sizes = Object.keys(EDIT_SIZES) as EditSize[];
  return sizes.flatMap((size) =>
    Array.from({ length: EDIT_SIZES[size].count }, () => {
      const { x, y } = middles[Math.floor(random() * middles.length)] ?? { x: width / 2, y: height / 2 };
      const side = between(random, EDIT_SIZES[size].side) * Math.max(width, height);
      const [left, top] = [Math.max(0, Math.round(x - side / 2)), Math.max(0, Math.round(y - side / 2))];
      const [right, bottom] = [Math.min(width, Math.round(x + side / 2)), Math.min(height, Math.round(y + side / 2))];
      return { size, box: { x: left, y: top, w: right - left, h: bottom - top } };
    }),
  );
}

/** A slight rotation around the centre with perspective. */
function atAngle(random: () => number, { width, height }: Size): Homography {
  const angle = CHANGES.turn * (2 * random() - 1);
  const lean = () => (CHANGES.perspective * (2 * random() - 1)) / Math.max(width, height);
  const [cos, sin] = [0.9 * Math.cos(angle), 0.9 * Math.sin(angle)];
  const around: Homography = [cos, -sin, 0, sin, cos, 0, lean(), lean(), 1];
  return compose(translation(width / 2, height / 2), compose(around, translation(-width / 2, -height / 2)));
}

/** Backgrounds and lines are not edited. */
function isThing({ w, h, look }: Shape): boolean {
  return look.kind !== 'box' || (w < 120 && h > 4);
}

function between(random: () => number, [low, high]: readonly [number, number]): number {
  return low + random() * (high - low);
}
