import { sameValue } from '../../plugin/src/edits/fingerprint.js';
import type { Design, DesignLayer, Value } from '../../plugin/src/shared/design.js';
import { Draft, type DraftLayer } from './draft.js';
import { isGroup, isLaidOut, isSizeDecided } from './layer-geometry.js';
import { INSERTED, WRAPPER } from './variations.js';

/** What one layer has that an edit can change: each property, its place, its size, its parent, its order. */
export type Cells = ReadonlyMap<string, Value>;

/** A design as cells by key and by what they hold. Layers that variations put around others are dissolved. */
export type Comparable = ReadonlyMap<string, Cells>;

/** Follows from the other cells, or is nobody's decision. */
const IGNORED: ReadonlySet<string> = new Set(['vectorPaths', 'cornerRadius']);

/** @param wrapped keys of layers whose constraints a variation decides */
export function comparable(design: Design): Comparable {
  const wrapped = new Set(
    Object.keys(design.layers).flatMap((id) => (id.startsWith(WRAPPER) ? [id.slice(WRAPPER.length)] : [])),
  );
  const dissolved = dissolve(design);
  const draft = Draft.of(dissolved);
  return new Map(Object.values(dissolved.layers).map((layer) => [layer.id, cellsOf(layer, draft, wrapped)]));
}

/** Without the frames that variations put around single layers. */
function dissolve(design: Design): Design {
  const draft = Draft.of(design);
  for (const id of draft.ids().filter((one) => one.startsWith(WRAPPER))) {
    const wrapper = draft.get(id);
    for (const child of wrapper.childIds) {
      const layer = draft.get(child);
      shift(draft, layer, wrapper.transform.e, wrapper.transform.f);
      draft.place(child, wrapper.parentId ?? '', id);
    }
    draft.remove(id);
  }
  return draft.design();
}

function shift(draft: Draft, layer: DraftLayer, x: number, y: number): void {
  layer.transform = { ...layer.transform, e: layer.transform.e + x, f: layer.transform.f + y };
  if (isGroup(layer)) for (const child of layer.childIds) shift(draft, draft.get(child), x, y);
}

function cellsOf(layer: DesignLayer, draft: Draft, wrapped: ReadonlySet<string>): Cells {
  const cells = new Map<string, Value>([
    ['exists', true],
    ['name', layer.name],
    ['parent', layer.parentId],
    ['order', layer.childIds.filter((id) => !id.startsWith(INSERTED))],
  ]);
  const own = draft.get(layer.id);
  if (layer.parentId !== null && !isPlacedByParent(draft, layer.id) && !isGroup(own)) {
    cells.set('place', [layer.transform.a, layer.transform.b, layer.transform.e, layer.transform.f]);
  }
  if (!isSizeDecided(draft, own, 'width')) cells.set('width', layer.width);
  if (!isSizeDecided(draft, own, 'height')) cells.set('height', layer.height);
  for (const [property, value] of Object.entries(layer.props)) {
    const isDecided = property === 'constraints' && wrapped.has(layer.id);
    if (!IGNORED.has(property) && !isDecided) cells.set(property, value);
  }
  return cells;
}

function isPlacedByParent(draft: Draft, id: string): boolean {
  const parent = draft.parentOf(id);
  if (parent === null) return false;
  return isGroup(parent) ? isPlacedByParent(draft, parent.id) || isLaidOut(draft, parent.id) : isLaidOut(draft, id);
}

/** A value that is not as it should be. */
export interface Difference {
  key: string;
  what: string;
  base: Value | undefined;
  theirs: Value | undefined;
  expected: Value | undefined;
  actual: Value | undefined;
}

export function sameCell(a: Value | undefined, b: Value | undefined): boolean {
  return sameValue(a, b);
}
