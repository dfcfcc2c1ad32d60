import type { MergedEdit } from '../../src/edits/merged-edit.js';
import { inWriteOrder } from '../../src/edits/write-order.js';
import type { Design, DesignLayer } from '../../src/shared/design.js';
import type { AppliedRecord, Operation, Write } from '../../src/shared/operation.js';

/** The operations of changes that are included, and the proposals of conflicts. */
export function operationsOf(merged: readonly MergedEdit[]): Operation[] {
  return merged.flatMap(({ outcome }) => {
    if (outcome.kind === 'change' && outcome.include !== 'never') return [outcome.operation];
    return outcome.kind === 'conflict' && outcome.proposal !== null ? [outcome.proposal] : [];
  });
}

/** Writes operations to a design without laying it out, and returns their records. Copies have the prefix `c-`. */
export function replay(theirs: Design, ours: Design, operations: readonly Operation[]) {
  const layers: { [id: string]: DesignLayer } = { ...theirs.layers };
  const records: AppliedRecord[] = [];
  for (const { write, record } of inWriteOrder(operations)) {
    writeOne(layers, ours, write);
    records.push(write.kind === 'add' ? { ...record, layerId: `c-${write.sourceLayerId}` } : record);
  }
  return { design: { ...theirs, layers }, records };
}

function writeOne(layers: { [id: string]: DesignLayer }, ours: Design, write: Write): void {
  if (write.kind === 'add') {
    copy(layers, ours, write.sourceLayerId, null, new Set(write.without));
    place(layers, `c-${write.sourceLayerId}`, write);
    for (const { sourceLayerId, property, value } of write.colours ?? []) {
      const copied = layers[`c-${sourceLayerId}`];
      if (copied !== undefined) layers[copied.id] = { ...copied, props: { ...copied.props, [property]: value } };
    }
    return;
  }
  const layer = layers[write.layerId];
  if (layer === undefined) throw new Error(`no layer ${write.layerId}`);
  if (write.kind === 'set') {
    layers[layer.id] = { ...layer, props: { ...layer.props, [write.property]: write.after } };
  } else if (write.kind === 'resize') layers[layer.id] = { ...layer, ...write.after };
  else if (write.kind === 'move') {
    layers[layer.id] = { ...layer, transform: { ...layer.transform, e: write.after.x, f: write.after.y } };
  } else if (write.kind === 'remove') {
    detach(layers, layer);
    delete layers[layer.id];
  } else {
    const parent = write.kind === 'reparent' ? write.parent : { layerId: layer.parentId ?? '' };
    place(layers, layer.id, { parent, previousSibling: write.previousSibling });
  }
}

type Ref = { layerId: string } | { addedFrom: string };

function idOf(ref: Ref): string {
  return 'layerId' in ref ? ref.layerId : `c-${ref.addedFrom}`;
}

function copy(
  layers: { [id: string]: DesignLayer },
  ours: Design,
  id: string,
  parentId: string | null,
  without: ReadonlySet<string>,
): void {
  const layer = ours.layers[id];
  if (layer === undefined) throw new Error(`no layer ${id}`);
  const children = layer.childIds.filter((child) => !without.has(child));
  layers[`c-${id}`] = { ...layer, id: `c-${id}`, parentId, childIds: children.map((child) => `c-${child}`) };
  for (const child of children) copy(layers, ours, child, `c-${id}`, without);
}

function detach(layers: { [id: string]: DesignLayer }, layer: DesignLayer): void {
  const parent = layer.parentId === null ? undefined : layers[layer.parentId];
  if (parent === undefined) return;
  layers[parent.id] = { ...parent, childIds: parent.childIds.filter((id) => id !== layer.id) };
}

function place(
  layers: { [id: string]: DesignLayer },
  layerId: string,
  { parent, previousSibling }: { parent: Ref; previousSibling: Ref | null },
): void {
  const layer = layers[layerId];
  if (layer === undefined) throw new Error(`no layer ${layerId}`);
  detach(layers, layer);
  const holder = layers[idOf(parent)];
  if (holder === undefined) throw new Error(`no parent ${idOf(parent)}`);
  const at = previousSibling === null ? 0 : holder.childIds.indexOf(idOf(previousSibling)) + 1;
  const childIds = [...holder.childIds.slice(0, at), layerId, ...holder.childIds.slice(at)];
  layers[holder.id] = { ...holder, childIds };
  layers[layerId] = { ...layer, parentId: holder.id };
}
