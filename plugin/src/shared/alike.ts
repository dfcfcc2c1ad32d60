/** What decides whether two frames look alike. */
export interface FrameLook {
  nodeId: string;
  name: string;
  width: number;
  height: number;
}

/** Frames of one size may differ by this much, in canvas units. */
const SIZE_TOLERANCE = 1;

/**
 * The frames whose name has the pattern of the source's, and those of its size, without the source itself. A frame can be
 * in both lists.
 */
export function framesAlike<Frame extends FrameLook>(source: FrameLook, frames: readonly Frame[]) {
  const others = frames.filter(({ nodeId }) => nodeId !== source.nodeId);
  const pattern = namePattern(source.name);
  return {
    byName: others.filter(({ name }) => namePattern(name) === pattern),
    bySize: others.filter((frame) => isOfSize(source, frame)),
  };
}

/** A name without numbers, separators and case: `Inbox / 02 (copy)` and `inbox-3 copy` have the same. */
export function namePattern(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();
}

function isOfSize(one: FrameLook, other: FrameLook): boolean {
  return [one.width - other.width, one.height - other.height].every((gap) => Math.abs(gap) <= SIZE_TOLERANCE);
}
