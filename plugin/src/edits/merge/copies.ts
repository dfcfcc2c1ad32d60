import type { Design, DesignLayer } from '../../shared/design.js';
import type { AppliedRecord } from '../../shared/operation.js';
import { childrenOf } from '../tree.js';
import type { Match } from './context.js';

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
