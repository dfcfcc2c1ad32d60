import type { FailedTarget } from '../frame-problems.js';
import { passesFilter } from './preview-choices.js';
import type { PreviewGroup, PreviewRow } from './preview-rows.js';
import type { PreviewState } from './preview-state.js';

/** An entry of the list of a preview. */
export type PreviewItem =
  | { kind: 'failed'; key: string; target: FailedTarget }
  | { kind: 'group'; key: string; group: PreviewGroup }
  | { kind: 'row'; key: string; row: PreviewRow }
  | { kind: 'correction'; key: string; row: PreviewRow };

/** The list in order: failed targets, then each target with the rows that pass the filter. */
export function previewItems(
  groups: readonly PreviewGroup[],
  failed: readonly FailedTarget[],
  { filter, correcting }: Pick<PreviewState, 'filter' | 'correcting'>,
): PreviewItem[] {
  const shownFailed = filter === 'all' ? failed : [];
  return [
    ...shownFailed.map((target): PreviewItem => ({ kind: 'failed', key: `failed ${target.nodeId}`, target })),
    ...groups.flatMap(({ target, rows }): PreviewItem[] => {
      const shown = rows.filter((row) => passesFilter(row, filter));
      if (shown.length === 0 && filter !== 'all') return [];
      const group = { target, rows: shown };
      return [
        { kind: 'group', key: target.nodeId, group },
        ...shown.flatMap((row) => rowItems(row, row.key === correcting)),
      ];
    }),
  ];
}

function rowItems(row: PreviewRow, isCorrecting: boolean): PreviewItem[] {
  const item: PreviewItem = { kind: 'row', key: row.key, row };
  return isCorrecting ? [item, { kind: 'correction', key: `correction ${row.key}`, row }] : [item];
}
