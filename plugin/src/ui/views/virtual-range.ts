/** Distances in CSS pixels beyond the visible part in which a virtual list draws items, too. */
export const OVERSCAN_PX = 200;

/** The top of each item, and as the last entry the bottom of the last one. */
export function offsetsOf(heights: readonly number[]): number[] {
  const offsets = [0];
  let end = 0;
  for (const height of heights) {
    end += height;
    offsets.push(end);
  }
  return offsets;
}

/** The index of the item that covers `y`: the first for a `y` above all, the last for one below all; -1 for no items. */
export function indexAt(offsets: readonly number[], y: number): number {
  let low = 0;
  let high = offsets.length - 2;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return Math.min(low, high);
}

export interface VisiblePart {
  /** Relative to the top of the list; negative while the list starts below the top of its scroller. */
  top: number;
  height: number;
}

/** Indices of the items to draw, in order: those in view, the sticky one above them, and the one with the focus. */
export function drawnIndices(
  offsets: readonly number[],
  { top, height }: VisiblePart,
  kept: readonly number[],
): number[] {
  const last = offsets.length - 2;
  if (last < 0) return [];
  const indices = new Set(kept.filter((index) => index >= 0 && index <= last));
  const end = indexAt(offsets, top + height + OVERSCAN_PX);
  for (let index = indexAt(offsets, top - OVERSCAN_PX); index <= end; index += 1) indices.add(index);
  return [...indices].sort((one, other) => one - other);
}

/** The last index below `end` whose item passes; -1 for none. */
export function lastIndexBefore<Item>(items: readonly Item[], end: number, passes: (item: Item) => boolean): number {
  for (let index = Math.min(end, items.length) - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item !== undefined && passes(item)) return index;
  }
  return -1;
}
