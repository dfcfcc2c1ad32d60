import type { Design, DesignLayer } from '../../shared/design.js';
import type { Change } from '../edit.js';
import { instanceAbove, layersInOrder } from '../tree.js';
import { longestIncreasing } from './longest-increasing.js';

/** The change of structure that a layer of ours is the subject of, or null. */
export function structureChange(
  base: Design,
  ours: Design,
  layer: DesignLayer,
  reordered: ReadonlySet<string>,
): Change | null {
  if (layer.id === ours.rootId || layer.parentId === null || instanceAbove(ours, layer) !== null) return null;
  const before = base.layers[layer.id];
  const previousSiblingId = previousSibling(ours, layer);
  if (before === undefined) {
    const isRoot = base.layers[layer.parentId] !== undefined;
    return isRoot ? { kind: 'add', parentId: layer.parentId, previousSiblingId } : null;
  }
  if (before.parentId !== layer.parentId) return { kind: 'reparent', parentId: layer.parentId, previousSiblingId };
  return reordered.has(layer.id) ? { kind: 'reorder', previousSiblingId } : null;
}

/** The fewest layers whose moves give the order of ours. */
export function reorderedLayers(base: Design, ours: Design): Set<string> {
  const reordered = new Set<string>();
  for (const parent of Object.values(ours.layers)) {
    const before = base.layers[parent.id];
    if (before === undefined || parent.childIds.length < 2) continue;
    const places = new Map(before.childIds.map((id, n) => [id, n]));
    const stayed = parent.childIds.filter((id) => places.has(id));
    const kept = new Set(longestIncreasing(stayed.map((id) => places.get(id) ?? 0)));
    stayed.forEach((id, n) => {
      if (!kept.has(n)) reordered.add(id);
    });
  }
  return reordered;
}

/** Layers of base that are gone and whose parent is not. */
export function removedLayers(base: Design, ours: Design): DesignLayer[] {
  return layersInOrder(base).filter(
    (layer) =>
      ours.layers[layer.id] === undefined &&
      layer.parentId !== null &&
      ours.layers[layer.parentId] !== undefined &&
      instanceAbove(base, layer) === null,
  );
}

function previousSibling(design: Design, layer: DesignLayer): string | null {
  const siblings = layer.parentId === null ? [] : (design.layers[layer.parentId]?.childIds ?? []);
  return siblings[siblings.indexOf(layer.id) - 1] ?? null;
}
