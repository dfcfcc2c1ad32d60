import type { Alignment, Design, DesignLayer } from '../shared/design.js';
import type { Counterpart } from './merged-edit.js';
import { charactersOf } from './runs.js';
import { childrenOf, layersInOrder, parentOf } from './tree.js';

/** Less sure pairs are no pairs: the layer then counts as removed and added. */
const LEAST_CONFIDENCE = 0.3;
/** Of a pair that only its parent, type and name speak for. */
const BY_NAME = 0.6;
/** That a layer is in one version only: where nothing in the other is like it, and where something is. */
const ALONE = 0.9;
const AMBIGUOUS = 0.4;

/**
 * Two versions of a frame as base and ours: gives `after` the ids of `before` where layers correspond. `counterparts` are
 * by the ids of `before`, their layer ids those of `after`. `alignment` has the confidence for each layer, also for those
 * that are in one version only. The roots correspond.
 */
export function withIdsOf(
  before: Design,
  after: Design,
  counterparts: { readonly [layerId: string]: Counterpart },
): Design {
  const pairs = surestPairs(before, after, counterparts);
  pairs.set(after.rootId, { id: before.rootId, confidence: 1 });
  pairByName(before, after, pairs);
  const idOf = (ownId: string) => pairs.get(ownId)?.id ?? ownId;
  const layers = Object.values(after.layers).map((layer) => ({
    ...layer,
    id: idOf(layer.id),
    parentId: layer.parentId === null ? null : idOf(layer.parentId),
    childIds: layer.childIds.map(idOf),
  }));
  return {
    rootId: before.rootId,
    layers: Object.fromEntries(layers.map((layer) => [layer.id, layer])),
    tokens: after.tokens,
    alignment: alignmentOf(before, after, pairs),
  };
}

/** The layer of `before` and the confidence, by the id in `after`. */
type Pairs = Map<string, { id: string; confidence: number }>;

function surestPairs(before: Design, after: Design, counterparts: { readonly [layerId: string]: Counterpart }): Pairs {
  const pairs: Pairs = new Map();
  for (const { id } of layersInOrder(before)) {
    const { layerId = null, confidence = 0 } = counterparts[id] ?? {};
    if (id === before.rootId || layerId === null || confidence < LEAST_CONFIDENCE) continue;
    if (after.layers[layerId] === undefined) continue;
    if ((pairs.get(layerId)?.confidence ?? -1) < confidence) pairs.set(layerId, { id, confidence });
  }
  return pairs;
}

/** Layers without counterpart correspond if they alone have their type and name below corresponding parents. */
function pairByName(before: Design, after: Design, pairs: Pairs): void {
  const paired = new Set([...pairs.values()].map(({ id }) => id));
  for (const layer of layersInOrder(after)) {
    const parent = before.layers[pairs.get(layer.id)?.id ?? ''];
    if (parent === undefined) continue;
    const free = childrenOf(before, parent).filter(({ id }) => !paired.has(id));
    const own = childrenOf(after, layer).filter(({ id }) => !pairs.has(id));
    for (const child of own) {
      const like = free.filter((other) => isLike(child, other));
      const [only] = like;
      if (only === undefined || like.length > 1 || own.filter((other) => isLike(other, only)).length > 1) continue;
      paired.add(only.id);
      pairs.set(child.id, { id: only.id, confidence: Math.min(BY_NAME, pairs.get(layer.id)?.confidence ?? 0) });
    }
  }
}

function isLike(a: DesignLayer, b: DesignLayer): boolean {
  return a.type === b.type && a.name === b.name;
}

function alignmentOf(before: Design, after: Design, pairs: Pairs): { [layerId: string]: Alignment } {
  const alignment: { [layerId: string]: Alignment } = {};
  for (const [ownId, { id, confidence }] of pairs) alignment[id] = { confidence, ownId };
  const removed = Object.values(before.layers).filter(({ id }) => alignment[id] === undefined);
  const added = Object.values(after.layers).filter(({ id }) => !pairs.has(id));
  for (const layer of removed) {
    alignment[layer.id] = { confidence: lonely(before, layer, added), ownId: null };
  }
  for (const layer of added) {
    alignment[layer.id] = { confidence: lonely(after, layer, removed), ownId: layer.id };
  }
  return alignment;
}

/** How sure it is that nothing in the other version is this layer. */
function lonely(design: Design, layer: DesignLayer, others: readonly DesignLayer[]): number {
  const text = charactersOf(layer);
  const parentType = parentOf(design, layer)?.type;
  const isNear = others.some(
    (other) =>
      other.type === layer.type &&
      parentType !== undefined &&
      (other.name === layer.name || (text !== '' && text === charactersOf(other))),
  );
  return isNear ? AMBIGUOUS : ALONE;
}
