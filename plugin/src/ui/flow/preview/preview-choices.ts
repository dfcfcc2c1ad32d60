import type { AcceptedPlacement } from '../../../shared/messages.js';
import { CONFIDENCE } from './confidence.js';
import type { PreviewGroup, PreviewRow } from './preview-rows.js';
import type { PreviewFilter, PreviewState } from './preview-state.js';

/** What decides about the rows. */
type Choices = Pick<PreviewState, 'threshold' | 'choices'>;

/**
 * Whether Apply writes a row. Until the designer decides, that is what reaches the threshold, notes too: their confidence
 * is that of the place. What someone has changed stays as it is.
 */
export function isIncluded({ threshold, choices }: Choices, row: PreviewRow): boolean {
  if (row.outcome === 'none') return false;
  return choices.get(row.key) ?? (row.changedTo === null && row.confidence >= threshold);
}

/** Whether a group is on, off or partly on; null if it has nothing to switch. */
export function groupState(choices: Choices, rows: readonly PreviewRow[]): boolean | 'mixed' | null {
  const switched = rows.filter(canSwitch);
  const on = switched.filter((row) => isIncluded(choices, row)).length;
  if (switched.length === 0) return null;
  return on === 0 ? false : on === switched.length ? true : 'mixed';
}

/** Whether the checkbox of a group and "All" switch the row on. Conflicts are decided one by one. */
export function canSwitch({ outcome, changedTo }: PreviewRow): boolean {
  return outcome !== 'none' && changedTo === null;
}

/** The included placements that have an outcome. */
export function acceptedPlacements(groups: readonly PreviewGroup[], choices: Choices): AcceptedPlacement[] {
  return groups.flatMap(({ target, rows }) =>
    rows
      .filter((row) => isIncluded(choices, row))
      .map(({ placement, end }) => ({
        targetId: target.nodeId,
        placement: withoutRunnersUp(placement),
        ...(end === undefined ? {} : { end: withoutRunnersUp(end) }),
      })),
  );
}

/** Only the preview needs them. */
function withoutRunnersUp(placement: AcceptedPlacement['placement']): AcceptedPlacement['placement'] {
  if (placement.kind !== 'layer') return placement;
  const { runnersUp: _, ...rest } = placement;
  return rest;
}

/** Whether a row is shown. Doubtful is a place that is not sure; not found is what has no layer, also if it becomes a note. */
export function passesFilter({ outcome, confidence, changedTo }: PreviewRow, filter: PreviewFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'doubtful':
      return outcome === 'place' && changedTo === null && confidence < CONFIDENCE.high;
    case 'conflicts':
      return changedTo !== null;
    case 'missing':
      return outcome !== 'place';
  }
}
