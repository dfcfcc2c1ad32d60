import type { Box, Layer } from '@samepoint/shared-protocol';

/** Layers whose sides differ by at most this factor have the same size. */
const SAME_SIZE_FACTOR = 1.15;

/** The position of a layer among its peers in reading order, 0 to `count` − 1. */
export interface Rank {
  index: number;
  count: number;
}

/**
 * Ranks every layer among those of its type and size, such as the rows of a list or their titles: top to bottom, then left to
 * right. Ignores parents, as the same rows may be nested differently.
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

/** 1 if both ranks are equal from the top or from the bottom, as lists grow at either end; less for each step. */
export function rankLikeness(one: Rank, other: Rank): number {
  const fromTop = Math.abs(one.index - other.index);
  const fromBottom = Math.abs(one.count - one.index - (other.count - other.index));
  return 1 / (1 + Math.min(fromTop, fromBottom));
}

/** The width of text varies, so only its height counts. */
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
