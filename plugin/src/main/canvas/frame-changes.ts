import { ancestors } from './nodes.js';

/** Properties that neither show in an export nor move or name a layer. */
const UNSEEN: ReadonlySet<NodeChangeProperty> = new Set([
  'pluginData',
  'locked',
  'constraints',
  'exportSettings',
  'guides',
  'layoutGrids',
  'expanded',
  'reactions',
]);

/** Properties of a frame itself that say where it is, not what it shows. */
const PLACE: ReadonlySet<NodeChangeProperty> = new Set(['x', 'y', 'relativeTransform', 'parent', 'name']);

/** Which of the frames look different after the changes, and the ids of deleted nodes, whose frames are unknown. */
export function changedFrames(
  changes: readonly NodeChange[],
  frameIds: ReadonlySet<string>,
): { frameIds: string[]; deletedIds: string[] } {
  const changed = new Set<string>();
  const deletedIds: string[] = [];
  for (const change of changes) {
    const { node } = change;
    if (change.type === 'DELETE' || node.removed) {
      deletedIds.push(node.id);
      continue;
    }
    if (change.type === 'PROPERTY_CHANGE' && change.properties.every((property) => UNSEEN.has(property))) continue;
    if (change.type === 'PROPERTY_CHANGE' && frameIds.has(node.id) && change.properties.every(isPlace)) continue;
    for (const { id } of [node, ...ancestors(node)]) if (frameIds.has(id)) changed.add(id);
  }
  return { frameIds: [...changed], deletedIds };
}

function isPlace(property: NodeChangeProperty): boolean {
  return UNSEEN.has(property) || PLACE.has(property);
}
