import type { Json, NodeType } from '../spec.js';

type Defaults = { readonly [property: string]: Json };

const SCENE: Defaults = { visible: true, locked: false, componentPropertyReferences: null };
const BLEND: Defaults = {
  effectStyleId: '',
  opacity: 1,
  blendMode: 'PASS_THROUGH',
  isMask: false,
  effects: [],
  exportSettings: [],
};
const CHILD: Defaults = {
  constraints: { horizontal: 'MIN', vertical: 'MIN' },
  layoutAlign: 'INHERIT',
  layoutGrow: 0,
  layoutPositioning: 'AUTO',
};
const PAINT: Defaults = {
  fillStyleId: '',
  strokeStyleId: '',
  fills: [],
  strokes: [],
  strokeWeight: 1,
  strokeAlign: 'INSIDE',
  dashPattern: [],
};
const ANNOTATED: Defaults = { annotations: [] };
const FRAME: Defaults = {
  ...SCENE,
  ...BLEND,
  ...CHILD,
  ...PAINT,
  ...ANNOTATED,
  layoutGrids: [],
  gridStyleId: '',
  cornerRadius: 0,
  clipsContent: true,
  reactions: [],
  layoutMode: 'NONE',
  layoutWrap: 'NO_WRAP',
  primaryAxisSizingMode: 'FIXED',
  counterAxisSizingMode: 'FIXED',
  primaryAxisAlignItems: 'MIN',
  counterAxisAlignItems: 'MIN',
  itemSpacing: 0,
  paddingLeft: 0,
  paddingRight: 0,
  paddingTop: 0,
  paddingBottom: 0,
};
const SHAPE: Defaults = { ...SCENE, ...BLEND, ...CHILD, ...PAINT, ...ANNOTATED };

/** The properties of each node type with their defaults. */
export const PROPERTIES: { readonly [T in NodeType]: Defaults } = {
  DOCUMENT: {},
  PAGE: { backgrounds: [] },
  FRAME,
  COMPONENT: { ...FRAME, description: '' },
  COMPONENT_SET: { ...FRAME, description: '' },
  INSTANCE: { ...FRAME, isExposedInstance: false },
  GROUP: { ...SCENE, ...BLEND, layoutPositioning: 'AUTO', layoutAlign: 'INHERIT', layoutGrow: 0 },
  SECTION: { ...SCENE, fills: [], fillStyleId: '', sectionContentsHidden: false },
  BOOLEAN_OPERATION: { ...SCENE, ...BLEND, ...CHILD, ...PAINT, booleanOperation: 'UNION' },
  SLICE: { ...SCENE, exportSettings: [] },
  RECTANGLE: { ...SHAPE, cornerRadius: 0 },
  ELLIPSE: { ...SHAPE, arcData: { startingAngle: 0, endingAngle: 6.283185307179586, innerRadius: 0 } },
  LINE: { ...SHAPE, strokeCap: 'NONE' },
  VECTOR: { ...SHAPE, vectorPaths: [], strokeCap: 'NONE', strokeJoin: 'MITER', cornerRadius: 0 },
  TEXT: {
    ...SHAPE,
    textStyleId: '',
    characters: '',
    fontName: { family: 'Inter', style: 'Regular' },
    fontSize: 12,
    textAlignHorizontal: 'LEFT',
    textAlignVertical: 'TOP',
    textAutoResize: 'WIDTH_AND_HEIGHT',
    lineHeight: { unit: 'AUTO' },
    letterSpacing: { unit: 'PERCENT', value: 0 },
    hasMissingFont: false,
  },
};

/** Text properties that need a loaded font. */
export const NEEDS_FONT: ReadonlySet<string> = new Set([
  'characters',
  'fontSize',
  'textAlignHorizontal',
  'textAlignVertical',
  'textAutoResize',
  'lineHeight',
  'letterSpacing',
]);

export const READ_ONLY: ReadonlySet<string> = new Set([
  'id',
  'type',
  'parent',
  'children',
  'removed',
  'width',
  'height',
  'absoluteTransform',
  'absoluteBoundingBox',
  'absoluteRenderBounds',
  'hasMissingFont',
]);

export const CONTAINERS: ReadonlySet<NodeType> = new Set<NodeType>([
  'DOCUMENT',
  'PAGE',
  'FRAME',
  'GROUP',
  'SECTION',
  'COMPONENT',
  'COMPONENT_SET',
  'INSTANCE',
  'BOOLEAN_OPERATION',
]);
