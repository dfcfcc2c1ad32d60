import type { FailedTarget } from '../frame-problems.js';
import { passesFilter } from './edits-choices.js';
import { type EditGroup, type EditRow, type EditsTarget, editRows } from './edits-rows.js';
import type { EditsPreview } from './edits-state.js';

/** An entry of the list: everything that the preview shows below its summary. */
export type EditsItem =
  | { kind: 'failed'; key: string; target: FailedTarget }
  | { kind: 'warning'; key: string; target: EditsTarget; warning: string }
  | { kind: 'section'; key: string; section: Section; rows: number }
  | { kind: 'group'; key: string; group: EditGroup; isOpen: boolean }
  | { kind: 'row'; key: string; row: EditRow; isCorrecting: boolean }
  | { kind: 'correction'; key: string; row: EditRow };

/** Sections of the groups by edit; groups by frame have one section. */
export type Section = EditGroup['kind'];

/** The list in order: failed targets, warnings, then groups in sections with the rows of those that are open. */
export function editsItems(preview: EditsPreview): EditsItem[] {
  const { failed, targets, groupBy, filter, expanded, correcting } = preview;
  const { byEdit, byFrame } = editRows(preview);
  const groups = (groupBy === 'edit' ? byEdit : byFrame).flatMap((group) => filtered(group, filter));
  const items: EditsItem[] = filter === 'all' ? noticeItems(failed, targets) : [];
  let section: Section | null = null;
  for (const group of groups) {
    if (group.kind !== section) {
      section = group.kind;
      const rows = groups.filter(({ kind }) => kind === section).reduce((sum, each) => sum + each.rows.length, 0);
      items.push({ kind: 'section', key: `section ${section}`, section, rows });
    }
    const isOpen = expanded.has(group.key);
    items.push({ kind: 'group', key: `group ${group.key}`, group, isOpen });
    if (isOpen) items.push(...group.rows.flatMap((row) => rowItems(row, row.key === correcting)));
  }
  return items;
}

function filtered(group: EditGroup, filter: EditsPreview['filter']): EditGroup[] {
  if (filter === 'all') return [group];
  const rows = group.rows.filter((row) => passesFilter(row, filter));
  return rows.length === 0 ? [] : [{ ...group, rows }];
}

function noticeItems(failed: readonly FailedTarget[], targets: readonly EditsTarget[]): EditsItem[] {
  return [
    ...failed.map((target): EditsItem => ({ kind: 'failed', key: `failed ${target.nodeId}`, target })),
    ...targets.flatMap((target) =>
      [...target.edits.warnings, ...(target.isMirrored ? [MIRRORED] : [])].map((warning): EditsItem => {
        return { kind: 'warning', key: `warning ${target.frame.nodeId} ${warning}`, target, warning };
      }),
    ),
  ];
}

/** Follows the name of the frame. */
const MIRRORED = 'is laid out the other way across: moves are mirrored there, edits of sides and corners are not.';

function rowItems(row: EditRow, isCorrecting: boolean): EditsItem[] {
  const item: EditsItem = { kind: 'row', key: row.key, row, isCorrecting };
  return isCorrecting ? [item, { kind: 'correction', key: `correction ${row.key}`, row }] : [item];
}
