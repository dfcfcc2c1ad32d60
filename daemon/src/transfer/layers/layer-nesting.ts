import type { Layer } from '@samepoint/shared-protocol';

/** Which layers lie in which, at any depth. Layers are named by their indices. */
export interface Nesting {
  hasParent(layer: number): boolean;
  /** Is one in the other, and not the same? */
  isWithin(inner: number, outer: number): boolean;
  /** The layers that it is in, the nearest first. */
  around(layer: number): readonly number[];
}

/**
 * The tree of layers, walked once: a layer is in another one when it is entered after it and left before it, so that no question
 * walks up again. Layers that lie in one another in a circle are entered at the first of them.
 */
export function nestingOf(layers: readonly Layer[]): Nesting {
  const indexById = new Map(layers.map(({ layerId }, n) => [layerId, n]));
  const parents = layers.map(({ parentId }) => indexById.get(parentId ?? ''));
  const children: number[][] = layers.map(() => []);
  for (const [n, parent] of parents.entries()) if (parent !== undefined) children[parent]?.push(n);
  const entered = new Array<number>(layers.length).fill(-1);
  const left = new Array<number>(layers.length).fill(-1);
  let steps = 0;
  const enter = (root: number): void => {
    const path = [{ layer: root, next: 0 }];
    entered[root] = steps++;
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const child = children[at.layer]?.[at.next++];
      if (child === undefined) {
        left[at.layer] = steps++;
        path.pop();
      } else if (entered[child] === -1) {
        entered[child] = steps++;
        path.push({ layer: child, next: 0 });
      }
    }
  };
  const roots = layers.flatMap((_, n) => (parents[n] === undefined ? [n] : []));
  for (const n of [...roots, ...layers.keys()]) if (entered[n] === -1) enter(n);
  const at = (times: readonly number[], layer: number) => times[layer] ?? Number.NaN;
  const isWithin = (inner: number, outer: number) =>
    at(entered, inner) > at(entered, outer) && at(left, inner) < at(left, outer);
  const around = (layer: number) => {
    const found: number[] = [];
    for (let outer = parents[layer]; outer !== undefined && isWithin(layer, outer); outer = parents[outer]) {
      found.push(outer);
    }
    return found;
  };
  return { hasParent: (layer) => parents[layer] !== undefined, isWithin, around };
}
