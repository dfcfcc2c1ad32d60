import type { Box, Point } from '@samepoint/shared-protocol';
import type { RgbImage } from '../../daemon/src/images/decode.js';
import { seededRandom } from '../../daemon/test/support/random.js';
import { DARK, LIGHT, type Theme } from '../figma-host/documents/theme.js';
import { measureText } from '../figma-host/fonts.js';
import { drawScreen, type View } from './draw-screen.js';
import type { Screen, Shape } from './screen-content.js';
import { LAYOUTS, type Version } from './screen-layouts.js';

/** Probabilities and ranges of the changes in the second version of a drawn screen. */
const CHANGES = {
  width: [340, 480],
  density: [0.9, 1.25],
  pixelsPerUnit: [0.8, 1.6],
  dark: 0.5,
  leftOut: 0.15,
  inserted: 0.3,
  cropped: 0.35,
  /** Share of the height after a crop. */
  kept: [0.55, 0.85],
} as const;

const POINTS_PER_PAIR = 24;
const BOXES_PER_PAIR = 8;

/** Parts of every screen. In another screen their counterparts are ambiguous. */
export const COMMON = /^(bar|tab|tabs|search)\b/;

/** Maximum offset of a point from the centre of its box, as a share of the box. */
const OFF_MIDDLE = 0.3;

/** A point or box of the source and its position in the target; null if it is missing there. */
export interface Truth<T extends Point | Box> {
  source: T;
  truth: T | null;
  /** Whether other screens may contain it too. */
  common: boolean;
}

/** Two versions of one screen. */
export interface DrawnPair {
  name: string;
  source: RgbImage;
  target: RgbImage;
  points: readonly Truth<Point>[];
  boxes: readonly Truth<Box>[];
}

/** A rendered version of a screen. */
interface DrawnVersion {
  screen: Screen;
  /** The part of the screen in the image. */
  view: View;
  /** Pixels per unit. */
  scale: number;
  image: RgbImage;
}

export interface DrawnVersions {
  first: DrawnVersion;
  second: DrawnVersion;
}

/** A pair that depends on the seed alone. */
export async function drawPair(seed: number): Promise<DrawnPair> {
  const random = seededRandom(seed);
  const { first, second } = await versionsOf(seed, random);
  const scales = { source: first.scale, target: second.scale };
  const things = matchThings(random, first.screen, second.screen);
  return {
    name: `drawn-${seed}`,
    source: first.image,
    target: second.image,
    points: things.slice(0, POINTS_PER_PAIR).map((thing) => pointIn(thing, random, second.view, scales)),
    boxes: things.slice(0, BOXES_PER_PAIR).map((thing) => boxOf(thing, second.view, scales)),
  };
}

/**
 * The two versions of the pair of a seed.
 * @param reword changes the texts of the second version
 */
export async function drawVersions(seed: number, reword?: (text: string) => string): Promise<DrawnVersions> {
  return versionsOf(seed, seededRandom(seed), reword);
}

async function versionsOf(seed: number, random: () => number, reword = (text: string) => text): Promise<DrawnVersions> {
  const layout = LAYOUTS[seed % LAYOUTS.length];
  if (layout === undefined) throw new Error('every seed has a layout');
  const first = layout(seed, { width: between(random, CHANGES.width), density: 1, leftOut: new Set(), insertedAt: -1 });
  const second = withWords(layout(seed, changedVersion(random)), reword);
  const scales = { source: between(random, CHANGES.pixelsPerUnit), target: between(random, CHANGES.pixelsPerUnit) };
  const whole = { x: 0, y: 0, width: first.width, height: first.height };
  const view = random() < CHANGES.cropped ? crop(random, second) : { ...whole, ...sizeOf(second) };
  const dark = random() < CHANGES.dark;
  const draw = async (screen: Screen, theme: Theme, view: View, scale: number): Promise<DrawnVersion> => {
    return { screen, view, scale, image: await drawScreen(screen, theme, view, scale) };
  };
  return {
    first: await draw(first, LIGHT, whole, scales.source),
    second: await draw(second, dark ? DARK : LIGHT, view, scales.target),
  };
}

function withWords(screen: Screen, reword: (text: string) => string): Screen {
  const shapes = screen.shapes.map((shape): Shape => {
    if (shape.look.kind !== 'text') return shape;
    const text = reword(shape.look.text);
    return {
      ...shape,
      w: measureText(text, { family: 'Inter', style: shape.look.style }, shape.h),
      look: { ...shape.look, text },
    };
  });
  return { ...screen, shapes };
}

function changedVersion(random: () => number): Version {
  const leftOut = new Set(Array.from({ length: 10 }, (_, row) => row).filter(() => random() < CHANGES.leftOut));
  return {
    width: between(random, CHANGES.width),
    density: between(random, CHANGES.density),
    leftOut,
    insertedAt: random() < CHANGES.inserted ? Math.floor(random() * 3) : -1,
  };
}

function crop(random: () => number, screen: Screen): View {
  const height = screen.height * between(random, CHANGES.kept);
  return { x: 0, y: random() * (screen.height - height), width: screen.width, height };
}

/** A shape of the first version and its counterpart in the second. */
interface Thing {
  from: Shape;
  to: Shape | null;
}

interface Scales {
  source: number;
  target: number;
}

/** Shapes with their counterparts, in random order. */
function matchThings(random: () => number, first: Screen, second: Screen): Thing[] {
  const counterparts = new Map(second.shapes.map((shape) => [shape.key, shape]));
  const things = first.shapes.filter(isThing).map((from) => ({ from, to: counterparts.get(from.key) ?? null }));
  return things
    .map((thing) => ({ thing, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ thing }) => thing);
}

function pointIn({ from, to }: Thing, random: () => number, view: View, scales: Scales): Truth<Point> {
  const part = { x: 0.5 + OFF_MIDDLE * (2 * random() - 1), y: 0.5 + OFF_MIDDLE * (2 * random() - 1) };
  const at = ({ x, y, w, h }: Shape) => ({ x: x + part.x * w, y: y + part.y * h });
  const source = at(from);
  const truth = to === null ? null : at(to);
  return {
    source: { x: source.x * scales.source, y: source.y * scales.source },
    truth: truth !== null && inView(truth, view) ? toPixels(truth, view, scales.target) : null,
    common: COMMON.test(from.key),
  };
}

function boxOf({ from, to }: Thing, view: View, scales: Scales): Truth<Box> {
  const scaled = ({ w, h }: Shape, scale: number) => ({ w: w * scale, h: h * scale });
  const middle = to === null ? null : { x: to.x + to.w / 2, y: to.y + to.h / 2 };
  const visible = to !== null && middle !== null && inView(middle, view);
  return {
    source: { x: from.x * scales.source, y: from.y * scales.source, ...scaled(from, scales.source) },
    truth: visible ? { ...toPixels(to, view, scales.target), ...scaled(to, scales.target) } : null,
    common: COMMON.test(from.key),
  };
}

function toPixels({ x, y }: Point, view: View, scale: number): Point {
  return { x: (x - view.x) * scale, y: (y - view.y) * scale };
}

/** Backgrounds and lines are excluded. */
function isThing({ w, h, look }: Shape): boolean {
  return look.kind !== 'box' || (w < 120 && h > 4);
}

function inView({ x, y }: Point, view: View): boolean {
  return x >= view.x && y >= view.y && x < view.x + view.width && y < view.y + view.height;
}

function sizeOf({ width, height }: Screen) {
  return { width, height };
}

function between(random: () => number, [low, high]: readonly [number, number]): number {
  return low + random() * (high - low);
}
