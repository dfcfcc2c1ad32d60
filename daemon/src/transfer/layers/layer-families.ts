import type { Layer } from '@samepoint/shared-protocol';
import type { Option } from './agree-on-layers.js';
import type { QueryLayer } from './layer-likeness.js';
import type { Nesting } from './layer-nesting.js';

/** Log odds that the contents of a container can take from one of its candidates at most. */
const MOST_FROM_CONTENTS = 8;

/** Is one in the other, or are both in the same, as the parts of a row are? */
export function areKin(one: Layer, other: Layer): boolean {
  return one.parentId === other.parentId || one.parentId === other.layerId || other.parentId === one.layerId;
}

/**
 * Rows of a list look alike, and what is in them tells them apart: each candidate of a container loses what the layers in the
 * container say more for another of its candidates. Only what speaks for one counts, since a design that was rebuilt
 * may nest the same layers in another way.
 * @param options of each sought layer, by their own odds; those of containers are changed in place
 */
export function weighContents(
  sought: readonly QueryLayer[],
  nesting: Nesting,
  options: readonly (readonly Option[])[],
): void {
  const contents = contentsByParent(sought);
  // all is read before anything is changed: containers lie in one another
  const losses = sought.map(({ traits }, n) => {
    const within = contents.get(traits.layer.layerId) ?? [];
    const says = (options[n] ?? []).map(({ candidate }) =>
      within.reduce((sum, child) => sum + bestWithin(candidate, options[child], nesting), 0),
    );
    const most = Math.max(0, ...says);
    return says.map((one) => Math.min(MOST_FROM_CONTENTS, most - one));
  });
  for (const [n, row] of options.entries()) {
    for (const [k, option] of row.entries()) {
      option.own -= losses[n]?.[k] ?? 0;
      option.odds = option.own;
    }
  }
}

/** What speaks for the likeliest option in a container of the target, with frames between them or without. */
function bestWithin(container: number, options: readonly Option[] = [], nesting: Nesting): number {
  return options.reduce(
    (most, { candidate, own }) => (nesting.isWithin(candidate, container) ? Math.max(most, own) : most),
    0,
  );
}

/** By the id of a parent in the source, the indices of the sought layers in it. */
function contentsByParent(sought: readonly QueryLayer[]): ReadonlyMap<string, readonly number[]> {
  const contents = new Map<string, number[]>();
  for (const [n, { traits }] of sought.entries()) {
    const { parentId } = traits.layer;
    if (parentId !== undefined) contents.set(parentId, [...(contents.get(parentId) ?? []), n]);
  }
  return contents;
}
