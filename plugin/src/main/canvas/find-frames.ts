import type { Problem } from '../../shared/messages.js';
import { blockedReason } from './frame-summaries.js';
import { type FrameLike, findFrame } from './nodes.js';

export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** A target that cannot be exported, and why. */
export interface FailedFrame {
  nodeId: string;
  name: string;
  problem: Problem;
}

export interface FoundFrames {
  /** First those that are needed, then the targets. */
  frames: FrameLike[];
  failed: FailedFrame[];
}

/** Finds frames, each once. A target that is deleted or blocked does not stop the others, unless all are. */
export async function findFrames(
  neededIds: readonly string[],
  targetIds: readonly string[],
): Promise<Outcome<FoundFrames>> {
  const found: FoundFrames = { frames: [], failed: [] };
  for (const nodeId of new Set([...neededIds, ...targetIds])) {
    const frame = await findUsable(nodeId);
    if (frame.ok) found.frames.push(frame.value);
    else if (neededIds.includes(nodeId)) return frame;
    else found.failed.push({ nodeId, name: (await findFrame(nodeId))?.name ?? 'Frame', problem: frame.problem });
  }
  const [first] = found.failed;
  const hasTargets = found.frames.some(({ id }) => !neededIds.includes(id));
  return first === undefined || hasTargets ? { ok: true, value: found } : { ok: false, problem: first.problem };
}

async function findUsable(nodeId: string): Promise<Outcome<FrameLike>> {
  const frame = await findFrame(nodeId);
  if (frame === null) {
    return { ok: false, problem: { message: 'A selected frame was deleted.', hint: 'Choose the frames again.' } };
  }
  const blocked = blockedReason(frame);
  if (blocked !== null) return { ok: false, problem: { message: blocked, hint: 'Or choose other frames.' } };
  return { ok: true, value: frame };
}
