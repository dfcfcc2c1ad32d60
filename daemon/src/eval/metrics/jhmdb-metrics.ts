import type { Point } from '@samepoint/shared-protocol';

/** The PCK base relative to the diagonal of the bounding box of the joints. */
const BOX_FRACTION = 0.6;

/**
 * Error of each joint in one frame, relative to the size of the person; null for joints that were not found. Those joints
 * are also excluded from the size.
 * Source: eval_pck.py of Li et al., Joint-task Self-supervised Learning for Temporal Correspondence (UVC), 2019.
 */
export function jointErrors(truth: readonly Point[], found: readonly (Point | null)[]): (number | null)[] {
  const present = truth.filter((_, joint) => found[joint] != null);
  const span = (values: number[]) => Math.max(...values) - Math.min(...values);
  const base = BOX_FRACTION * Math.hypot(span(present.map(({ x }) => x)), span(present.map(({ y }) => y)));
  return truth.map(({ x, y }, joint) => {
    const own = found[joint];
    // if all joints coincide, only an exact match is correct
    return own == null ? null : Math.hypot(own.x - x, own.y - y) / Math.max(base, Number.EPSILON);
  });
}

/**
 * PCK in percent: mean over joints of the fraction of frames with an error of at most `alpha`. Null if no joint was found
 * in any frame.
 * @param frames errors of all frames of all videos, except first frames, in the order of the joints
 */
export function jointPck(frames: readonly (readonly (number | null)[])[], alpha: number): number | null {
  const joints = Math.max(0, ...frames.map(({ length }) => length));
  const fractions = Array.from({ length: joints }, (_, joint) => {
    const errors = frames.flatMap((frame) => frame[joint] ?? []);
    return errors.length === 0 ? [] : [errors.filter((error) => error <= alpha).length / errors.length];
  }).flat();
  return fractions.length === 0 ? null : (100 * fractions.reduce((sum, share) => sum + share, 0)) / fractions.length;
}
