import type { DesignLayer } from '../../shared/design.js';
import { isStringId } from '../tree.js';

/** What a text style decides (`TextStyle` of the typings). */
const OF_TEXT_STYLE = [
  ...['fontName', 'fontSize', 'lineHeight', 'letterSpacing', 'textCase', 'textDecoration', 'leadingTrim'],
  ...['paragraphIndent', 'paragraphSpacing', 'listSpacing'],
] as const;

/** The properties that a style decides, by the property that holds its id. */
export const STYLED: { readonly [styleProperty: string]: readonly string[] } = {
  fillStyleId: ['fills'],
  strokeStyleId: ['strokes'],
  effectStyleId: ['effects'],
  gridStyleId: ['layoutGrids'],
  textStyleId: OF_TEXT_STYLE,
};

/** The property that a variable's field decides, where it has another name (`VariableBindableTextField`). */
const OF_FIELD: { readonly [field: string]: string } = {
  fontFamily: 'fontName',
  fontStyle: 'fontName',
  fontWeight: 'fontName',
};

const RADII = ['topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'] as const;
const STROKE_WEIGHTS = ['strokeTopWeight', 'strokeRightWeight', 'strokeBottomWeight', 'strokeLeftWeight'] as const;

/** The parts of a property that has one value for all sides. */
export const PARTS: { readonly [property: string]: readonly string[] } = {
  cornerRadius: RADII,
  strokeWeight: STROKE_WEIGHTS,
};

/** The property that the variable of `variable.<field>` decides; null for other properties. */
export function fieldProperty(property: string): string | null {
  if (!property.startsWith('variable.')) return null;
  const field = property.slice('variable.'.length);
  return OF_FIELD[field] ?? field;
}

/** The style property that decides `property`, if there is one. */
export function stylePropertyOf(property: string): string | null {
  return Object.keys(STYLED).find((style) => STYLED[style]?.includes(property)) ?? null;
}

/** The properties of a layer that hold a style or a variable which decides `property`. */
export function decidingTokens({ props }: DesignLayer, property: string): string[] {
  return Object.keys(props).filter(
    (token) =>
      isStringId(props[token]) && (STYLED[token]?.includes(property) === true || fieldProperty(token) === property),
  );
}

/** All properties of a layer that follow from another one, which holds a style or a variable. */
export function derivedProperties(layer: DesignLayer): Set<string> {
  const derived = new Set<string>();
  for (const [style, properties] of Object.entries(STYLED)) {
    if (isStringId(layer.props[style])) for (const property of properties) derived.add(property);
  }
  for (const [property, value] of Object.entries(layer.props)) {
    const field = fieldProperty(property);
    if (field !== null && isStringId(value)) derived.add(field);
  }
  for (const [whole, parts] of Object.entries(PARTS)) {
    if (parts.some((part) => derived.has(part))) derived.add(whole);
    if (typeof layer.props[whole] === 'number') for (const part of parts) derived.add(part);
  }
  return derived;
}
