import type { Point } from '@samepoint/shared-protocol';

/** The base of PCK is this part of the diagonal of the box around the joints. */
const BOX_PART = 0.6;

/**
 * How far each joint was found from the truth in one frame, as a part of the size of the person in that frame; null for
 * joints that were not found. Joints that were not found do not count for the size either.
 * Source: eval_pck.py of Li et al., Joint-task Self-supervised Learning for Temporal Correspondence (UVC), 2019.
 */
export function jointErrors(truth: readonly Point[], found: readonly (Point | null)[]): (number | null)[] {
  const seen = truth.filter((_, joint) => found[joint] != null);
  const span = (values: number[]) => Math.max(...values) - Math.min(...values);
  const base = BOX_PART * Math.hypot(span(seen.map(({ x }) => x)), span(seen.map(({ y }) => y)));
  return truth.map(({ x, y }, joint) => {
    const own = found[joint];
    // where all joints are one point, nothing but that point is right
    return own == null ? null : Math.hypot(own.x - x, own.y - y) / Math.max(base, Number.EPSILON);
  });
}

/**
 * PCK in percent: the mean over joints of the share of frames where the joint is at most `alpha` off. Null where no joint
 * was found in any frame.
 * @param frames the errors of every frame of every video but the first frames, each in the order of the joints
 */
export function jointPck(frames: readonly (readonly (number | null)[])[], alpha: number): number | null {
  const joints = Math.max(0, ...frames.map(({ length }) => length));
  const shares = Array.from({ length: joints }, (_, joint) => {
    const errors = frames.flatMap((frame) => frame[joint] ?? []);
    return errors.length === 0 ? [] : [errors.filter((error) => error <= alpha).length / errors.length];
  }).flat();
  return shares.length === 0 ? null : (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length;
}
