import type { Placement } from '@samepoint/shared-protocol';
import { withIdsOf } from '../../../edits/align-designs.js';
import { diffDesigns } from '../../../edits/diff-designs.js';
import type { Edit } from '../../../edits/edit.js';
import type { Counterpart } from '../../../edits/merged-edit.js';
import type { Design } from '../../../shared/design.js';
import type { ExportedItem } from '../../../shared/messages.js';

/** The counterparts of layers, by the id of the layer of the source. */
export type Counterparts = { readonly [layerId: string]: Counterpart };

/** What differs between two versions of a frame. */
export interface Difference {
  base: Design;
  /** The second version with the ids of the first. */
  ours: Design;
  edits: readonly Edit[];
}

/** @param sameLayers of the first version in the second; null if both have the same ids */
export function differenceOf(base: Design, changed: Design, sameLayers: Counterparts | null): Difference {
  const ours = sameLayers === null ? changed : withIdsOf(base, changed, sameLayers);
  return { base, ours, edits: diffDesigns(base, ours) };
}

/** The counterparts that placements name. */
export function counterpartsOf(items: readonly ExportedItem[], placements: readonly Placement[]): Counterparts {
  const layerIds = new Map(items.map(({ item }) => [item.itemId, item.kind === 'layer' ? item.layerId : null]));
  return Object.fromEntries(
    placements.flatMap((placement): [string, Counterpart][] => {
      const sourceId = layerIds.get(placement.itemId);
      if (placement.kind !== 'layer' || sourceId === null || sourceId === undefined) return [];
      const { layerId, confidence } = placement;
      return [[sourceId, { layerId, confidence, runnersUp: placement.runnersUp ?? [] }]];
    }),
  );
}
