import type { Design, DesignLayer, Value } from '../../shared/design.js';
import { PARTS } from '../diff/derived.js';
import type { Obstacle } from '../merged-edit.js';
import { mixedProperties, runsOf } from '../runs.js';
import { instanceAbove, isStringId } from '../tree.js';
import { tokenOf } from './merge-token.js';

/**
 * What an instance cannot override: only the main component decides order, position and constraints, and what lays out
 * its children ("Apply changes to instances" in Figma's help).
 */
const FIXED_IN_INSTANCE: ReadonlySet<string> = new Set([
  ...['constraints', 'layoutMode', 'layoutWrap', 'layoutPositioning', 'layoutAlign', 'layoutGrow', 'rotation'],
  ...['isMask', 'maskType', 'vectorPaths', 'arcData', 'itemReverseZIndex', 'gridRowGap', 'gridColumnGap', 'locked'],
]);
/** What lays out the children cannot be overridden on an instance either, its own place can. */
const FIXED_ON_INSTANCE: ReadonlySet<string> = new Set(['layoutMode', 'layoutWrap', 'itemReverseZIndex']);

const STYLED_PROPERTY: { readonly [style: string]: string } = {
  fillStyleId: 'fills',
  strokeStyleId: 'strokes',
  effectStyleId: 'effects',
  gridStyleId: 'layoutGrids',
  textStyleId: 'characters',
};

/** The obstacle of an instance to a set, or to a change of structure or geometry inside of it. */
export function instanceObstacle(theirs: Design, layer: DesignLayer, property: string | null): Obstacle | null {
  const above = instanceAbove(theirs, layer);
  const isFixed = (set: ReadonlySet<string>) => property === null || set.has(property);
  if (above !== null && isFixed(FIXED_IN_INSTANCE)) return { code: 'main-component', component: mainOf(theirs, above) };
  if (above === null && layer.type === 'INSTANCE' && property !== null && FIXED_ON_INSTANCE.has(property)) {
    return { code: 'main-component', component: mainOf(theirs, layer) };
  }
  return null;
}

/** The obstacle to a layer that is added to `parent` or moves into it. */
export function parentObstacle(theirs: Design, parent: DesignLayer): Obstacle | null {
  const instance = parent.type === 'INSTANCE' ? parent : instanceAbove(theirs, parent);
  if (instance !== null) return { code: 'main-component', component: mainOf(theirs, instance) };
  return CONTAINERS.has(parent.type) ? null : { code: 'unsupported', property: 'children' };
}

/** `ChildrenMixin` of the typings. A component set takes nothing but variants, and copies are instances. */
const CONTAINERS: ReadonlySet<string> = new Set([
  ...['FRAME', 'GROUP', 'COMPONENT', 'SECTION', 'BOOLEAN_OPERATION', 'TRANSFORM_GROUP', 'SLIDE'],
]);

function mainOf(theirs: Design, instance: DesignLayer) {
  return tokenOf(theirs, instance.props.mainComponent);
}

/**
 * The name of a property on the counterpart, or null if it has none. Component properties of other sets have another
 * suffix (`setProperties` in the typings).
 */
export function propertyOn(layer: DesignLayer, property: string): string | null {
  if (property in layer.props || mixedProperties(runsOf(layer.props.runs)).includes(property)) return property;
  if (property === 'runs') return layer.type === 'TEXT' ? property : null;
  if (property.startsWith('variable.'))
    return layer.type === 'INSTANCE' || isBindable(layer, property) ? property : null;
  if (property.startsWith('component.')) {
    const stem = property.split('#')[0];
    return Object.keys(layer.props).find((name) => name.split('#')[0] === stem) ?? null;
  }
  const stands = STYLED_PROPERTY[property] ?? PARTS[property]?.[0];
  return stands !== undefined && stands in layer.props ? property : null;
}

function isBindable(layer: DesignLayer, property: string): boolean {
  const field = property.slice('variable.'.length);
  if (field === 'width' || field === 'height' || field in layer.props) return true;
  return layer.type === 'TEXT' && ['fontFamily', 'fontStyle', 'fontWeight', 'fontSize', 'lineHeight'].includes(field);
}

export function isTokenProperty(ours: Design, property: string, value: Value): boolean {
  if (property.startsWith('variable.')) return true;
  return property.startsWith('component.') && isStringId(value) && ours.tokens[value]?.kind === 'component';
}
