import type { Design } from '../shared/design.js';
import type { Edit } from './edit.js';
import { formatNumber, formatValue, layerLabel, quoted } from './format-value.js';
import { propertyLabel } from './labels.js';
import { charactersOf } from './runs.js';

/** An edit in words. Both values are empty where a change has none, such as a removal. */
export interface EditText {
  /** What changed, such as "Button label" or "Card: Corner radius". */
  label: string;
  /** The same without the layer's name, such as "Corner radius". */
  what: string;
  before: string;
  after: string;
}

/** The texts of an edit for a preview: "Button label: “Buy” → “Add to cart”". */
export function describeEdit(edit: Edit, base: Design, ours: Design): EditText {
  const name = layerLabel(ours.layers[edit.layerId] === undefined ? base : ours, edit.layerId);
  if (edit.kind === 'set') {
    const label = edit.property === 'characters' ? name : `${name}: ${propertyLabel(edit.property)}`;
    const texts = {
      before: formatValue(edit.property, edit.before, base),
      after: formatValue(edit.property, edit.after, ours),
    };
    const what = propertyLabel(edit.property);
    return { label: label === '' ? what : label, what, ...texts };
  }
  if (edit.kind === 'move') {
    const [before, after] = [edit.before, edit.after].map(({ x, y }) => `${formatNumber(x)}, ${formatNumber(y)}`);
    return { label: `${name}: Position`, what: 'Position', before: before ?? '', after: after ?? '' };
  }
  if (edit.kind === 'resize') {
    const [before, after] = [edit.before, edit.after].map(
      ({ width, height }) => `${formatNumber(width)} × ${formatNumber(height)}`,
    );
    return { label: `${name}: Size`, what: 'Size', before: before ?? '', after: after ?? '' };
  }
  if (edit.kind === 'remove')
    return { label: `Remove ${name}`, what: 'Removed', before: textIn(base, edit.layerId), after: '' };
  if (edit.kind === 'add')
    return { label: `Add ${name}`, what: 'Added', before: '', after: `in ${layerLabel(ours, edit.parentId)}` };
  if (edit.kind === 'reorder')
    return { label: `${name}: Order`, what: 'Order', before: '', after: behind(ours, edit.previousSiblingId) };
  const parentBefore = base.layers[edit.layerId]?.parentId;
  const before = parentBefore == null ? '' : `in ${layerLabel(base, parentBefore)}`;
  return { label: `${name}: Parent`, what: 'Parent', before, after: `in ${layerLabel(ours, edit.parentId)}` };
}

function behind(ours: Design, previousSiblingId: string | null): string {
  return previousSiblingId === null ? 'first' : `after ${layerLabel(ours, previousSiblingId)}`;
}

function textIn(design: Design, layerId: string): string {
  const layer = design.layers[layerId];
  const text = layer === undefined ? '' : charactersOf(layer);
  return text === '' ? '' : quoted(text);
}
