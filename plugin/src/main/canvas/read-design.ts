import { PROPERTIES } from '../../edits/properties.js';
import { fromRows } from '../../shared/affine.js';
import type { Design, DesignLayer, Value } from '../../shared/design.js';
import { hasBox } from './nodes.js';
import { isPin } from './plugin-data.js';
import { type TokenReader, variableIdsIn } from './read-tokens.js';

/** Names in `PROPERTIES` that are not read like the others. */
const SPECIAL: ReadonlySet<string> = new Set(['runs', 'mainComponent']);

/** Mixed properties of text that `getStyledTextSegments` reads. Others are the same for the whole text. */
const SEGMENT_FIELDS = [
  ...(['fontName', 'fontSize', 'fills', 'fillStyleId', 'textStyleId', 'textCase', 'textDecoration'] as const),
  ...(['lineHeight', 'letterSpacing', 'hyperlink', 'listOptions', 'indentation'] as const),
  ...(['paragraphIndent', 'paragraphSpacing', 'listSpacing'] as const),
];
type SegmentField = (typeof SEGMENT_FIELDS)[number];

/** Reads a layer and all its descendants, hidden ones too. Reads each property once, and writes nothing. */
export async function readDesign(root: SceneNode, tokens: TokenReader): Promise<Design> {
  const layers: Record<string, DesignLayer> = {};
  const readers = new Map<string, readonly string[]>();
  const used = new Set<string>();
  const read = async (node: SceneNode, parentId: string | null, overrides: Overrides | null): Promise<void> => {
    const { id, type } = node;
    const own = node.type === 'INSTANCE' ? mergeOverrides(overrides, node) : overrides;
    const children = 'children' in node ? node.children.filter((child) => !isPin(child)) : [];
    const props = readProps(node, supportedBy(node, readers), used);
    if (node.type === 'INSTANCE') props.mainComponent = await tokens.mainComponentOf(node);
    for (const token of tokenIdsIn(props)) used.add(token);
    layers[id] = {
      id,
      type,
      name: typeof props.name === 'string' ? props.name : node.name,
      parentId,
      childIds: children.map(({ id }) => id),
      ...geometryOf(node),
      props,
      ...(own === null ? {} : { overrides: own.get(id) ?? [], ...followsOf(node) }),
    };
    for (const child of children) await read(child, id, own);
  };
  await read(root, null, null);
  return { rootId: root.id, layers, tokens: await tokens.describe(used) };
}

/** Overridden fields by layer id. */
type Overrides = ReadonlyMap<string, readonly string[]>;

/** The overrides of an instance, and of the instance around it. */
function mergeOverrides(outer: Overrides | null, instance: InstanceNode): Overrides {
  const merged = new Map(outer ?? []);
  for (const { id, overriddenFields } of instance.overrides) {
    merged.set(id, [...(merged.get(id) ?? []), ...overriddenFields]);
  }
  return merged;
}

/** The properties that a component property decides. */
function followsOf(node: SceneNode): Pick<DesignLayer, 'follows'> {
  const references = 'componentPropertyReferences' in node ? node.componentPropertyReferences : null;
  const entries = Object.entries(references ?? {});
  return entries.length === 0 ? {} : { follows: Object.fromEntries(entries) };
}

function geometryOf(node: SceneNode): Pick<DesignLayer, 'transform' | 'width' | 'height'> {
  if (!hasBox(node)) {
    return { transform: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }, width: 0, height: 0 };
  }
  return { transform: fromRows(node.relativeTransform), width: node.width, height: node.height };
}

/** The properties of one layer as they are now, but for `mainComponent`. */
export function readLayerProps(node: SceneNode): Readonly<Record<string, Value>> {
  return readProps(node, supportedBy(node, new Map()), new Set());
}

/** The properties of a node's type. All nodes of a type have the same. */
function supportedBy(node: SceneNode, known: Map<string, readonly string[]>): readonly string[] {
  const { type } = node;
  const names = known.get(type) ?? Object.keys(PROPERTIES).filter((name) => !SPECIAL.has(name) && name in node);
  known.set(type, names);
  return names;
}

/** Reads these properties, and adds the components that component properties refer to. */
function readProps(node: SceneNode, names: readonly string[], components: Set<string>): Record<string, Value> {
  const props: Record<string, Value> = {};
  const mixed: string[] = [];
  for (const name of names) {
    const value: unknown = Reflect.get(node, name);
    if (value === figma.mixed) mixed.push(name);
    else if (value !== undefined) props[name] = plain(value);
  }
  if (node.type === 'TEXT') addRuns(props, node, mixed);
  if (node.type === 'INSTANCE') addComponentProperties(props, node, components);
  addVariables(props, node);
  return props;
}

/** A plain copy, since Figma's values are frozen. */
function plain(value: unknown): Value {
  if (typeof value !== 'object' || value === null) return value as Value;
  const copy: Value = JSON.parse(JSON.stringify(value));
  return copy;
}

/** The runs of a text whose style is mixed: each with the values of all mixed properties. */
function addRuns(props: Record<string, Value>, text: TextNode, mixed: readonly string[]): void {
  const fields = SEGMENT_FIELDS.filter((field) => mixed.includes(field));
  if (fields.length === 0) return;
  props.runs = text.getStyledTextSegments(fields).map(({ start, end, ...segment }): Value => {
    const values: Partial<Record<SegmentField, unknown>> = { ...segment };
    return { start, end, values: plain(Object.fromEntries(fields.map((field) => [field, values[field]]))) };
  });
}

function addComponentProperties(props: Record<string, Value>, instance: InstanceNode, components: Set<string>): void {
  for (const [name, { type, value }] of Object.entries(instance.componentProperties)) {
    props[`component.${name}`] = value;
    if (type === 'INSTANCE_SWAP' && typeof value === 'string') components.add(value);
  }
}

/** Variables that are bound to a whole field. Those of paints and effects stay in their values. */
function addVariables(props: Record<string, Value>, node: SceneNode): void {
  const bound: Partial<Record<string, unknown>> = 'boundVariables' in node ? { ...node.boundVariables } : {};
  for (const [field, alias] of Object.entries(bound)) {
    if (field === 'fills' || field === 'strokes' || field === 'effects' || field === 'layoutGrids') continue;
    const [id, ...more] = variableIdsIn(alias);
    if (id !== undefined && more.length === 0) props[`variable.${field}`] = id;
  }
}

const TOKEN_PROPERTIES = Object.keys(PROPERTIES).filter((name) => PROPERTIES[name] === 'token');

/** Ids of all styles, variables and components that the properties refer to. */
function tokenIdsIn(props: Readonly<Record<string, Value>>): string[] {
  const named = TOKEN_PROPERTIES.map((name) => props[name]);
  const bound = Object.entries(props).flatMap(([name, value]) => (name.startsWith('variable.') ? [value] : []));
  const nested = [props.fills, props.strokes, props.effects, props.runs].flatMap(variableIdsIn);
  const styles = styleIdsIn(props.runs);
  return [...named, ...bound, ...nested, ...styles].filter((id): id is string => typeof id === 'string' && id !== '');
}

/** Ids of the styles of parts of a text. */
function styleIdsIn(runs: Value | undefined): unknown[] {
  if (!Array.isArray(runs)) return [];
  return runs.flatMap(({ values }: { values: Readonly<Record<string, unknown>> }) => [
    values.fillStyleId,
    values.textStyleId,
  ]);
}
