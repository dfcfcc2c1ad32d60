import { sameValue } from '../../../edits/fingerprint.js';
import { propertyLabel } from '../../../edits/labels.js';
import { PROPERTIES } from '../../../edits/properties.js';
import type { Value } from '../../../shared/design.js';
import type { Operation, Write } from '../../../shared/operation.js';
import { findSceneNode } from '../../canvas/nodes.js';
import { readLayerProps } from '../../canvas/read-design.js';
import { loadFontOfStyle, loadFontsFor } from './edit-fonts.js';
import { leftOut, type Planned, type TargetRun } from './ready-write.js';
import { hasRangeSetter, writeCharacters, writeRange, writeRuns } from './write-text.js';

type SetWrite = Write & { kind: 'set' };
type Setter = { write: (run: TargetRun) => void } | { reason: string };

/** The setters of styles, which are asynchronous with dynamic pages. */
const STYLE_SETTERS: { readonly [property: string]: string } = {
  fillStyleId: 'setFillStyleIdAsync',
  strokeStyleId: 'setStrokeStyleIdAsync',
  effectStyleId: 'setEffectStyleIdAsync',
  gridStyleId: 'setGridStyleIdAsync',
  textStyleId: 'setTextStyleIdAsync',
};

/** The components that earlier writes of the same run swap instances to, by the id of the instance. */
export type Swaps = Map<string, ComponentNode>;

/**
 * Loads what the write of a property needs, and compares the property with what it was in the preview. A planned swap of
 * the component is added to `swaps`.
 */
export async function planSet(operation: Operation, node: SceneNode, write: SetWrite, swaps: Swaps): Promise<Planned> {
  const { property, before } = write;
  const current = property === 'mainComponent' ? await mainComponentIdOf(node) : readLayerProps(node)[property];
  if (!sameValue(orNull(current), orNull(before)))
    return leftOut(`“${node.name}” was changed after the preview. Find matches again.`);
  const setter = await setterOf(operation, node, write, swaps);
  return 'reason' in setter ? leftOut(setter.reason) : { ok: true, ready: { operation, node, write: setter.write } };
}

/** No style is an empty id. */
function orNull(value: Value | undefined): Value {
  return value === undefined || value === '' ? null : value;
}

async function mainComponentIdOf(node: SceneNode): Promise<string | null> {
  return node.type === 'INSTANCE' ? ((await node.getMainComponentAsync())?.id ?? null) : null;
}

async function setterOf(
  operation: Operation,
  node: SceneNode,
  { property, after }: SetWrite,
  swaps: Swaps,
): Promise<Setter> {
  if (property.startsWith('variable.')) return variableSetter(node, property.slice('variable.'.length), after);
  const missingFont = needsFonts(node, property) ? await loadFontsFor(node, after) : null;
  if (missingFont !== null) return { reason: missingFont };
  if (property.startsWith('component.'))
    return componentPropertySetter(node, property.slice('component.'.length), after, swaps);
  if (property === 'mainComponent') return mainComponentSetter(operation, node, after, swaps);
  if (STYLE_SETTERS[property] !== undefined) return styleSetter(node, property, after);
  if (node.type === 'TEXT' && property === 'runs') return { write: (run) => writeRuns(node, after, run) };
  if (node.type === 'TEXT' && property === 'characters' && typeof after === 'string') {
    return { write: () => writeCharacters(node, after) };
  }
  return plainSetter(node, property, after);
}

/** Text, and instances whose text may change with a property. */
function needsFonts(node: SceneNode, property: string): boolean {
  return node.type === 'TEXT' || property.startsWith('component.') || property === 'mainComponent';
}

/** Properties that may be unset. */
const NULLABLE = ['minWidth', 'maxWidth', 'minHeight', 'maxHeight', 'counterAxisSpacing', 'maxLines', 'hyperlink'];

function plainSetter(node: SceneNode, property: string, after: Value): Setter {
  if (after === null && !NULLABLE.includes(property)) return { reason: cannotSet(node, property) };
  if (PROPERTIES[property] !== undefined && property !== 'runs' && property in node) {
    if (property === 'fills' && hasPattern(after)) return laterSetter(node, 'setFillsAsync', after);
    if (property === 'strokes' && hasPattern(after)) return laterSetter(node, 'setStrokesAsync', after);
    return { write: () => assign(node, property, after) };
  }
  if (node.type !== 'TEXT' || !hasRangeSetter(node, property)) return { reason: cannotSet(node, property) };
  return {
    write: (run) => writeRange(node, { field: property, start: 0, end: node.characters.length, value: after }, run),
  };
}

function cannotSet(node: SceneNode, property: string): string {
  return `${propertyLabel(property)} of “${node.name}” can’t be set. Change it by hand.`;
}

function assign(node: SceneNode, property: string, value: Value): void {
  if (!Reflect.set(node, property, value)) throw new Error(`${property} of “${node.name}” can’t be set`);
}

/** Pattern fills refer to a layer that has to be loaded first. */
function hasPattern(paints: Value): boolean {
  return JSON.stringify(paints).includes('"type":"PATTERN"');
}

function laterSetter(node: SceneNode, method: string, value: Value): Setter {
  return {
    write: (run) => {
      run.later.push(async () => {
        const setter: unknown = Reflect.get(node, method);
        if (typeof setter !== 'function') throw new Error(`“${node.name}” has no ${method}`);
        await Reflect.apply(setter, node, [value]);
      });
    },
  };
}

async function styleSetter(node: SceneNode, property: string, after: Value): Promise<Setter> {
  const method = STYLE_SETTERS[property];
  if (method === undefined || !(method in node)) return { reason: cannotSet(node, property) };
  const styleId = after ?? '';
  if (typeof styleId !== 'string') return { reason: cannotSet(node, property) };
  if (styleId !== '') {
    const style = await figma.getStyleByIdAsync(styleId);
    if (style === null) return { reason: 'The style is not in this file any more.' };
    const missingFont = await loadFontOfStyle(style);
    if (missingFont !== null) return { reason: missingFont };
  }
  return laterSetter(node, method, styleId);
}

async function variableSetter(node: SceneNode, field: string, after: Value): Promise<Setter> {
  if (!('setBoundVariable' in node)) return { reason: cannotSet(node, `variable.${field}`) };
  const missingFont = node.type === 'TEXT' ? await loadFontsFor(node) : null;
  if (missingFont !== null) return { reason: missingFont };
  const variable = typeof after === 'string' ? await figma.variables.getVariableByIdAsync(after) : null;
  if (after !== null && variable === null) return { reason: 'The variable is not in this file any more.' };
  if (!isBindable(field)) return { reason: cannotSet(node, `variable.${field}`) };
  return { write: () => node.setBoundVariable(field, variable) };
}

/** Fields whose variables are bound in another way. */
const NOT_BINDABLE = ['componentProperties', 'textRangeFills', 'fills', 'strokes', 'effects', 'layoutGrids'];

function isBindable(field: string): field is VariableBindableNodeField {
  return !NOT_BINDABLE.includes(field);
}

function componentPropertySetter(node: SceneNode, name: string, after: Value, swaps: Swaps): Setter {
  if (node.type !== 'INSTANCE' || !hasComponentProperty(node, name, swaps)) {
    return { reason: `“${node.name}” has no component property “${name.split('#')[0] ?? name}”.` };
  }
  if (typeof after !== 'string' && typeof after !== 'boolean') return { reason: cannotSet(node, name) };
  return { write: () => node.setProperties({ [name]: after }) };
}

/** Whether the instance has the property when it is written: that of the component that it is swapped to before. */
function hasComponentProperty(node: InstanceNode, name: string, swaps: Swaps): boolean {
  const component = swaps.get(node.id);
  if (component === undefined) return node.componentProperties[name] !== undefined;
  // the definitions of a variant are those of its set
  const owner = component.parent?.type === 'COMPONENT_SET' ? component.parent : component;
  return owner.componentPropertyDefinitions[name] !== undefined;
}

async function mainComponentSetter(operation: Operation, node: SceneNode, after: Value, swaps: Swaps): Promise<Setter> {
  if (node.type !== 'INSTANCE' || typeof after !== 'string') return { reason: cannotSet(node, 'main component') };
  const component = await findComponent(after, operation.record.sourceLayerId);
  if (component === null) return { reason: 'The main component is not in this file any more.' };
  const missingFont = await loadFontsFor(component);
  if (missingFont !== null) return { reason: missingFont };
  swaps.set(node.id, component);
  return { write: () => node.swapComponent(component) };
}

/** A component of a library is known through its instance in the source. */
async function findComponent(componentId: string, sourceLayerId: string): Promise<ComponentNode | null> {
  const node = await findSceneNode(componentId);
  if (node?.type === 'COMPONENT') return node;
  const instance = await findSceneNode(sourceLayerId);
  const main = instance?.type === 'INSTANCE' ? await instance.getMainComponentAsync() : null;
  return main?.id === componentId ? main : null;
}
