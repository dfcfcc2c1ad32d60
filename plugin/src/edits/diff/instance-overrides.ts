import type { Design, DesignLayer } from '../../shared/design.js';
import { sameValue } from '../fingerprint.js';
import { instanceAbove, isStringId } from '../tree.js';

/** What an instance on the canvas has of its own, whatever its main component is. */
const OWN: ReadonlySet<string> = new Set([
  ...['mainComponent', 'name', 'visible', 'locked', 'rotation', 'constraints', 'exportSettings'],
  ...['layoutPositioning', 'layoutAlign', 'layoutGrow', 'layoutSizingHorizontal', 'layoutSizingVertical'],
]);

/** Names in `overriddenFields` (`NodeChangeProperty`) that cover several properties. */
const COVERED: { readonly [field: string]: (property: string) => boolean } = {
  boundVariables: (property) => property.startsWith('variable.'),
  componentProperties: (property) => property.startsWith('component.') || property === 'mainComponent',
  styledTextSegments: (property) => TEXT.has(property),
  cornerRadius: (property) => property.endsWith('Radius'),
  topLeftRadius: (property) => property === 'cornerRadius',
  strokeWeight: (property) => property.startsWith('stroke') && property.endsWith('Weight'),
  counterAxisSizingMode: (property) => property.startsWith('layoutSizing'),
  primaryAxisSizingMode: (property) => property.startsWith('layoutSizing'),
};

const TEXT: ReadonlySet<string> = new Set([
  ...['characters', 'runs', 'fontName', 'fontSize', 'lineHeight', 'letterSpacing', 'textCase', 'textDecoration'],
  ...['textStyleId', 'fills', 'fillStyleId', 'hyperlink', 'paragraphIndent', 'paragraphSpacing', 'listSpacing'],
]);

export function isOverridden(layer: DesignLayer, property: string): boolean {
  return (layer.overrides ?? []).some(
    (field) => field === property || COVERED[field]?.(property) === true || (property === 'runs' && TEXT.has(field)),
  );
}

/** Whether a difference is made by hand: not one that follows from the main component or its properties. */
export function isMadeByHand(base: Design, ours: Design, after: DesignLayer, property: string): boolean {
  const before = base.layers[after.id];
  const above = instanceAbove(ours, after);
  if (after.type !== 'INSTANCE' && above === null) return true;
  if (above === null && (OWN.has(property) || property.startsWith('component.'))) return true;
  if (after.follows?.[property] !== undefined) return false;
  const swapped = isSwapped(base, ours, after);
  if (after.overrides === undefined && before?.overrides === undefined) return !swapped;
  if (isOverridden(after, property)) return true;
  return !swapped && before !== undefined && isOverridden(before, property);
}

/** Whether ours overrides the property after a swap of the component, so that it keeps base's value. */
export function isRestored(base: Design, ours: Design, after: DesignLayer, property: string): boolean {
  if (after.props[property] === undefined || OWN.has(property) || property.startsWith('component.')) return false;
  const before = base.layers[after.id];
  const isNew = isOverridden(after, property) && before !== undefined && !isOverridden(before, property);
  return isNew && isSwapped(base, ours, after);
}

/** Whether the component or variant of the instance, or of one above it, changed. */
export function isSwapped(base: Design, ours: Design, after: DesignLayer): boolean {
  const before = base.layers[after.id];
  const own = after.type === 'INSTANCE' && !sameValue(before?.props.mainComponent, after.props.mainComponent);
  const above = instanceAbove(ours, after);
  return own || (above !== null && isSwapped(base, ours, above));
}

/** Whether only the variant changed, which is also an edit of `component.<name>`. */
export function isOtherVariant(base: Design, ours: Design, before: DesignLayer, after: DesignLayer): boolean {
  const [from, to] = [before.props.mainComponent, after.props.mainComponent];
  if (!isStringId(from) || !isStringId(to)) return false;
  const set = base.tokens[from]?.collection;
  if (set === undefined || set !== ours.tokens[to]?.collection) return false;
  return Object.entries(after.props).some(
    ([name, value]) =>
      name.startsWith('component.') && !name.includes('#') && !sameValue(value, before.props[name] ?? null),
  );
}
