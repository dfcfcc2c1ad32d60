import type { Box, Layer } from '@samepoint/shared-protocol';

/** Layers whose sides differ by less than this factor are of one size. */
const SAME_SIZE_FACTOR = 1.15;

/** Which of the layers like it a layer is, as one reads: 0 to `count` − 1. */
export interface Rank {
  index: number;
  count: number;
}

/**
 * For every layer its place among those of its type and size, such as the rows of a list or their titles: the top first,
 * side by side the left first. Parents do not matter, as the same rows may be nested in another way.
 */
export function rankAmongPeers(layers: readonly Layer[]): Rank[] {
  const byType = new Map<string, Layer[]>();
  for (const layer of layers) byType.set(layer.type, [...(byType.get(layer.type) ?? []), layer]);
  return layers.map((layer) => {
    const peers = (byType.get(layer.type) ?? []).filter((other) => isPeer(layer, other));
    const before = peers.filter((other) => other !== layer && isBefore(other.box, layer.box));
    return { index: before.length, count: peers.length };
  });
}

/** How well two ranks fit: 1 counted from the top or from the bottom, as lists grow at either end; less for each step. */
export function rankLikeness(one: Rank, other: Rank): number {
  const fromTop = Math.abs(one.index - other.index);
  const fromBottom = Math.abs(one.count - one.index - (other.count - other.index));
  return 1 / (1 + Math.min(fromTop, fromBottom));
}

/** Words are as wide as they happen to be, so only their height counts. */
function isPeer(a: Layer, b: Layer): boolean {
  const isText = a.text !== undefined && b.text !== undefined;
  return isSameSize(a.box.h, b.box.h) && (isText || isSameSize(a.box.w, b.box.w));
}

function isSameSize(a: number, b: number): boolean {
  return Math.max(a, b) <= SAME_SIZE_FACTOR * Math.min(a, b);
}

function isBefore(a: Box, b: Box): boolean {
  const down = b.y + b.h / 2 - (a.y + a.h / 2);
  const isSameLine = Math.abs(down) < Math.max(a.h, b.h) / 2;
  return isSameLine ? a.x < b.x : down > 0;
}
