import { decidingTokens } from '../../plugin/src/edits/diff/derived.js';
import { isList, isRecord } from '../../plugin/src/edits/fingerprint.js';
import type { Value } from '../../plugin/src/shared/design.js';
import type { Draft, DraftLayer } from './draft.js';
import { joinRadii, RADII } from './radii.js';

const LENGTHS = [
  ...['topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius', 'cornerRadius', 'strokeWeight'],
  ...['itemSpacing', 'paddingTop', 'paddingRight', 'paddingBottom', 'paddingLeft', 'fontSize'],
] as const;

type Dimension = 'width' | 'height';

export function isGroup({ type }: DraftLayer): boolean {
  return type === 'GROUP';
}

export function hasAutoLayout({ props }: DraftLayer): boolean {
  return props.layoutMode === 'HORIZONTAL' || props.layoutMode === 'VERTICAL';
}

/** Whether auto layout decides the position of the layer. */
export function isLaidOut(draft: Draft, id: string): boolean {
  const parent = draft.parentOf(id);
  return parent !== null && hasAutoLayout(parent);
}

export function isSizeDecided(draft: Draft, layer: DraftLayer, dimension: Dimension): boolean {
  const sizing = layer.props[dimension === 'width' ? 'layoutSizingHorizontal' : 'layoutSizingVertical'];
  if (isGroup(layer)) return true;
  if (layer.type === 'TEXT' && layer.props.textAutoResize === 'WIDTH_AND_HEIGHT') return true;
  return sizing === 'FILL' ? isLaidOut(draft, layer.id) : sizing === 'HUG' && hasAutoLayout(layer);
}

/** Moves a layer by a difference in its container; a group takes along what is in it. */
export function moveBy(draft: Draft, id: string, x: number, y: number): void {
  const layer = draft.get(id);
  layer.transform = { ...layer.transform, e: layer.transform.e + x, f: layer.transform.f + y };
  if (isGroup(layer)) for (const child of layer.childIds) moveBy(draft, child, x, y);
}

/** Resizes a layer; its children follow their constraints, or fill the auto layout. */
export function resize(draft: Draft, id: string, width: number, height: number): void {
  const layer = draft.get(id);
  const before = { width: layer.width, height: layer.height };
  [layer.width, layer.height] = [width, height];
  if (hasAutoLayout(layer)) fillAutoLayout(draft, layer, width - before.width, height - before.height);
  else for (const child of layer.childIds) constrain(draft, child, before, { width, height });
}

function fillAutoLayout(draft: Draft, layer: DraftLayer, x: number, y: number): void {
  const children = layer.childIds.map((id) => draft.get(id));
  const fills = (axis: 'Horizontal' | 'Vertical') =>
    children.filter(({ props }) => props[`layoutSizing${axis}`] === 'FILL');
  const isRow = layer.props.layoutMode === 'HORIZONTAL';
  const [across, along] = [fills('Horizontal'), fills('Vertical')];
  for (const child of children) {
    const dx = across.includes(child) ? x / (isRow ? across.length : 1) : 0;
    const dy = along.includes(child) ? y / (isRow ? 1 : along.length) : 0;
    if (dx !== 0 || dy !== 0) resize(draft, child.id, child.width + dx, child.height + dy);
  }
}

type Extent = { width: number; height: number };

function constrain(draft: Draft, id: string, from: Extent, to: Extent): void {
  const layer = draft.get(id);
  if (isGroup(layer)) {
    for (const child of layer.childIds) constrain(draft, child, from, to);
    return;
  }
  const { constraints } = layer.props;
  const rule = (axis: 'horizontal' | 'vertical') => (isRecord(constraints) ? String(constraints[axis]) : 'MIN');
  const x = span(layer.transform.e, layer.width, rule('horizontal'), from.width, to.width);
  const y = span(layer.transform.f, layer.height, rule('vertical'), from.height, to.height);
  layer.transform = { ...layer.transform, e: x.start, f: y.start };
  if (x.length !== layer.width || y.length !== layer.height) resize(draft, id, x.length, y.length);
}

/** Where a constraint puts a layer when the length of its container changes. */
function span(
  start: number,
  length: number,
  rule: string,
  from: number,
  to: number,
): { start: number; length: number } {
  const more = to - from;
  switch (rule) {
    case 'MAX':
      return { start: start + more, length };
    case 'STRETCH':
      return { start, length: Math.max(0, length + more) };
    case 'CENTER':
      return { start: start + more / 2, length };
    case 'SCALE':
      return { start: (start * to) / from, length: (length * to) / from };
    default:
      return { start, length };
  }
}

/** Scales a layer with everything in it; its position stays. What a style or variable decides is the same at any scale. */
export function rescale(draft: Draft, id: string, factor: number): void {
  for (const one of draft.subtree(id)) {
    const layer = draft.get(one);
    if (one !== id) {
      layer.transform = { ...layer.transform, e: layer.transform.e * factor, f: layer.transform.f * factor };
    }
    layer.width *= factor;
    layer.height *= factor;
    scaleProperties(layer, factor);
  }
}

function scaleProperties(layer: DraftLayer, factor: number): void {
  const { props } = layer;
  const isDecided = (property: string) => decidingTokens(layer, property).length > 0;
  for (const property of LENGTHS) {
    const value = props[property];
    if (typeof value === 'number' && !isDecided(property)) props[property] = value * factor;
  }
  for (const property of ['lineHeight', 'letterSpacing', 'effects', 'runs'] as const) {
    if (props[property] !== undefined && !isDecided(property)) props[property] = scaledParts(props[property], factor);
  }
  if (RADII.some(isDecided)) joinRadii(props);
}

/** Scales pixels in line heights, effects and runs. */
function scaledParts(value: Value, factor: number): Value {
  if (isList(value)) return value.map((item) => scaledParts(item, factor));
  if (!isRecord(value)) return value;
  if (value.unit === 'PIXELS') return { ...value, value: Number(value.value) * factor };
  const scaled = Object.entries(value).map(([key, item]): [string, Value] => {
    const isLength = ['radius', 'spread', 'fontSize'].includes(key) || (key === 'offset' && isRecord(item));
    if (typeof item === 'number') return [key, isLength ? item * factor : item];
    if (isLength && isRecord(item)) return [key, { x: Number(item.x) * factor, y: Number(item.y) * factor }];
    return [key, ['values', 'lineHeight', 'letterSpacing'].includes(key) ? scaledParts(item, factor) : item];
  });
  return Object.fromEntries(scaled);
}
