import { isList, isRecord } from '../../plugin/src/edits/fingerprint.js';
import type { Value } from '../../plugin/src/shared/design.js';
import { type Component, componentOf, instanceChildren } from './components.js';
import type { Draft, DraftLayer, Props } from './draft.js';
import { colour, type Mode, NUMBER_VARIABLES, paintsOfStyle, TEXT_STYLES, variableHex } from './library.js';
import { joinRadii, RADII } from './radii.js';
import { setCharacters, setRuns, setUniform } from './text-runs.js';

const PAINTS: { readonly [property: string]: string } = { fills: 'fillStyleId', strokes: 'strokeStyleId' };
const TEXT_STYLED = ['fontName', 'fontSize', 'lineHeight', 'letterSpacing', 'textCase', 'textDecoration'] as const;

/**
 * Sets a property as Figma does, with what follows from it: a style sets its values and a value detaches the style, one
 * radius sets four, a variable sets its field, another main component exchanges the children of the instance.
 * @throws if the layer has no such property
 */
export function setProperty(draft: Draft, id: string, property: string, value: Value, mode: Mode): void {
  const layer = draft.get(id);
  if (!supports(layer, property)) throw new Error(`${layer.type} ${id} has no ${property}`);
  if (value === null && !property.startsWith('variable.')) throw new Error(`${property} of ${id} cannot be null`);
  if (property === 'name') {
    layer.name = String(value);
    return;
  }
  markOverride(draft, layer, property);
  if (property === 'mainComponent') swapComponent(draft, layer, String(value), mode);
  else if (property.startsWith('component.')) setComponentProperty(draft, layer, property, value);
  else write(layer, property, value, mode);
}

function supports({ type, props }: DraftLayer, property: string): boolean {
  if (property === 'name') return true;
  if (property.startsWith('variable.')) return supports({ type, props } as DraftLayer, property.slice(9));
  if (type === 'TEXT' && ['runs', ...TEXT_STYLED, 'fills'].includes(property)) return true;
  return property === 'cornerRadius' ? 'topLeftRadius' in props : property in props;
}

function markOverride(draft: Draft, layer: DraftLayer, property: string): void {
  if (layer.type !== 'INSTANCE' && draft.instanceAbove(layer.id) === null) return;
  if (property === 'mainComponent' || property.startsWith('component.')) return;
  const parts = property === 'textStyleId' ? TEXT_STYLED : property === 'cornerRadius' ? RADII : [];
  layer.overrides = [...new Set([...(layer.overrides ?? []), property, ...parts])].sort();
}

function write(layer: DraftLayer, property: string, value: Value, mode: Mode): void {
  const { props } = layer;
  if (property.startsWith('variable.')) bind(layer, property, value);
  else if (property === 'characters') setCharacters(props, String(value));
  else if (property === 'runs') setRuns(props, value);
  else if (property === 'cornerRadius') for (const radius of RADII) setField(layer, radius, value);
  else if (property === 'fillStyleId' || property === 'strokeStyleId') setPaintStyle(props, property, String(value));
  else if (property === 'textStyleId') setTextStyle(props, String(value));
  else setField(layer, property, resolved(value, mode));
  if (RADII.some((radius) => radius === property) || property === 'cornerRadius') joinRadii(props);
}

function setField({ type, props }: DraftLayer, property: string, value: Value): void {
  const style = PAINTS[property];
  if (style !== undefined) props[style] = '';
  if (TEXT_STYLED.some((one) => one === property)) props.textStyleId = '';
  delete props[`variable.${property}`];
  if (type === 'TEXT') setUniform(props, property, value);
  else props[property] = value;
}

function bind(layer: DraftLayer, property: string, value: Value): void {
  const field = property.slice('variable.'.length);
  if (value === null) {
    delete layer.props[property];
    return;
  }
  const number = NUMBER_VARIABLES[String(value)];
  if (number === undefined) throw new Error(`no variable ${String(value)}`);
  setField(layer, field, number);
  layer.props[property] = value;
  if (RADII.some((radius) => radius === field)) joinRadii(layer.props);
}

function setPaintStyle(props: Props, property: 'fillStyleId' | 'strokeStyleId', id: string): void {
  props[property] = id;
  if (id !== '') props[property === 'fillStyleId' ? 'fills' : 'strokes'] = paintsOfStyle(id);
}

function setTextStyle(props: Props, id: string): void {
  for (const [property, value] of Object.entries(TEXT_STYLES[id] ?? {})) setUniform(props, property, value);
  props.textStyleId = id;
}

/** The colours of bound paints are those of their variables in the mode of the frame. */
export function resolved(value: Value, mode: Mode): Value {
  if (isList(value)) return value.map((item) => resolved(item, mode));
  if (!isRecord(value)) return value;
  const alias = isRecord(value.boundVariables) ? value.boundVariables.color : undefined;
  const id = isRecord(alias) ? alias.id : undefined;
  if (typeof id === 'string') return { ...value, color: colour(variableHex(id, mode)) };
  return isList(value.gradientStops) ? { ...value, gradientStops: resolved(value.gradientStops, mode) } : value;
}

function setComponentProperty(draft: Draft, layer: DraftLayer, property: string, value: Value): void {
  layer.props[property] = value;
  for (const id of draft.subtree(layer.id)) {
    const child = draft.get(id);
    for (const [own, name] of Object.entries(child.follows ?? {})) {
      if (`component.${name}` !== property) continue;
      if (own === 'characters') setCharacters(child.props, String(value));
      else child.props[own] = value;
    }
  }
}

/** Overrides stay, on sublayers by their names in the component. */
function swapComponent(draft: Draft, layer: DraftLayer, componentId: string, mode: Mode): void {
  const component = componentOf(componentId);
  const kept = new Map(draft.subtree(layer.id).map((id) => [id, draft.get(id)]));
  for (const child of layer.childIds) draft.remove(child);
  layer.props.mainComponent = componentId;
  follow(layer, component.props, mode);
  for (const [n, part] of instanceChildren(layer.id, component).entries()) draft.insertPart(part, layer.id, n);
  for (const [id, before] of kept) {
    if (id === layer.id || !draft.has(id)) continue;
    const child = draft.get(id);
    child.overrides = [...(before.overrides ?? [])];
    for (const property of child.overrides) child.props[property] = before.props[property] ?? null;
  }
  applyProperties(draft, layer, component, mode);
}

function follow(layer: DraftLayer, props: Props, mode: Mode): void {
  for (const [property, value] of Object.entries(props)) {
    if (layer.overrides?.includes(property) !== true) layer.props[property] = resolved(value, mode);
  }
  joinRadii(layer.props);
}

/** Sublayers show the instance's values of the component properties, in the colours of the mode. */
function applyProperties(draft: Draft, layer: DraftLayer, component: Component, mode: Mode): void {
  for (const id of draft.subtree(layer.id)) {
    const { props } = draft.get(id);
    if (props.fills !== undefined) props.fills = resolved(props.fills, mode);
    if (props.strokes !== undefined) props.strokes = resolved(props.strokes, mode);
  }
  for (const property of Object.keys(component.properties)) {
    setComponentProperty(draft, layer, property, layer.props[property] ?? null);
  }
}
