import type { Design, DesignLayer } from '../../plugin/src/shared/design.js';
import type { AppliedRecord, LayerRef, Operation, Write } from '../../plugin/src/shared/operation.js';
import { Draft } from './draft.js';
import { isGroup, moveBy, rescale, resize } from './layer-geometry.js';
import { resolved, setProperty } from './layer-properties.js';
import type { Mode } from './library.js';

/** A target after operations were written to it, with the records of them. */
export interface Replayed {
  design: Design;
  records: AppliedRecord[];
}

type Add = Extract<Write, { kind: 'add' }>;

/** Writes operations to a target one by one, as Figma does. */
class Replay {
  readonly #draft: Draft;
  readonly #ours: Design;
  readonly #mode: Mode;
  /** The ids of the copies of layers of the source. */
  readonly #copies = new Map<string, string>();
  readonly records: AppliedRecord[] = [];

  constructor(theirs: Design, ours: Design, mode: Mode) {
    this.#draft = Draft.of(theirs);
    this.#ours = ours;
    this.#mode = mode;
  }

  design(): Design {
    return this.#draft.design();
  }

  write({ write, record }: Operation): void {
    const draft = this.#draft;
    switch (write.kind) {
      case 'set':
        setProperty(draft, write.layerId, write.property, write.after, this.#mode);
        break;
      case 'move': {
        const { e, f } = draft.get(write.layerId).transform;
        moveBy(draft, write.layerId, write.after.x - e, write.after.y - f);
        break;
      }
      case 'resize':
        resize(draft, write.layerId, write.after.width, write.after.height);
        break;
      case 'add':
        this.records.push({ ...record, layerId: this.#add(write) });
        return;
      case 'remove':
        draft.remove(write.layerId);
        break;
      case 'reorder':
        draft.place(write.layerId, draft.get(write.layerId).parentId ?? '', this.#idOf(write.previousSibling));
        break;
      case 'reparent':
        draft.place(write.layerId, this.#idOf(write.parent) ?? '', this.#idOf(write.previousSibling));
        if (write.transform !== null) this.#transform(write.layerId, write.transform);
    }
    this.records.push(record);
  }

  #idOf(ref: LayerRef | null): string | null {
    if (ref === null) return null;
    if ('layerId' in ref) return ref.layerId;
    const copy = this.#copies.get(ref.addedFrom);
    if (copy === undefined) throw new Error(`${ref.addedFrom} is not added yet`);
    return copy;
  }

  #transform(id: string, transform: DesignLayer['transform']): void {
    const layer = this.#draft.get(id);
    if (isGroup(layer)) moveBy(this.#draft, id, transform.e - layer.transform.e, transform.f - layer.transform.f);
    else layer.transform = transform;
  }

  #add({ sourceLayerId, parent, previousSibling, transform, scale, size, without, colours = [] }: Add): string {
    const [parentId, below] = [this.#idOf(parent) ?? '', this.#idOf(previousSibling)];
    const index = below === null ? 0 : this.#draft.get(parentId).childIds.indexOf(below) + 1;
    if (below !== null && index === 0) throw new Error(`${below} is not in ${parentId}`);
    const id = this.#copy(sourceLayerId, parentId, index, new Set(without));
    for (const { sourceLayerId: source, property, value } of colours) {
      setProperty(this.#draft, this.#copies.get(source) ?? '', property, value, this.#mode);
    }
    if (scale !== 1) rescale(this.#draft, id, scale);
    if (size !== null) resize(this.#draft, id, size.width, size.height);
    if (transform !== null) this.#transform(id, transform);
    return id;
  }

  /** Copies are named after their source, so that tests know the counterpart. */
  #copy(sourceId: string, parentId: string, index: number, without: ReadonlySet<string>): string {
    const source = this.#ours.layers[sourceId];
    if (source === undefined) throw new Error(`the source has no layer ${sourceId}`);
    const id = targetId(sourceId);
    this.#draft.insert({ ...source, id }, parentId, index);
    this.#copies.set(sourceId, id);
    const { props } = this.#draft.get(id);
    for (const property of ['fills', 'strokes'] as const) {
      const value = props[property];
      if (value !== undefined) props[property] = resolved(value, this.#mode);
    }
    const children = source.childIds.filter((child) => !without.has(child));
    for (const [n, child] of children.entries()) this.#copy(child, id, n, without);
    return id;
  }
}

/** Writes the operations in their order. @throws where Figma would */
export function replay(theirs: Design, ours: Design, operations: readonly Operation[], mode: Mode): Replayed {
  const run = new Replay(theirs, ours, mode);
  for (const operation of operations) run.write(operation);
  return { design: run.design(), records: run.records };
}

const TARGET = 't:';

/** The id in a target of the layer with this key. Ids of the source are the keys themselves. */
export function targetId(key: string): string {
  return `${TARGET}${key}`;
}

export function keyOfTarget(id: string): string {
  return id.slice(TARGET.length);
}

/** The same design with ids of its own. */
export function asTarget({ rootId, layers, tokens }: Design): Design {
  return { rootId: targetId(rootId), layers: renamed(layers, targetId), tokens };
}

/** The same design with the keys as ids. */
export function asKeyed({ rootId, layers, tokens }: Design): Design {
  return { rootId: keyOfTarget(rootId), layers: renamed(layers, keyOfTarget), tokens };
}

function renamed(layers: Design['layers'], rename: (id: string) => string): Design['layers'] {
  const entries = Object.values(layers).map((layer): [string, DesignLayer] => {
    const { id, parentId, childIds } = layer;
    const renamedLayer = {
      ...layer,
      id: rename(id),
      parentId: parentId === null ? null : rename(parentId),
      childIds: childIds.map(rename),
    };
    return [rename(id), renamedLayer];
  });
  return Object.fromEntries(entries);
}
