import type { Design, DesignLayer } from '../../shared/design.js';
import { type Axis, childrenOf, containerOf, spanOf } from '../tree.js';

/** With fewer neighbours to compare, a target counts as laid out like base. */
const LEAST_NEIGHBOURS = 3;
/** Share of neighbours that must be in the opposite order across, and in the same order down. */
const QUORUM = 0.8;

/** What is known of counterparts: the layer of the target by the id in base. */
type CounterpartOf = (sourceLayerId: string) => DesignLayer | undefined;

/**
 * Whether the target is laid out from right to left and base from left to right, or the other way round: neighbours across
 * are in the opposite order, neighbours down in the same one.
 */
export function isMirrored(base: Design, theirs: Design, counterpartOf: CounterpartOf): boolean {
  const [across, down] = [neighbours(base, theirs, counterpartOf, 'x'), neighbours(base, theirs, counterpartOf, 'y')];
  const opposite = across.filter((isSame) => !isSame).length;
  if (across.length < LEAST_NEIGHBOURS || opposite < across.length * QUORUM) return false;
  return down.filter((isSame) => isSame).length >= down.length * QUORUM;
}

/** Whether each two neighbours of base along the axis are in the same order in the target; without those that overlap. */
function neighbours(base: Design, theirs: Design, counterpartOf: CounterpartOf, axis: Axis): boolean[] {
  return Object.values(base.layers).flatMap((parent) => {
    const children = childrenOf(base, parent).flatMap((before) => {
      const after = counterpartOf(before.id);
      return after === undefined
        ? []
        : [{ before: spanOf(before, axis), after: spanOf(after, axis), home: containerOf(theirs, after) }];
    });
    const sorted = children.sort((a, b) => a.before.start - b.before.start);
    return sorted.slice(1).flatMap((next, n) => {
      const last = sorted[n];
      if (last === undefined || last.home !== next.home || !isApart(last.before, next.before)) return [];
      return isApart(last.after, next.after) ? [last.after.start < next.after.start] : [];
    });
  });
}

type Span = ReturnType<typeof spanOf>;

function isApart(a: Span, b: Span): boolean {
  return a.start + a.length <= b.start || b.start + b.length <= a.start;
}
