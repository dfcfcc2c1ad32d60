import type { Box, Layer } from '@samepoint/shared-protocol';
import { centre, contains } from '../transforms/boxes.js';

/** Which layers say something of another one, and how exactly they have to lie as they did. */
const CONTEXT = {
  /** The nearest ones are enough, besides the parent. */
  neighbours: 8,
  /** Layers that lie side by side belong together rather than those one above the other. */
  downFactor: 2,
  /** Rows and columns may move apart by this part of their distance as spacing and width change … */
  stretch: { x: 0.4, y: 0.3 },
  /** … and by this part of the target's longer side whatever the distance. */
  slack: 0.012,
  /** Beyond this many times what is allowed, it is another place. */
  farOff: 2.5,
  /** Is one in the other here and beside it there, they hardly are the same two. */
  otherNesting: 0.3,
} as const;

/**
 * For each layer the indices of those that it is seen together with: its parent and the nearest ones.
 * @param isAsked none are looked up for other layers
 */
export function companionsOf(layers: readonly Layer[], isAsked: (layer: Layer) => boolean = () => true): number[][] {
  const indexById = new Map(layers.map(({ layerId }, n) => [layerId, n]));
  return layers.map((layer, n) => {
    if (!isAsked(layer)) return [];
    const from = centre(layer.box);
    const nearest = layers
      .map(({ box }, other) => {
        const to = centre(box);
        return { other, distance: Math.hypot(from.x - to.x, CONTEXT.downFactor * (from.y - to.y)) };
      })
      .filter(({ other }) => other !== n)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, CONTEXT.neighbours)
      .map(({ other }) => other);
    const parent = layer.parentId === undefined ? undefined : indexById.get(layer.parentId);
    return parent === undefined || parent === n ? nearest : [...new Set([parent, ...nearest])];
  });
}

/** Two boxes of one screen. */
export type BoxPair = readonly [Box, Box];

/**
 * Does the second box lie to the first in the target as in the source? Sides may be aligned left, right or in the middle,
 * so the best of the three counts.
 * @param scale target pixels a source pixel
 * @returns 1 for just so, towards 0 for another place
 */
export function sameRelation(source: BoxPair, target: BoxPair, scale: number, targetSidePx: number): number {
  const slackPx = CONTEXT.slack * targetSidePx;
  const [[a, b], [to, other]] = [source, target];
  const down = Math.min(
    offBy(b.y - a.y, other.y - to.y, scale, slackPx, CONTEXT.stretch.y),
    offBy(middle(b.y, b.h, a.y, a.h), middle(other.y, other.h, to.y, to.h), scale, slackPx, CONTEXT.stretch.y),
    offBy(b.y + b.h - a.y - a.h, other.y + other.h - to.y - to.h, scale, slackPx, CONTEXT.stretch.y),
  );
  if (down > CONTEXT.farOff) return 0;
  const across = Math.min(
    offBy(b.x - a.x, other.x - to.x, scale, slackPx, CONTEXT.stretch.x),
    offBy(middle(b.x, b.w, a.x, a.w), middle(other.x, other.w, to.x, to.w), scale, slackPx, CONTEXT.stretch.x),
    offBy(b.x + b.w - a.x - a.w, other.x + other.w - to.x - to.w, scale, slackPx, CONTEXT.stretch.x),
  );
  if (across > CONTEXT.farOff) return 0;
  const nesting = isNested(source) === isNested(target) ? 1 : CONTEXT.otherNesting;
  return nesting * Math.exp(-(across ** 2 + down ** 2) / 2);
}

/** From the middle of the second side to that of the first. */
function middle(start: number, length: number, otherStart: number, otherLength: number): number {
  return start + length / 2 - otherStart - otherLength / 2;
}

/** How far a distance differs from the one in the source, in what is allowed. */
function offBy(source: number, target: number, scale: number, slackPx: number, stretch: number): number {
  return Math.abs(target - source * scale) / (slackPx + stretch * Math.abs(source * scale));
}

function isNested([a, b]: BoxPair): boolean {
  return (contains(a, centre(b)) && b.w * b.h < a.w * a.h) || (contains(b, centre(a)) && a.w * a.h < b.w * b.h);
}
