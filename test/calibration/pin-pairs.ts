import type { Box } from '@samepoint/shared-protocol';
import { seededRandom } from '../../daemon/test/support/random.js';
import { DARK, LIGHT } from '../figma-host/documents/theme.js';
import { ROW_LAYOUTS } from './draw-rows.js';
import { drawScreen } from './draw-screen.js';
import type { LayerPair } from './layer-pair.js';
import type { Screen, Shape } from './screen-content.js';
import { layersByPath } from './screen-layers.js';
import { LAYOUTS } from './screen-layouts.js';

/** Pixels per unit of the screen. */
const SCALE = 1.5;

const WIDTH = 375;
/** Of the target, in widths of the source. */
const FACTORS = [1.05, 1.15, 1.25, 1.4] as const;
const PINS = 14;
/** Side of a pin, in units of the screen. */
const PIN = 22;

/** A screen with pins on it, and the same screen in another width. */
export interface PinPair extends LayerPair {
  factor: number;
  /** Each pin in the source, and where it belongs in the target: with what it marks. Both in pixels. */
  pins: readonly { source: Box; target: Box }[];
}

/**
 * Screens with pins at corners of icons, texts, pictures, buttons and cards, in another width.
 * @param count number of screens, each in every width; equal counts give equal pairs
 */
export async function* pinPairs(count: number): AsyncGenerator<PinPair> {
  for (let seed = 0; seed < count; seed++) {
    for (const factor of FACTORS) yield await pinPair(seed, factor);
  }
}

async function pinPair(seed: number, factor: number): Promise<PinPair> {
  const random = seededRandom(seed);
  const [first, second] = [screenOf(seed, WIDTH), screenOf(seed, Math.round(WIDTH * factor))];
  const there = new Map(second.shapes.map((shape) => [shape.key, shape]));
  const marked = first.shapes
    .flatMap((from) => {
      const to = there.get(from.key);
      return canBeMarked(from, WIDTH) && to !== undefined ? [{ from, to, order: random() }] : [];
    })
    .sort((a, b) => a.order - b.order)
    .slice(0, PINS);
  const pins = marked.map(({ from, to }, n) => ({ source: pinAt(from, n), target: pinAt(to, n) }));
  const pinned = { ...first, shapes: [...first.shapes, ...pins.flatMap(({ source }, n) => drawPin(source, n))] };
  const theme = seed % 2 === 0 ? LIGHT : DARK;
  const image = (screen: Screen, of: typeof LIGHT) =>
    drawScreen(screen, of, { x: 0, y: 0, width: screen.width, height: screen.height }, SCALE);
  return {
    name: `pins ${seed}, ${factor}`,
    change: 'width',
    factor,
    source: { image: await image(pinned, LIGHT), layers: layersByPath(first, SCALE, true) },
    target: { image: await image(second, theme), layers: layersByPath(second, SCALE, true) },
    truth: new Map(),
    pins: pins.map(({ source, target }) => ({ source: toPixels(source), target: toPixels(target) })),
  };
}

function screenOf(seed: number, width: number): Screen {
  const [rows, drawn] = [ROW_LAYOUTS, LAYOUTS.slice(0, 3)];
  const n = Math.floor(seed / 2);
  if (seed % 2 === 0) {
    const contents = [0, 1, 2, 3, 4, 5];
    return rows[n % rows.length]?.(seed, { contents, width }) ?? { width, height: 0, shapes: [] };
  }
  const version = { width, density: 1, leftOut: new Set<number>(), insertedAt: -1 };
  return drawn[n % drawn.length]?.(seed, version) ?? { width, height: 0, shapes: [] };
}

/** Not a line or a bar across the screen, whose corners are those of the screen. */
function canBeMarked({ w, h, look }: Shape, width: number): boolean {
  return look.kind !== 'box' || (h > PIN && w < width);
}

/** At the upper right corner, beside the right edge, or at the lower left corner. */
function pinAt({ x, y, w, h }: Shape, n: number): Box {
  const [cx, cy] = [
    [x + w, y],
    [x + w + 0.7 * PIN, y + h / 2],
    [x, y + h],
  ][n % 3] ?? [x, y];
  return { x: (cx ?? 0) - PIN / 2, y: (cy ?? 0) - PIN / 2, w: PIN, h: PIN };
}

function drawPin({ x, y, w, h }: Box, n: number): Shape[] {
  return [
    { key: `pin-${n}`, x, y, w, h, look: { kind: 'box', role: 'badge', radius: PIN / 2 } },
    {
      key: `pin-${n}/number`,
      x: x + 7,
      y: y + 5,
      w: 8,
      h: 12,
      look: { kind: 'text', role: 'onAccent', text: String(n + 1), style: 'Bold' },
    },
  ];
}

function toPixels({ x, y, w, h }: Box): Box {
  return { x: x * SCALE, y: y * SCALE, w: w * SCALE, h: h * SCALE };
}
