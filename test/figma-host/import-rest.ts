import type {
  CanvasNode,
  Component,
  Effect,
  GetFileResponse,
  Node,
  Paint,
  SubcanvasNode,
  TypeStyle,
} from '@figma/rest-api-spec';
import { inverse, multiply } from './matrix.js';
import type { DocumentSpec, Json, Matrix, NodeSpec, NodeType } from './spec.js';

/** A document in the host's form, and what it lost. */
export interface ImportedFile {
  document: DocumentSpec;
  /** One sentence for each kind of thing that was left out, with the first node that had it. */
  losses: string[];
}

/** The parts of a file that the import reads. */
export type RestFile = Pick<GetFileResponse, 'name' | 'document' | 'components' | 'componentSets' | 'styles'>;

/**
 * A file as `GET /v1/files/:key` returns it, as a document for the host. With `geometry=paths` the transforms and paths
 * are exact; otherwise sizes and positions are those of the bounding boxes. Keys are the ids of the nodes.
 */
export function importRest(file: RestFile): ImportedFile {
  const importer = new Importer(file);
  const [first, ...others] = file.document.children.map((page) => importer.page(page));
  const document: DocumentSpec = {
    name: file.name,
    ...(first === undefined ? {} : { firstPageName: first.name }),
    children: [...(first?.children ?? [])],
    pages: others,
    styles: importer.styles(),
    library: importer.library(),
  };
  return { document, losses: [...importer.losses.values()] };
}

type Props = { [property: string]: Json };
type Fields = { [name: string]: Json };
type Named = Pick<Node, 'id' | 'name'>;

/** Node types that the host has under another name. */
const TYPES: { readonly [type: string]: NodeType } = {
  ...Object.fromEntries(
    (
      [
        ...['FRAME', 'GROUP', 'SECTION', 'COMPONENT', 'COMPONENT_SET', 'INSTANCE', 'TEXT', 'RECTANGLE', 'ELLIPSE'],
        ...['LINE', 'VECTOR', 'BOOLEAN_OPERATION', 'SLICE'],
      ] as NodeType[]
    ).map((type) => [type, type]),
  ),
  STAR: 'VECTOR',
  REGULAR_POLYGON: 'VECTOR',
};

/** Fields with the same name and value in both forms. */
const SAME = [
  ...['visible', 'locked', 'opacity', 'blendMode', 'isMask', 'maskType', 'clipsContent', 'layoutAlign', 'layoutGrow'],
  ...['layoutPositioning', 'minWidth', 'maxWidth', 'minHeight', 'maxHeight', 'layoutMode', 'layoutWrap'],
  ...['primaryAxisSizingMode', 'counterAxisSizingMode', 'primaryAxisAlignItems', 'counterAxisAlignItems'],
  ...['counterAxisAlignContent', 'itemSpacing', 'counterAxisSpacing', 'paddingLeft', 'paddingRight', 'paddingTop'],
  ...['paddingBottom', 'itemReverseZIndex', 'strokesIncludedInLayout', 'strokeWeight', 'strokeAlign', 'strokeJoin'],
  ...['cornerRadius', 'cornerSmoothing', 'booleanOperation', 'sectionContentsHidden', 'characters', 'arcData'],
  ...['componentPropertyReferences', 'componentPropertyDefinitions'],
];

const CONSTRAINTS: { readonly [rule: string]: string } = {
  ...{ LEFT: 'MIN', TOP: 'MIN', RIGHT: 'MAX', BOTTOM: 'MAX', CENTER: 'CENTER', SCALE: 'SCALE' },
  ...{ LEFT_RIGHT: 'STRETCH', TOP_BOTTOM: 'STRETCH' },
};
const CORNERS = ['topLeftRadius', 'topRightRadius', 'bottomRightRadius', 'bottomLeftRadius'];
const STYLES = [
  ['fill', 'fillStyleId'],
  ['fills', 'fillStyleId'],
  ['stroke', 'strokeStyleId'],
  ['strokes', 'strokeStyleId'],
  ['effect', 'effectStyleId'],
  ['text', 'textStyleId'],
] as const;
const UNIT: Matrix = [1, 0, 0, 1, 0, 0];

interface StyleUse {
  name: string;
  type: 'PAINT' | 'TEXT' | 'EFFECT';
  props: Props;
}

class Importer {
  readonly losses = new Map<string, string>();
  private readonly styleUses = new Map<string, StyleUse>();
  private readonly missing = new Map<string, Component>();
  private readonly present: ReadonlySet<string>;

  constructor(private readonly file: RestFile) {
    this.present = new Set(componentIds(file.document));
  }

  page(page: CanvasNode): { key: string; name: string; children: NodeSpec[] } {
    return { key: page.id, name: page.name, children: this.children(page.children, UNIT) };
  }

  styles(): NonNullable<DocumentSpec['styles']> {
    return [...this.styleUses.values()];
  }

  /** Components that the file uses but does not contain, as empty ones. */
  library(): NodeSpec[] {
    return [...this.missing].map(([id, { name }]) => ({ key: id, type: 'COMPONENT', name }));
  }

  /** Nodes in a container; `space` is its transform on the canvas where the nodes have no transform of their own. */
  private children(nodes: readonly SubcanvasNode[], space: Matrix): NodeSpec[] {
    return nodes.flatMap((node) => this.node(node, space) ?? []);
  }

  private node(node: SubcanvasNode, space: Matrix): NodeSpec | null {
    const fields = fieldsOf(node);
    const type = TYPES[node.type];
    if (type === undefined) {
      this.lose(node.type, `Layers of type ${node.type} are left out`, node);
      return null;
    }
    const place = placeOf(fields, space);
    const spec: NodeSpec = { key: node.id, type, name: node.name, ...place.spec, props: this.props(node, fields) };
    if (node.type === 'TEXT') this.text(spec, node.style, fields, node);
    const styles = this.styleNames(node, fields);
    if (Object.keys(styles).length > 0) spec.styles = styles;
    if (node.type === 'INSTANCE') this.instance(spec, node.componentId, fields);
    else if ('children' in node) {
      const isGroup = type === 'GROUP' || type === 'BOOLEAN_OPERATION';
      spec.children = this.children(node.children as SubcanvasNode[], isGroup ? space : place.absolute);
    }
    if (fields.boundVariables !== undefined) {
      this.lose('variables', 'Bindings to variables keep their values only, since the response has no variables', node);
    }
    return spec;
  }

  private props(node: Node, fields: Fields): Props {
    const props: Props = {};
    for (const name of SAME) if (fields[name] !== undefined) props[name] = fields[name];
    for (const name of ['layoutSizingHorizontal', 'layoutSizingVertical']) {
      // FIXED is the default, and only valid in auto layout
      if (fields[name] === 'HUG' || fields[name] === 'FILL') props[name] = fields[name];
    }
    if (fields.layoutMode === 'GRID') {
      delete props.layoutMode;
      this.lose('grid', 'Frames with a grid layout keep the positions of their layers only', node);
    }
    const { fills, strokes, effects, constraints, rectangleCornerRadii, individualStrokeWeights } = fields;
    if (Array.isArray(fills)) props.fills = this.paints(fills, node);
    if (Array.isArray(strokes)) props.strokes = this.paints(strokes, node);
    if (Array.isArray(effects)) props.effects = this.effects(effects, node);
    if (Array.isArray(fields.strokeDashes)) props.dashPattern = fields.strokeDashes;
    if (['NONE', 'ROUND', 'SQUARE'].includes(String(fields.strokeCap))) props.strokeCap = fields.strokeCap ?? null;
    if (isFields(constraints)) {
      const rule = (name: string) => CONSTRAINTS[String(constraints[name])] ?? 'MIN';
      props.constraints = { horizontal: rule('horizontal'), vertical: rule('vertical') };
    }
    if (Array.isArray(rectangleCornerRadii)) {
      for (const [index, name] of CORNERS.entries()) props[name] = rectangleCornerRadii[index] ?? 0;
    }
    if (isFields(individualStrokeWeights)) {
      for (const side of ['top', 'right', 'bottom', 'left']) {
        props[`stroke${side.charAt(0).toUpperCase()}${side.slice(1)}Weight`] = individualStrokeWeights[side] ?? 0;
      }
    }
    const paths = pathsOf(fields);
    if (TYPES[node.type] === 'VECTOR') props.vectorPaths = paths;
    if (TYPES[node.type] === 'VECTOR' && paths.length === 0) {
      this.lose('paths', 'Vectors have no paths, since the file was requested without geometry=paths', node);
    }
    return props;
  }

  private paints(paints: Json[], node: Named): Json {
    return paints.filter(isFields).flatMap((paint): Json[] => this.paint(paint as Fields & Paint, node) ?? []);
  }

  private paint(paint: Fields & Paint, node: Named): Json[] | null {
    const { visible = true, opacity = 1, blendMode = 'NORMAL' } = paint;
    const common = { visible, opacity, blendMode };
    if (paint.type === 'SOLID') {
      const { r, g, b, a } = paint.color;
      return [{ type: 'SOLID', ...common, opacity: opacity * a, color: { r, g, b } }];
    }
    if (paint.type === 'PATTERN') {
      this.lose('pattern', 'Pattern fills are left out', node);
      return null;
    }
    if (paint.type === 'IMAGE') {
      const scaleMode = paint.scaleMode === 'STRETCH' ? 'CROP' : paint.scaleMode;
      const crop = paint.imageTransform === undefined ? {} : { imageTransform: paint.imageTransform };
      const tile = paint.scalingFactor === undefined ? {} : { scalingFactor: paint.scalingFactor };
      this.lose('image', 'Image fills have no pixels, since the response names images only', node);
      return [{ type: 'IMAGE', ...common, scaleMode, imageHash: paint.imageRef, ...crop, ...tile }];
    }
    const gradientStops = paint.gradientStops.map(({ position, color: { r, g, b, a } }) => ({
      position,
      color: { r, g, b, a },
    }));
    const gradientTransform = gradientTransformOf(paint.gradientHandlePositions);
    return [{ type: paint.type, ...common, gradientStops, gradientTransform }];
  }

  private effects(effects: Json[], node: Named): Json {
    return effects.filter(isFields).flatMap((one): Json[] => {
      const { boundVariables: _, ...effect } = one as Fields & Effect;
      const { type = 'INNER_SHADOW', visible = true } = effect;
      if (String(type).endsWith('_SHADOW')) return [{ spread: 0, ...effect, type, visible }];
      if (String(type).endsWith('_BLUR')) return [{ blurType: 'NORMAL', ...effect, visible }];
      this.lose(String(type), `Effects of type ${String(type)} are left out`, node);
      return [];
    });
  }

  /** The style of a text, and its overrides by range. */
  private text(spec: NodeSpec, style: TypeStyle, fields: Fields, node: Named): void {
    const { characterStyleOverrides: table = [], styleOverrideTable: styles = {} } = fields;
    Object.assign(spec.props ?? {}, textProps(style));
    const { textAutoResize = 'NONE' } = style;
    spec.props = { ...spec.props, textAutoResize };
    const { length } = String(fields.characters ?? '');
    const numbers = Array.from({ length }, (_, index) => Number((Array.isArray(table) ? table[index] : 0) ?? 0));
    spec.runs = [];
    for (let start = 0; start < length; ) {
      let end = start + 1;
      while (end < length && numbers[end] === numbers[start]) end += 1;
      const override = isFields(styles) ? styles[String(numbers[start])] : undefined;
      if (isFields(override)) {
        const fills = Array.isArray(override.fills) ? { fills: this.paints(override.fills, node) } : {};
        spec.runs.push({ ...textProps({ ...style, ...override } as TypeStyle), ...fills, start, end });
      }
      start = end;
    }
    if (spec.runs.length === 0) delete spec.runs;
  }

  private instance(spec: NodeSpec, componentId: string, fields: Fields): void {
    spec.component = componentId;
    if (!this.present.has(componentId)) {
      const component = this.file.components[componentId];
      if (component !== undefined) this.missing.set(componentId, component);
      this.lose('library', 'Instances of components from other files have no layers', {
        id: spec.key ?? '',
        name: spec.name,
      });
    }
    const values = Object.entries(isFields(fields.componentProperties) ? fields.componentProperties : {});
    const set = values.flatMap(([name, property]) => {
      if (!isFields(property) || (property.type !== 'TEXT' && property.type !== 'BOOLEAN')) return [];
      return typeof property.value === 'string' || typeof property.value === 'boolean'
        ? [[name, property.value] as const]
        : [];
    });
    if (set.length > 0 && this.present.has(componentId)) spec.componentProperties = Object.fromEntries(set);
    const overrides = Array.isArray(fields.overrides) ? fields.overrides : [];
    if (overrides.some((one) => isFields(one) && one.id !== spec.key)) {
      this.lose('overrides', 'Overrides of layers in instances are left out, except component properties', {
        id: spec.key ?? '',
        name: spec.name,
      });
    }
  }

  /** The names of a node's styles. What a style sets is read off its first user. */
  private styleNames(node: Node, fields: Fields): { [field: string]: string } {
    const ids = isFields(fields.styles) ? fields.styles : {};
    const names: { [field: string]: string } = {};
    for (const [name, field] of STYLES) {
      const style = this.file.styles[String(ids[name])];
      if (style === undefined) continue;
      names[field] = style.name;
      if (!this.styleUses.has(style.name))
        this.styleUses.set(style.name, this.styleUse(style.name, field, node, fields));
    }
    return names;
  }

  private styleUse(name: string, field: string, node: Node, fields: Fields): StyleUse {
    if (field === 'effectStyleId') {
      return { name, type: 'EFFECT', props: { effects: this.effects(listOf(fields.effects), node) } };
    }
    if (field === 'textStyleId') return { name, type: 'TEXT', props: textProps(fields.style as TypeStyle) };
    const paints = field === 'fillStyleId' ? fields.fills : fields.strokes;
    return { name, type: 'PAINT', props: { paints: this.paints(listOf(paints), node) } };
  }

  private lose(kind: string, sentence: string, { id, name }: Named): void {
    if (!this.losses.has(kind)) this.losses.set(kind, `${sentence}: first “${name}” (${id}).`);
  }
}

function fieldsOf(node: Node): Fields {
  const fields: Fields = JSON.parse(JSON.stringify(node));
  return fields;
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function componentIds(node: Node): string[] {
  const own = node.type === 'COMPONENT' ? [node.id] : [];
  return 'children' in node ? [...own, ...(node.children as Node[]).flatMap(componentIds)] : own;
}

/** Where a node is: from `relativeTransform` and `size`, else from its bounding box. */
function placeOf(fields: Fields, space: Matrix): { spec: Partial<NodeSpec>; absolute: Matrix } {
  const { relativeTransform: rows, size, absoluteBoundingBox: box } = fields;
  if (Array.isArray(rows) && isFields(size)) {
    const [[a = 1, c = 0, x = 0] = [], [b = 0, d = 1, y = 0] = []] = rows.map((row) => listOf(row).map(Number));
    const isFlipped = a * d - b * c < 0;
    const turn = isFlipped ? Math.atan2(-c, d) : Math.atan2(b, a);
    const rotation = turn === 0 ? {} : { rotation: (-turn * 180) / Math.PI };
    const flip = isFlipped ? { isFlipped } : {};
    const lengths = { width: Number(size.x), height: Number(size.y) };
    return { spec: { x, y, ...lengths, ...rotation, ...flip }, absolute: multiply(space, [a, b, c, d, x, y]) };
  }
  if (!isFields(box)) return { spec: {}, absolute: space };
  const absolute: Matrix = [1, 0, 0, 1, Number(box.x), Number(box.y)];
  const [, , , , x, y] = multiply(inverse(space), absolute);
  return { spec: { x, y, width: Number(box.width), height: Number(box.height) }, absolute };
}

function pathsOf(fields: Fields): Json[] {
  const fills = listOf(fields.fillGeometry);
  // the geometry of strokes is that of their outlines
  return fills.filter(isFields).map(({ path = '', windingRule = 'NONZERO' }): Json => ({ data: path, windingRule }));
}

/** The transform of a gradient whose start, end and width handles are at these points of the unit square. */
function gradientTransformOf(handles: readonly { x: number; y: number }[]): Json {
  const [start = { x: 0, y: 0.5 }, end = { x: 1, y: 0.5 }, width = { x: 0, y: 1 }] = handles;
  const along = { x: end.x - start.x, y: end.y - start.y };
  const across = { x: width.x - start.x, y: width.y - start.y };
  // the gradient goes from (0, 0.5) to (1, 0.5); its width handle is at (0, 1)
  const toLayer: Matrix = [along.x, along.y, across.x * 2, across.y * 2, start.x - across.x, start.y - across.y];
  const [a, b, c, d, e, f] = inverse(toLayer);
  return [
    [a, c, e],
    [b, d, f],
  ];
}

/** Properties of a text from its type style. */
function textProps(style: TypeStyle): Props {
  const { fontFamily = 'Inter', fontStyle, fontWeight = 400, italic = false, lineHeightUnit } = style;
  const props: Props = { fontName: { family: fontFamily, style: fontStyle ?? styleName(fontWeight, italic) } };
  const same = [
    ...(['fontSize', 'textCase', 'textDecoration', 'paragraphSpacing', 'paragraphIndent', 'listSpacing'] as const),
    ...(['textAlignHorizontal', 'textAlignVertical', 'textTruncation', 'maxLines'] as const),
  ];
  for (const name of same) if (style[name] !== undefined) props[name] = style[name];
  if (style.letterSpacing !== undefined) props.letterSpacing = { unit: 'PIXELS', value: style.letterSpacing };
  if (lineHeightUnit === 'PIXELS') props.lineHeight = { unit: 'PIXELS', value: style.lineHeightPx ?? 0 };
  if (lineHeightUnit === 'FONT_SIZE_%') {
    props.lineHeight = { unit: 'PERCENT', value: style.lineHeightPercentFontSize ?? 100 };
  }
  return props;
}

const WEIGHTS: readonly (readonly [least: number, name: string])[] = [
  [700, 'Bold'],
  [600, 'Semi Bold'],
  [500, 'Medium'],
];

function styleName(weight: number, isItalic: boolean): string {
  const name = WEIGHTS.find(([least]) => weight >= least)?.[1] ?? '';
  return [name, isItalic ? 'Italic' : ''].filter((part) => part !== '').join(' ') || 'Regular';
}
