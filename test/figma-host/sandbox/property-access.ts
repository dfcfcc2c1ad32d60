import type { Json, NodeType, RawNode } from '../spec.js';
import { MIXED, RANGE_DEFAULTS, rangeValue, setCharacters, setWhole } from '../text-runs.js';
import { PROPERTIES } from './properties.js';
import { type Axis, flowParent, isFlow, setSizing, sizingOf, startFlow } from './sizing.js';
import { get, prop } from './store.js';
import { fitText, hasMissingFont } from './text.js';
import { checkValue, readPaints } from './validate.js';
import { fitToPaths } from './vector-paths.js';

const CORNERS = ['topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'];
const SIDES = ['strokeTopWeight', 'strokeRightWeight', 'strokeBottomWeight', 'strokeLeftWeight'];

/** The properties that are stored for a property: those of each corner or side, or itself. */
export function storedNames(type: NodeType, name: string): readonly string[] {
  if (name === 'cornerRadius' && 'topLeftRadius' in PROPERTIES[type]) return CORNERS;
  return name === 'strokeWeight' && 'strokeTopWeight' in PROPERTIES[type] ? SIDES : [name];
}

const SIZINGS: { readonly [name: string]: Axis } = {
  layoutSizingHorizontal: 'horizontal',
  layoutSizingVertical: 'vertical',
};

/** Whether a property follows from others and is not stored. */
export function isDerived(name: string): boolean {
  return name in SIZINGS;
}

/** The value of a property, `MIXED` where parts of the node differ. */
export function readProp(node: RawNode, name: string): Json | typeof MIXED {
  const axis = SIZINGS[name];
  if (axis !== undefined) return sizingOf(node, axis);
  if (node.type === 'TEXT') {
    if (name === 'hasMissingFont') return hasMissingFont(node);
    if (isRangeField(name)) return paintsAsRead(name, rangeValue(node.props, name));
  }
  const [first = null, ...rest] = storedNames(node.type, name).map((one) =>
    prop(node, one, PROPERTIES[node.type][one] ?? null),
  );
  return rest.every((value) => value === first) ? paintsAsRead(name, first) : MIXED;
}

function paintsAsRead(name: string, value: Json | typeof MIXED): Json | typeof MIXED {
  return (name === 'fills' || name === 'strokes') && value !== MIXED ? readPaints(value) : value;
}

/** Whether a range of a text can have a value of its own for this field. */
export function isRangeField(name: string): boolean {
  return name in RANGE_DEFAULTS || name === 'fontWeight' || name === 'fontStyle';
}

const LIMITS = ['minWidth', 'maxWidth', 'minHeight', 'maxHeight'];

/** Sets a property as a plugin does. Throws where Figma does. */
export function writeProp(node: RawNode, name: string, value: Json): void {
  checkValue(name, value);
  checkPlace(node, name, value);
  if (name === 'vectorPaths') fitToPaths(node, value);
  const axis = SIZINGS[name];
  if (axis !== undefined) setSizing(node, axis, value);
  else if (name === 'layoutMode' && value !== 'NONE' && !isFlow(node)) {
    node.props.layoutMode = value;
    startFlow(node);
  } else setProp(node, name, value);
  if (node.type === 'TEXT') fitText(node);
}

/** Stores a property. Values equal to the default are not stored. */
export function setProp(node: RawNode, name: string, value: Json): void {
  if (node.type === 'TEXT' && name === 'characters') {
    setCharacters(node.props, String(value));
    if (node.props.autoRename === true) node.props.name = String(value);
    return;
  }
  if (node.type === 'TEXT' && isRangeField(name)) {
    setWhole(node.props, name, value);
    return;
  }
  if (name === 'name') delete node.props.autoRename;
  for (const one of storedNames(node.type, name)) {
    const isDefault = JSON.stringify(value) === JSON.stringify(PROPERTIES[node.type][one]);
    if (isDefault) delete node.props[one];
    else node.props[one] = value;
  }
}

/** Sets properties of a document spec, without the checks of a plugin's writes. */
export function assignProps(node: RawNode, props: { [property: string]: Json }): void {
  const entries = Object.entries(props);
  for (const [name, value] of entries) if (!isDerived(name)) setProp(node, name, value);
  for (const [name, value] of entries) {
    const axis = SIZINGS[name];
    if (axis !== undefined) setSizing(node, axis, value);
  }
}

/** The names under which properties are stored. */
export function assignedNames(node: RawNode, props: { [property: string]: Json }): string[] {
  const sizing = ['layoutGrow', 'layoutAlign', 'primaryAxisSizingMode', 'counterAxisSizingMode', 'textAutoResize'];
  return Object.keys(props).flatMap((name) => (isDerived(name) ? sizing : storedNames(node.type, name)));
}

/** Rules that depend on where the node is. */
function checkPlace(node: RawNode, name: string, value: Json): void {
  if (name === 'layoutPositioning' && value === 'ABSOLUTE') {
    const parent = node.parentId === null ? null : get(node.parentId);
    if (parent === null || !isFlow(parent)) {
      throw new Error(
        'in set_layoutPositioning: Can only set layoutPositioning = ABSOLUTE if the parent node has layoutMode !== NONE',
      );
    }
  }
  if (LIMITS.includes(name) && value !== null && !isFlow(node) && flowParent(node) === null) {
    throw new Error(`in set_${name}: Can only set ${name} on auto layout nodes and their children`);
  }
}

/** The properties of a node with those of its sides and corners together, to inspect it. */
export function inspectProps(node: RawNode): { [property: string]: Json } {
  const props = { ...node.props };
  for (const name of ['cornerRadius', 'strokeWeight']) {
    const stored = storedNames(node.type, name);
    if (!stored.some((one) => props[one] !== undefined) || stored.length === 1) continue;
    const value = readProp(node, name);
    if (value !== MIXED) props[name] = value;
  }
  return props;
}
