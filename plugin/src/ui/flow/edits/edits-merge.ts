import type { Placement, TransferResult } from '@samepoint/shared-protocol';
import { isMirrored } from '../../../edits/merge/mirrored.js';
import { merge } from '../../../edits/merge.js';
import type { Flow, Run } from '../state.js';
import { counterpartsOf, differenceOf } from './edits-difference.js';
import type { EditsMerge, EditsTarget } from './edits-rows.js';
import type { Correction } from './edits-state.js';

/** All edits of the source merged into each target; null if source or second version was not compared. */
export function mergeAll(flow: Flow, run: Run, result: TransferResult): EditsMerge | null {
  const { source, after } = flow.picks;
  const base = run.frames.find(({ nodeId }) => nodeId === source?.nodeId)?.edits?.design;
  const placements = placementsByTarget(result);
  if (base === undefined) return null;
  const difference = after === null ? null : placements.get(after.nodeId);
  const changed = after === null ? run.after : run.frames.find(({ nodeId }) => nodeId === after.nodeId)?.edits?.design;
  if (changed === null || changed === undefined || difference === undefined) return null;
  const sameLayers = difference === null ? null : counterpartsOf(run.items, difference);
  const { ours, edits } = differenceOf(base, changed, sameLayers);
  const targets = run.frames.flatMap((frame): EditsTarget[] => {
    const placed = placements.get(frame.nodeId);
    if (placed === undefined || frame.edits === undefined || frame.nodeId === after?.nodeId) return [];
    return [
      withMerge({ base, ours, edits }, { frame, edits: frame.edits, counterparts: counterpartsOf(run.items, placed) }),
    ];
  });
  return { base, ours, edits, targets };
}

function placementsByTarget(result: TransferResult): Map<string, readonly Placement[]> {
  return new Map(
    result.targets.flatMap((target) => (target.state === 'failed' ? [] : [[target.targetId, target.placements]])),
  );
}

function withMerge(
  { base, ours, edits }: Omit<EditsMerge, 'targets'>,
  target: Omit<EditsTarget, 'merged' | 'isMirrored'>,
): EditsTarget {
  const { counterparts } = target;
  const { design: theirs, applied } = target.edits;
  const counterpartOf = (id: string) => theirs.layers[counterparts[id]?.layerId ?? ''];
  const merged = merge({ base, ours, edits, theirs, counterparts, applied });
  return { ...target, merged, isMirrored: isMirrored(base, theirs, counterpartOf) };
}

/**
 * The targets with one of them merged again by a counterpart that the designer chose. A layer that the target has no more
 * changes nothing.
 */
export function correctTargets(
  merge: EditsMerge,
  { targetId, sourceLayerId, layerId }: Correction,
): readonly EditsTarget[] {
  const target = merge.targets.find(({ frame }) => frame.nodeId === targetId);
  const isThere = layerId === null || target?.edits.design.layers[layerId] !== undefined;
  if (target === undefined || !isThere) return merge.targets;
  const former = target.counterparts[sourceLayerId];
  const known = [
    ...(former?.layerId == null ? [] : [{ layerId: former.layerId, confidence: former.confidence }]),
    ...(former?.runnersUp ?? []),
  ];
  const runnersUp = known.filter((each) => each.layerId !== layerId);
  const counterparts = { ...target.counterparts, [sourceLayerId]: { layerId, confidence: 1, runnersUp } };
  const again = withMerge(merge, { frame: target.frame, edits: target.edits, counterparts });
  return merge.targets.map((each) => (each === target ? again : each));
}
