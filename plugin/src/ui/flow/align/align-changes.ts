import { describeEdit } from '../../../edits/describe-edit.js';
import type { Edit } from '../../../edits/edit.js';
import { EDIT_KINDS, type EditKind, editKind } from '../../../edits/edit-kind.js';
import { layerLabel } from '../../../edits/format-value.js';
import { count } from '../../../shared/text.js';
import type { Difference } from '../edits/edits-difference.js';

/** All changes of one layer. */
export interface ChangeGroup {
  /** Unique in the list: the layer's id in the first version, for an added layer that in the second. */
  layerId: string;
  name: string;
  /** `text`, `frame` … */
  type: string;
  edits: readonly Edit[];
  /** The layer on the canvas: in the second version, or in the first if it was removed. */
  nodeId: string;
  isRemoved: boolean;
  /** The least confidence that both layers are the same one. */
  confidence: number;
}

export type ChangeFilter = 'all' | EditKind;

/** The changes by layer, in the order of the second version. Removed layers are the last. */
export function changeGroups({ base, ours, edits }: Difference): ChangeGroup[] {
  const byLayer = new Map<string, Edit[]>();
  for (const edit of edits) byLayer.set(edit.layerId, [...(byLayer.get(edit.layerId) ?? []), edit]);
  return [...byLayer].map(([layerId, own]): ChangeGroup => {
    const isRemoved = ours.layers[layerId] === undefined;
    const design = isRemoved ? base : ours;
    return {
      ...{ layerId, isRemoved, edits: own, name: layerLabel(design, layerId) },
      type: (design.layers[layerId]?.type ?? 'layer').toLowerCase().replace(/_/g, ' '),
      nodeId: (isRemoved ? null : ours.alignment?.[layerId]?.ownId) ?? layerId,
      confidence: Math.min(...own.map(({ confidence }) => confidence)),
    };
  });
}

/** The groups with the changes of one kind. */
export function filterChanges(groups: readonly ChangeGroup[], filter: ChangeFilter): ChangeGroup[] {
  if (filter === 'all') return [...groups];
  return groups.flatMap((group) => {
    const edits = group.edits.filter((edit) => editKind(edit) === filter);
    return edits.length === 0 ? [] : [{ ...group, edits }];
  });
}

/** The number of changes of each kind, and of all. */
export function changeAmounts({ edits }: Difference): Record<ChangeFilter, number> {
  const amounts = { all: edits.length, text: 0, look: 0, layout: 0, component: 0, structure: 0 };
  for (const edit of edits) amounts[editKind(edit)] += 1;
  return amounts;
}

/** The filters that show something. */
export function usefulFilters(amounts: Record<ChangeFilter, number>): ChangeFilter[] {
  return ['all' as const, ...EDIT_KINDS].filter((filter) => filter === 'all' || amounts[filter] > 0);
}

/** `7 changes in 5 layers` */
export function changesSummary(groups: readonly ChangeGroup[]): string {
  const edits = groups.reduce((sum, group) => sum + group.edits.length, 0);
  return `${count(edits, 'change')} in ${count(groups.length, 'layer')}`;
}

/** The list as plain text, for a ticket or a message. */
export function changesAsText(
  difference: Difference,
  groups: readonly ChangeGroup[],
  names: { before: string; after: string },
): string {
  const lines = groups.map(({ name, type, edits }) => {
    const own = edits.map((edit) => {
      const { what, before, after } = describeEdit(edit, difference.base, difference.ours);
      const values = [before, after].filter((value) => value !== '').join(' → ');
      return `- ${values === '' ? what : `${what}: ${values}`}`;
    });
    return [`${name} (${type})`, ...own].join('\n');
  });
  const title = `Changes from “${names.before}” to “${names.after}”: ${changesSummary(groups)}`;
  return `${[title, ...lines].join('\n\n')}\n`;
}
