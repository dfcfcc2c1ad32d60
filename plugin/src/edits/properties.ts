/** How a property merges where the target's value differs from base's. */
export type MergeRule =
  /** The difference is applied, scaled where target and source differ in size. */
  | 'length'
  /** The difference is applied as it is. */
  | 'number'
  /** `{ unit, value }`: the difference of values, scaled for pixels, where all have the same unit. */
  | 'measure'
  /** A list of paints or effects, merged part by part. A colour that differs is a conflict, with a proposed colour. */
  | 'colours'
  /** A conflict. */
  | 'value'
  /** The id of a style, variable or component: taken even where the target differs. */
  | 'token';

const LENGTHS = [
  'cornerRadius',
  ...['topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'],
  ...['strokeWeight', 'strokeTopWeight', 'strokeRightWeight', 'strokeBottomWeight', 'strokeLeftWeight'],
  ...['itemSpacing', 'counterAxisSpacing', 'paddingTop', 'paddingRight', 'paddingBottom', 'paddingLeft'],
  ...['minWidth', 'maxWidth', 'minHeight', 'maxHeight'],
  ...['gridRowGap', 'gridColumnGap'],
  ...['fontSize', 'paragraphIndent', 'paragraphSpacing', 'listSpacing'],
] as const;

const VALUES = [
  ...['name', 'visible', 'locked', 'opacity', 'blendMode', 'isMask', 'maskType', 'clipsContent', 'exportSettings'],
  ...['cornerSmoothing', 'strokeAlign', 'strokeCap', 'strokeJoin', 'strokeMiterLimit', 'dashPattern', 'arcData'],
  ...['constraints', 'layoutMode', 'layoutWrap', 'primaryAxisAlignItems', 'counterAxisAlignItems'],
  ...['counterAxisAlignContent', 'itemReverseZIndex', 'strokesIncludedInLayout'],
  ...['layoutSizingHorizontal', 'layoutSizingVertical', 'layoutAlign', 'layoutGrow', 'layoutPositioning'],
  ...['characters', 'runs', 'fontName', 'textCase', 'textDecoration'],
  ...['textAlignHorizontal', 'textAlignVertical', 'textAutoResize', 'textTruncation', 'maxLines', 'hyperlink'],
  ...['listOptions', 'indentation', 'leadingTrim', 'vectorPaths', 'layoutGrids'],
] as const;

const TOKENS = [
  'fillStyleId',
  'strokeStyleId',
  'effectStyleId',
  'gridStyleId',
  'textStyleId',
  'mainComponent',
] as const;

/**
 * All properties of layers that an edit can set, by their Figma name. Besides these:
 * - `variable.<field>` is the id of the variable bound to a field, `component.<name>` the value of a component property
 *   (rule: token, value).
 * - `mainComponent` is the id of an instance's main component.
 * - `cornerRadius` and `strokeWeight` are absent where corners or sides differ; the parts are there in any case.
 * - Paints, gradient stops and effects keep their `boundVariables` as in Figma.
 * - A text property that is mixed is absent; `runs` then lists `{ start, end, values }` with all mixed properties.
 * - An image fill has its image hash, scale mode and crop.
 */
export const PROPERTIES: { readonly [property: string]: MergeRule } = Object.fromEntries([
  ...LENGTHS.map((name) => [name, 'length'] as const),
  ...VALUES.map((name) => [name, 'value'] as const),
  ...['fills', 'strokes', 'effects'].map((name) => [name, 'colours'] as const),
  ...TOKENS.map((name) => [name, 'token'] as const),
  ['lineHeight', 'measure'] as const,
  ['letterSpacing', 'measure'] as const,
  ['rotation', 'number'] as const,
]);
