import type { Json, Matrix, RawNode } from '../spec.js';
import { validateAnnotations } from './annotations.js';
import { resolveBindings, unbind } from './bindings.js';
import { changeMain } from './component-methods.js';
import * as geometry from './geometry.js';
import { syncAfter } from './instances.js';
import { layOutAround } from './layout.js';
import { methodsOf } from './node-methods.js';
import { checkWritable, recordOverride } from './overrides.js';
import { isSkipped, requireLoaded, select } from './pages.js';
import { CONTAINERS, NEEDS_FONT, PROPERTIES, READ_ONLY } from './properties.js';
import { isDerived, readProp, storedNames, writeProp } from './property-access.js';
import { allNodes, children, documentState, find, get, prop, recordChange, takeTouched, takeUnlaid } from './store.js';
import { STYLE_FIELDS, unlinkStyle } from './styles.js';
import { requireFont, requireFonts } from './text.js';
import { takeVariablesChanged } from './variables.js';
import { fillGeometry } from './vector-paths.js';

const idOf = new WeakMap<object, string>();
export const CATEGORIES: ReadonlySet<string> = new Set(['cat:development', 'cat:interaction', 'cat:accessibility']);

export type Wrapped = object;

/** The stored node of a proxy. */
export function unwrap(value: unknown): RawNode {
  const id = typeof value === 'object' && value !== null ? idOf.get(value) : undefined;
  if (id === undefined) throw new Error('Expected node');
  return get(id);
}

/** Creates the proxy of a node for the plugin. Each call returns a new one, since Figma does not promise identity. */
export function wrap(id: string): Wrapped {
  const type = get(id).type;
  const proxy: Wrapped = new Proxy(
    {},
    {
      has: (_, name) => typeof name === 'string' && hasProperty(id, type, name),
      get: (_, name) => (typeof name === 'string' ? read(id, type, name) : undefined),
      set: (_, name, value) => {
        write(id, String(name), value);
        return true;
      },
      deleteProperty: () => false,
      defineProperty: () => false,
    },
  );
  idOf.set(proxy, id);
  return proxy;
}

const EVERYWHERE = ['id', 'type', 'name', 'parent', 'removed'];
const GEOMETRY = [
  ...['x', 'y', 'width', 'height', 'rotation', 'relativeTransform'],
  ...['absoluteTransform', 'absoluteBoundingBox', 'absoluteRenderBounds'],
];

function hasProperty(id: string, type: RawNode['type'], name: string): boolean {
  if (EVERYWHERE.includes(name) || name in PROPERTIES[type]) return true;
  if (name === 'children') return CONTAINERS.has(type);
  if (name === 'fillGeometry') return hasFillGeometry(type);
  if (GEOMETRY.includes(name)) return type !== 'PAGE' && type !== 'DOCUMENT';
  return methodsOf(id, type)[name] !== undefined;
}

/** How many properties the plugin has read of each node; in Figma each read crosses into the editor. */
let reads: { [nodeId: string]: number } = {};

/** The reads since the last call. */
export function takeReads(): { [nodeId: string]: number } {
  const taken = reads;
  reads = {};
  return taken;
}

function read(id: string, type: RawNode['type'], name: string): unknown {
  // read when a promise resolves with a node
  if (name === 'then' || name === 'toJSON') return undefined;
  reads[id] = (reads[id] ?? 0) + 1;
  if (name === 'id') return id;
  if (name === 'removed') return find(id) === null;
  const node = get(id);
  if (isSkipped(node)) throw new Error(`in get_${name}: The node with id "${id}" is invisible in an instance`);
  if (!hasProperty(id, type, name)) throw new TypeError(`no such property '${name}' on ${type} node`);
  const method = methodsOf(id, type)[name];
  if (method !== undefined) return method();
  if (GEOMETRY.includes(name)) return readGeometry(node, name);
  if (name === 'fillGeometry') return frozen(fillGeometry(node));
  if (name === 'type') return type;
  if (name === 'name') return prop(node, 'name', '');
  if (name === 'parent') return node.parentId === null ? null : wrap(node.parentId);
  if (name === 'children') return readChildren(node);
  const value = readProp(node, name);
  return typeof value === 'symbol' ? value : frozen(value);
}

/** Nodes with `GeometryMixin`: sections have fills, but no geometry. */
function hasFillGeometry(type: RawNode['type']): boolean {
  return 'strokes' in PROPERTIES[type];
}

function readChildren(node: RawNode): readonly Wrapped[] {
  if (node.type === 'PAGE') requireLoaded(node, 'children');
  const shown = children(node).filter((child) => !isSkipped(child));
  return Object.freeze(shown.map((child) => wrap(child.id)));
}

function readGeometry(node: RawNode, name: string): unknown {
  const [a, b, c, d, e, f] = geometry.relativeMatrix(node);
  if (name === 'x') return e;
  if (name === 'y') return f;
  if (name === 'width') return geometry.sizeOf(node).width;
  if (name === 'height') return geometry.sizeOf(node).height;
  if (name === 'rotation') return (Math.atan2(-b, a) * 180) / Math.PI;
  if (name === 'relativeTransform') return rows([a, b, c, d, e, f]);
  if (name === 'absoluteTransform') return rows(geometry.absoluteMatrix(node));
  if (name === 'absoluteBoundingBox') return geometry.absoluteBounds(node);
  return geometry.renderBounds(node);
}

function rows([a, b, c, d, e, f]: Matrix): Json {
  return [
    [a, c, e],
    [b, d, f],
  ];
}

/** A frozen copy. Only assigning a whole value changes a node. */
function frozen(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  const copy: Json = JSON.parse(JSON.stringify(value));
  return deepFreeze(copy);
}

function deepFreeze(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  Object.freeze(value);
  return value;
}

/** Writes a property, with all checks that Figma makes. */
export function write(id: string, name: string, value: unknown): void {
  const node = get(id);
  if (!hasProperty(id, node.type, name)) throw new TypeError(`Cannot add property ${name}, object is not extensible`);
  if (name === 'selection' && node.type === 'PAGE') {
    select(node, (value as unknown[]).map(unwrap));
    return;
  }
  if (name === 'mainComponent') {
    changeMain(node, value, false);
    return;
  }
  const style = STYLE_FIELDS[name];
  if (style !== undefined) {
    throw new Error(`in set_${name}: Cannot call with documentAccess: dynamic-page. Use node.${style.method} instead.`);
  }
  if (READ_ONLY.has(name) || methodsOf(id, node.type)[name] !== undefined) {
    throw new TypeError(`in set_${name}: no setter for property`);
  }
  if (node.type === 'TEXT' && NEEDS_FONT.has(name)) requireFonts(node);
  if (node.type === 'TEXT' && name === 'fontName') requireFont(toJson(value));
  checkWritable(node, name);
  recordChange(id, name);
  const before = { ...node.props };
  if (GEOMETRY.includes(name)) writeGeometry(node, name, value);
  else if (name === 'annotations') writeProp(node, name, validateAnnotations(node, value, CATEGORIES));
  else writeProp(node, name, toJson(value));
  unlinkStyle(node, name);
  unbind(node, name);
  recordOverrides(node, name, before);
  settle();
}

/** Records what an instance or a layer in it no longer takes from its main component. */
function recordOverrides(node: RawNode, name: string, before: RawNode['props']): void {
  const names = new Set([...Object.keys(before), ...Object.keys(node.props)]);
  const changed = [...names].filter((one) => one !== 'name' && node.props[one] !== before[one]);
  const written = isDerived(name) ? [] : storedNames(node.type, name);
  for (const one of new Set([...written, ...changed])) recordOverride(node, one);
}

function writeGeometry(node: RawNode, name: string, value: unknown): void {
  const [a, b, c, d, e, f] = geometry.relativeMatrix(node);
  if (name === 'x') geometry.setRelativeMatrix(node, [a, b, c, d, Number(value), f]);
  else if (name === 'y') geometry.setRelativeMatrix(node, [a, b, c, d, e, Number(value)]);
  else if (name === 'rotation') {
    const turn = (-Number(value) * Math.PI) / 180;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    // the rotation of a mirrored layer keeps it mirrored
    const side = a * d - b * c < 0 ? -1 : 1;
    geometry.setRelativeMatrix(node, [cos, sin, -sin * side, cos * side, e, f]);
  } else geometry.setRelativeMatrix(node, validateTransform(value));
}

function validateTransform(value: unknown): Matrix {
  const [[a, c, e], [b, d, f]] = value as [[number, number, number], [number, number, number]];
  const numbers: Matrix = [a, b, c, d, e, f];
  if (!numbers.every(Number.isFinite)) throw new Error('in set_relativeTransform: Expected numbers');
  const isUnit = Math.abs(Math.hypot(a, b) - 1) < 1e-3 && Math.abs(Math.hypot(c, d) - 1) < 1e-3;
  if (!isUnit) throw new Error('in set_relativeTransform: The axes of a transform have to be of unit length');
  return numbers;
}

function toJson(value: unknown): Json {
  if (value === undefined) throw new Error('Expected a value, got undefined');
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
}

/** Updates instances and auto layout after a change. */
export function settle(): void {
  const touched = takeTouched();
  syncAfter(touched);
  const hasVariables = documentState().assets.variables.length > 0;
  if (takeVariablesChanged() || (hasVariables && touched.size > 0))
    for (const node of allNodes()) resolveBindings(node);
  layOutAround(takeUnlaid());
}
