import type { Edit } from './edit.js';

/** What an edit is about, as designers sort changes. */
export const EDIT_KINDS = ['text', 'look', 'layout', 'component', 'structure'] as const;
export type EditKind = (typeof EDIT_KINDS)[number];

const LAYOUT = new Set([
  ...['itemSpacing', 'counterAxisSpacing', 'gridRowGap', 'gridColumnGap', 'constraints', 'rotation', 'clipsContent'],
  ...['paddingTop', 'paddingRight', 'paddingBottom', 'paddingLeft', 'minWidth', 'maxWidth', 'minHeight', 'maxHeight'],
  ...['layoutMode', 'layoutWrap', 'primaryAxisAlignItems', 'counterAxisAlignItems', 'counterAxisAlignContent'],
  ...['itemReverseZIndex', 'strokesIncludedInLayout', 'layoutSizingHorizontal', 'layoutSizingVertical'],
  ...['layoutAlign', 'layoutGrow', 'layoutPositioning', 'textAutoResize'],
]);

/** Fills, fonts, effects and other properties are the look of a layer. */
export function editKind(edit: Edit): EditKind {
  switch (edit.kind) {
    case 'move':
    case 'resize':
      return 'layout';
    case 'set':
      return kindOfProperty(edit.property);
    default:
      return 'structure';
  }
}

function kindOfProperty(property: string): EditKind {
  if (property === 'characters') return 'text';
  if (property === 'mainComponent' || property.startsWith('component.')) return 'component';
  return LAYOUT.has(property.replace(/^variable\./, '')) ? 'layout' : 'look';
}
