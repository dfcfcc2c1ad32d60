import type { AppliedRecord, LayerRef, Operation, Write } from '../../../shared/operation.js';
import { ancestors, belongsToInstance, type FrameLike, findSceneNode, isInside } from '../../canvas/nodes.js';
import { loadFontsFor } from './edit-fonts.js';
import { liveAppliedRecords } from './edit-records.js';
import { planSet, type Swaps } from './plan-set.js';
import { isCopyRef, leftOut, type Planned, type ReadyWrite, type Referred, resolve } from './ready-write.js';
import { areNear, isParent, moveTo, placeAbove, placeBy, resizeTo, writeAdd } from './write-structure.js';

export interface PlannedTarget {
  target: FrameLike;
  /** In the order of the operations. */
  writes: ReadyWrite[];
  skipped: { editId: string; reason: string }[];
  /** What earlier runs wrote. */
  earlier: AppliedRecord[];
}

/**
 * Finds all layers that the operations of one target need, loads fonts, styles, variables and components, and compares
 * each layer with what it was in the preview. Everything that waits happens here; nothing is written.
 */
export async function planTarget(target: FrameLike, operations: readonly Operation[]): Promise<PlannedTarget> {
  const planner = new Planner(target);
  const planned = new Map<Operation, Planned>();
  // what refers to a copy is left out with it
  const isAdd = ({ write }: Operation) => write.kind === 'add';
  for (const operation of [...operations.filter(isAdd), ...operations.filter((one) => !isAdd(one))]) {
    planned.set(operation, await planner.plan(operation));
  }
  const writes: ReadyWrite[] = [];
  const skipped: PlannedTarget['skipped'] = [];
  for (const [operation, one] of operations.map((each) => [each, planned.get(each)] as const)) {
    if (one?.ok === true) writes.push(one.ready);
    else if (one !== undefined) skipped.push({ editId: operation.editId, reason: one.reason });
  }
  return { target, writes, skipped, earlier: await liveAppliedRecords(target) };
}

type WriteOf<K extends Write['kind']> = Write & { kind: K };
type Found<T> = { ok: true; value: T } | { ok: false; reason: string };

class Planner {
  /** Ids of all layers of the source that copies are made of. */
  private readonly copied = new Set<string>();
  private readonly swaps: Swaps = new Map();

  constructor(private readonly target: FrameLike) {}

  async plan(operation: Operation): Promise<Planned> {
    const { write } = operation;
    if (write.kind === 'add') return this.planAdd(operation, write);
    const layer = await this.findLayer(write.layerId);
    if (!layer.ok) return layer;
    const lockedBy = write.kind === 'set' && write.property === 'locked' ? null : lockedAround(layer.value);
    if (lockedBy !== null) return leftOut(`“${lockedBy.name}” is locked. Unlock it and find matches again.`);
    switch (write.kind) {
      case 'set':
        return planSet(operation, layer.value, write, this.swaps);
      case 'move':
        return planMove(operation, layer.value, write);
      case 'resize':
        return planResize(operation, layer.value, write);
      case 'remove':
        return this.planRemove(operation, layer.value);
      default:
        return this.planPlace(operation, layer.value, write);
    }
  }

  /** A layer of the target, or the target itself. */
  private async findLayer(layerId: string): Promise<Found<SceneNode>> {
    const node = await findSceneNode(layerId);
    if (node === null) return { ok: false, reason: 'The layer was deleted after the preview.' };
    if (node.id === this.target.id || isInside(node, this.target)) return { ok: true, value: node };
    return { ok: false, reason: `“${node.name}” was moved out of “${this.target.name}” after the preview.` };
  }

  private async planAdd(operation: Operation, write: WriteOf<'add'>): Promise<Planned> {
    const original = await findSceneNode(write.sourceLayerId);
    if (original === null) return leftOut('The new layer was deleted from the source.');
    if (!('clone' in original) || original.type === 'COMPONENT_SET')
      return leftOut(`“${original.name}” can’t be copied.`);
    const place = await this.findPlace(original, write.parent, write.previousSibling, true);
    if (!place.ok) return place;
    const missingFont = await loadFontsFor(original);
    if (missingFont !== null) return leftOut(missingFont);
    this.noteCopied(original);
    const { parent, previous } = place.value;
    return {
      ok: true,
      ready: {
        operation,
        node: original,
        parent,
        write: (run) => {
          const into = resolve(parent, run);
          if (into === null || !isParent(into)) throw new Error(`“${original.name}” has no parent in the target`);
          writeAdd(original, write, into, previous === null ? null : resolve(previous, run), run);
        },
      },
    };
  }

  private noteCopied(node: SceneNode): void {
    this.copied.add(node.id);
    if ('children' in node) for (const child of node.children) this.noteCopied(child);
  }

  private planRemove(operation: Operation, node: SceneNode): Planned {
    if (node.id === this.target.id) return leftOut('The target itself is not removed.');
    const owner = instanceAround(node);
    if (owner !== null) return leftOut(inInstance(owner));
    return { ok: true, ready: { operation, node, write: () => node.remove() } };
  }

  private async planPlace(
    operation: Operation,
    node: SceneNode,
    write: WriteOf<'reorder'> | WriteOf<'reparent'>,
  ): Promise<Planned> {
    const owner = instanceAround(node);
    if (owner !== null) return leftOut(inInstance(owner));
    if (write.kind === 'reorder' && node.parent === null) return leftOut(`“${node.name}” has no siblings.`);
    const parentRef = write.kind === 'reparent' ? write.parent : { layerId: node.parent?.id ?? '' };
    const place = await this.findPlace(node, parentRef, write.previousSibling, false);
    if (!place.ok) return place;
    const { parent, previous } = place.value;
    const ready: ReadyWrite = {
      operation,
      node,
      parent,
      write: (run) => {
        const into = resolve(parent, run);
        if (into === null || !isParent(into)) throw new Error(`“${node.name}” has no parent in the target`);
        placeAbove(node, into, previous === null ? null : resolve(previous, run));
        if (write.kind === 'reparent') placeBy(node, into, write.transform);
      },
    };
    return { ok: true, ready };
  }

  /** The parent and the sibling below; both in the target or in a copy of this run. */
  private async findPlace(
    child: SceneNode,
    parentRef: LayerRef,
    previousRef: LayerRef | null,
    isCopy: boolean,
  ): Promise<Found<{ parent: Referred; previous: Referred | null }>> {
    const parent = await this.findReferred(parentRef);
    if (!parent.ok) return parent;
    if ('node' in parent.value) {
      const { node } = parent.value;
      if (belongsToInstance(node)) return leftOut(inInstance(node.type === 'INSTANCE' ? node : instanceAround(node)));
      const refused = refusal(node, child, isCopy);
      if (refused !== null) return leftOut(refused);
      if (!isParent(node)) return leftOut(`“${node.name}” can’t have layers inside.`);
      const lockedBy = lockedAround(node);
      if (lockedBy !== null) return leftOut(`“${lockedBy.name}” is locked. Unlock it and find matches again.`);
    }
    if (previousRef === null) return { ok: true, value: { parent: parent.value, previous: null } };
    const previous = await this.findReferred(previousRef);
    return previous.ok ? { ok: true, value: { parent: parent.value, previous: previous.value } } : previous;
  }

  private async findReferred(ref: LayerRef): Promise<Found<Referred>> {
    if (!isCopyRef(ref)) {
      const found = await this.findLayer(ref.layerId);
      return found.ok ? { ok: true, value: { node: found.value } } : found;
    }
    if (this.copied.has(ref.addedFrom)) return { ok: true, value: { copyOf: ref.addedFrom } };
    return { ok: false, reason: 'The new layer that it belongs to is not added.' };
  }
}

/** Why Figma does not allow the child in this parent, as a sentence. A copy of a main component is an instance. */
function refusal(parent: SceneNode, child: SceneNode, isCopy: boolean): string | null {
  const isVariant = child.type === 'COMPONENT' && !isCopy;
  if (parent.type === 'COMPONENT_SET' && !isVariant) {
    return `“${parent.name}” is a component set, which takes only variants. Add “${child.name}” to a variant by hand.`;
  }
  if (child.type === 'SECTION' && parent.type !== 'SECTION') {
    return `“${child.name}” is a section, which can’t be in “${parent.name}”. Add its layers by hand.`;
  }
  return null;
}

function planMove(operation: Operation, node: SceneNode, { before, after }: WriteOf<'move'>): Planned {
  if (!areNear(node.x, before.x) || !areNear(node.y, before.y)) return leftOut(changed(node));
  return { ok: true, ready: { operation, node, write: () => moveTo(node, after) } };
}

async function planResize(operation: Operation, node: SceneNode, write: WriteOf<'resize'>): Promise<Planned> {
  const { before, after } = write;
  if (!areNear(node.width, before.width) || !areNear(node.height, before.height)) return leftOut(changed(node));
  const missingFont = node.type === 'TEXT' ? await loadFontsFor(node) : null;
  if (missingFont !== null) return leftOut(missingFont);
  return { ok: true, ready: { operation, node, write: () => resizeTo(node, before, after) } };
}

function changed(node: SceneNode): string {
  return `“${node.name}” was changed after the preview. Find matches again.`;
}

function inInstance(instance: InstanceNode | null): string {
  const name = instance === null ? 'an instance' : `the instance “${instance.name}”`;
  return `Layers can’t be added, moved or removed inside ${name}. Change its main component instead.`;
}

function instanceAround(node: SceneNode): InstanceNode | null {
  return ancestors(node).find((parent) => parent.type === 'INSTANCE') ?? null;
}

/** The locked layer that keeps the node from edits by hand: itself or an ancestor. */
function lockedAround(node: SceneNode): { name: string } | null {
  if (node.locked) return node;
  return ancestors(node).find((parent) => 'locked' in parent && parent.locked === true) ?? null;
}
