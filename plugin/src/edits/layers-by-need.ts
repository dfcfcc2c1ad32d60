import type { Design } from '../shared/design.js';
import type { Edit } from './edit.js';
import { childrenOf, instanceAbove, layersInOrder, parentOf, subtreeOf } from './tree.js';

/**
 * The layers of base whose counterparts a merge needs: first those that edits are about, then those around them, then all
 * others outside of instances, from which the scale and the colour map are computed. A caller with a limit takes the first
 * ones.
 */
export function layersByNeed(edits: readonly Edit[], base: Design, ours: Design): string[] {
  const subjects = edits.flatMap((edit) => [
    edit.layerId,
    ...('parentId' in edit ? [edit.parentId] : []),
    ...(edit.kind === 'remove' ? subtreeIds(base, edit.layerId) : []),
  ]);
  const around = edits.flatMap((edit) =>
    edit.kind === 'set' ? [] : siblingIds(edit.kind === 'remove' ? base : ours, edit.layerId),
  );
  const others = layersInOrder(base).sort((a, b) => Number(isNested(base, a.id)) - Number(isNested(base, b.id)));
  const ids = new Set([...subjects, ...around, ...others.map(({ id }) => id)]);
  return [...ids].filter((id) => base.layers[id] !== undefined && id !== base.rootId);
}

function subtreeIds(design: Design, layerId: string): string[] {
  const layer = design.layers[layerId];
  return layer === undefined ? [] : subtreeOf(design, layer).map(({ id }) => id);
}

function siblingIds(design: Design, layerId: string): string[] {
  const layer = design.layers[layerId];
  const parent = layer === undefined ? null : parentOf(design, layer);
  return parent === null ? [] : [parent.id, ...childrenOf(design, parent).map(({ id }) => id)];
}

function isNested(design: Design, layerId: string): boolean {
  const layer = design.layers[layerId];
  return layer !== undefined && instanceAbove(design, layer) !== null;
}
