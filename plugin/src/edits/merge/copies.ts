import type { Design, DesignLayer, Value } from '../../shared/design.js';
import type { AppliedRecord } from '../../shared/operation.js';
import { fingerprint } from '../fingerprint.js';
import { AXES, childrenOf, isLaidOut, isSizeDecided, positionOf, spanOf } from '../tree.js';
import type { Match } from './context.js';
import { recordForm } from './record-form.js';

/** The layers inside the copies that earlier runs made, by the source layers that they are copies of. */
export function copiedCounterparts(
  source: Design,
  theirs: Design,
  applied: readonly AppliedRecord[],
): Map<string, Match> {
  const matches = new Map<string, Match>();
  for (const { what, sourceLayerId, layerId } of applied) {
    const [original, copy] = [source.layers[sourceLayerId], theirs.layers[layerId]];
    if (what === 'add' && original !== undefined && copy !== undefined) {
      for (const [id, layer] of parallelLayers(source, original, theirs, copy))
        matches.set(id, { layer, confidence: 1 });
    }
  }
  return matches;
}

/** Walks two subtrees side by side. Children correspond in order by type and name, the rest in order by type. */
export function parallelLayers(
  source: Design,
  original: DesignLayer,
  target: Design,
  copy: DesignLayer,
): [sourceId: string, copy: DesignLayer][] {
  const free = childrenOf(target, copy);
  const take = (fits: (layer: DesignLayer) => boolean) => {
    const at = free.findIndex(fits);
    return at < 0 ? undefined : free.splice(at, 1)[0];
  };
  const children = childrenOf(source, original);
  const found = new Map<DesignLayer, DesignLayer>();
  for (const exact of [true, false]) {
    for (const child of children) {
      if (found.has(child)) continue;
      const match = take(({ type, name }) => type === child.type && (!exact || name === child.name));
      if (match !== undefined) found.set(child, match);
    }
  }
  const below = [...found].flatMap(([child, match]) => parallelLayers(source, child, target, match));
  return [[original.id, copy], ...below];
}

/** What a copy has in common with its original: everything but ids, its place, and what auto layout decides. */
function subtreeValue(design: Design, layer: DesignLayer): Value {
  const children = childrenOf(design, layer).map((child) => [
    isLaidOut(design, child) ? null : { ...positionOf(child) },
    subtreeValue(design, child),
  ]);
  const lengths = AXES.map((axis) => (isSizeDecided(design, layer, axis) ? null : spanOf(layer, axis).length));
  // colours of variables are those of a mode
  const props = Object.entries(layer.props).map(([property, value]) => [property, recordForm(property, value)]);
  return [layer.type, layer.name, lengths, Object.fromEntries(props), children];
}

/** Equal for an added subtree and its copy. */
export function subtreeFingerprint({ layers, rootId, tokens }: Design): string {
  const root = layers[rootId];
  return root === undefined ? '' : fingerprint(subtreeValue({ layers, rootId, tokens }, root));
}

/** The layers below one layer as a design of their own, without some. */
export function subtreeDesign(design: Design, rootId: string, isLeftOut: (layerId: string) => boolean): Design {
  const layers: { [id: string]: DesignLayer } = {};
  const add = (id: string, parentId: string | null) => {
    const layer = design.layers[id];
    if (layer === undefined || isLeftOut(id)) return;
    layers[id] = { ...layer, parentId, childIds: layer.childIds.filter((child) => !isLeftOut(child)) };
    for (const child of layer.childIds) add(child, id);
  };
  add(rootId, null);
  return { ...design, rootId, layers };
}

/** An added subtree, the same for all targets. */
export interface AddedSubtree {
  design: Design;
  fingerprint: string;
}

const added = new WeakMap<DesignLayer, AddedSubtree>();

/** The new layers below an added layer of ours. */
export function addedSubtree(base: Design, ours: Design, layer: DesignLayer): AddedSubtree {
  const known = added.get(layer);
  if (known !== undefined) return known;
  const design = subtreeDesign(ours, layer.id, (id) => base.layers[id] !== undefined);
  const subtree = { design, fingerprint: subtreeFingerprint(design) };
  added.set(layer, subtree);
  return subtree;
}
