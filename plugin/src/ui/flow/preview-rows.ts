import type { Box, Placement } from '@samepoint/shared-protocol';
import type { AcceptedPlacement } from '../../shared/messages.js';
import { PREVIEW_TUNING } from '../tuning.js';
import type { HashedFrame } from './build-request.js';
import type { Previewing, Work } from './flow-state.js';
import { itemBox, placementBox } from './regions.js';

/** What applying a row would do: put it where it belongs, leave a note on the canvas, or nothing. */
export type Outcome = 'place' | 'note' | 'none';

/** One item in one target, as the preview shows it. */
export interface PreviewRow {
  key: string;
  targetId: string;
  placement: Placement;
  label: string;
  detail: string;
  outcome: Outcome;
  confidence: number;
  /** In pixels of the two exports. */
  sourceBox: Box | null;
  targetBox: Box | null;
}

export interface PreviewGroup {
  target: HashedFrame;
  rows: PreviewRow[];
}

/** The result as the designer sees it: by target in the order of the picks, items in the order of the source. */
export function previewGroups(work: Work, result: Previewing['result'], sourceId: string): PreviewGroup[] {
  const source = work.frames.find((frame) => frame.nodeId === sourceId);
  return result.targets.flatMap(({ targetId, placements }) => {
    const target = work.frames.find((frame) => frame.nodeId === targetId);
    if (target === undefined) return [];
    const rows = work.items.flatMap((exported) => {
      const placement = placements.find(({ itemId }) => itemId === exported.item.itemId);
      if (placement === undefined) return [];
      const { label, detail, item } = exported;
      const targetBox = placementBox(placement, item, target.layers);
      return {
        key: `${targetId} ${item.itemId}`,
        targetId,
        placement,
        label,
        detail,
        outcome: outcomeOf(placement),
        confidence: placement.confidence,
        sourceBox: itemBox(item, source?.layers ?? []),
        targetBox,
      };
    });
    return { target, rows };
  });
}

/** A layer item without a layer still has a place; it becomes a note there. */
export function outcomeOf(placement: Placement): Outcome {
  switch (placement.kind) {
    case 'point':
      return placement.point === null ? 'none' : 'place';
    case 'box':
      return placement.box === null ? 'none' : 'place';
    case 'layer':
      if (placement.layerId !== null) return 'place';
      return placement.box === null ? 'none' : 'note';
    case 'overlay':
      return placement.transform === null ? 'none' : 'place';
  }
}

/** The rows that are included before the designer touches anything: everything sure enough to have a place. */
export function includedAtFirst(groups: readonly PreviewGroup[]): ReadonlySet<string> {
  const rows = groups.flatMap((group) => group.rows);
  return new Set(
    rows.filter((row) => row.outcome !== 'none' && row.confidence >= PREVIEW_TUNING.includeFrom).map((row) => row.key),
  );
}

/** What goes to the main thread: the included rows that have a place at all. */
export function acceptedPlacements(
  groups: readonly PreviewGroup[],
  included: ReadonlySet<string>,
): AcceptedPlacement[] {
  return groups.flatMap((group) =>
    group.rows
      .filter((row) => row.outcome !== 'none' && included.has(row.key))
      .map(({ targetId, placement }) => ({ targetId, placement })),
  );
}
