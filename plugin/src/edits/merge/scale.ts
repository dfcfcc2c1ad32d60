import type { Value } from '../../shared/design.js';
import { type Pair, recordKey } from './context.js';

/** Ratios that differ by less than this are the same scale. */
const TOLERANCE = 0.03;
/** The scale must hold for this share of all ratios, else it is 1. */
const QUORUM = 0.5;
/** With fewer ratios the frames decide. */
const LEAST_RATIOS = 3;
/** Pairs below this confidence are ignored. */
const LEAST_CONFIDENCE = 0.5;

/**
 * How many times longer fixed lengths are in the target. The median of the ratios of font sizes and of the sizes of
 * leaves; of the two axes the one that changes less, since another width stretches only one. 1 unless most agree. With
 * fewer than three ratios that of the frames.
 */
export function scaleOf(pairs: readonly Pair[], written: ReadonlySet<string>): number {
  const ratios = pairs
    .filter(({ confidence }) => confidence >= LEAST_CONFIDENCE)
    .flatMap((pair) => [...fontRatio(pair, written), ...leafRatio(pair, written)])
    .sort((a, b) => a - b);
  const median = ratios[ratios.length >> 1];
  if (median === undefined || ratios.length < LEAST_RATIOS) return scaleOfRoots(pairs, ratios);
  const near = ratios.filter((ratio) => Math.abs(ratio / median - 1) < TOLERANCE);
  if (near.length < ratios.length * QUORUM || Math.abs(median - 1) < TOLERANCE) return 1;
  return near[near.length >> 1] ?? 1;
}

/** With little left to compare: the ratio of the frames, if it is the same along both axes and no other ratio differs. */
function scaleOfRoots(pairs: readonly Pair[], ratios: readonly number[]): number {
  const root = pairs.find(({ before }) => before.parentId === null);
  const [x] = root === undefined ? [] : ratio(root.before.width, root.after.width);
  const [y] = root === undefined ? [] : ratio(root.before.height, root.after.height);
  if (x === undefined || y === undefined || Math.abs(x - 1) < TOLERANCE) return 1;
  return [y, ...ratios].every((one) => Math.abs(one / x - 1) < TOLERANCE) ? x : 1;
}

/** Their sizes follow from texts or contents. */
const NO_LEAVES: ReadonlySet<string> = new Set(['TEXT', 'FRAME', 'COMPONENT', 'INSTANCE', 'SECTION']);

function fontRatio({ before, after }: Pair, written: ReadonlySet<string>): number[] {
  if (written.has(recordKey(after.id, 'fontSize'))) return [];
  return ratio(before.props.fontSize, after.props.fontSize);
}

function leafRatio({ before, after }: Pair, written: ReadonlySet<string>): number[] {
  if (before.childIds.length > 0 || after.childIds.length > 0 || NO_LEAVES.has(before.type)) return [];
  if (written.has(recordKey(after.id, 'resize')) || before.type !== after.type) return [];
  const [x] = ratio(before.width, after.width);
  const [y] = ratio(before.height, after.height);
  if (x === undefined || y === undefined) return [];
  return [Math.abs(Math.log(x)) < Math.abs(Math.log(y)) ? x : y];
}

function ratio(before: Value | undefined, after: Value | undefined): number[] {
  if (typeof before !== 'number' || typeof after !== 'number') return [];
  return before > 0.5 && after > 0.5 ? [after / before] : [];
}
