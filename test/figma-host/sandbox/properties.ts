import type { Json, NodeType } from '../spec.js';
import { RANGE_DEFAULTS } from '../text-runs.js';

type Defaults = { readonly [property: string]: Json };

const SCENE: Defaults = { visible: true, locked: false, componentPropertyReferences: null };
const BLEND: Defaults = {
  effectStyleId: '',
  opacity: 1,
  blendMode: 'PASS_THROUGH',
  isMask: false,
  maskType: 'ALPHA',
  effects: [],
  exportSettings: [],
};
const CHILD: Defaults = {
  constraints: { horizontal: 'MIN', vertical: 'MIN' },
  layoutAlign: 'INHERIT',
  layoutGrow: 0,
  layoutPositioning: 'AUTO',
  minWidth: null,
  maxWidth: null,
  minHeight: null,
  maxHeight: null,
  layoutSizingHorizontal: 'FIXED',
  layoutSizingVertical: 'FIXED',
};
const CORNERS: Defaults = {
  cornerRadius: 0,
  topLeftRadius: 0,
  topRightRadius: 0,
  bottomLeftRadius: 0,
  bottomRightRadius: 0,
  cornerSmoothing: 0,
};
const SIDES: Defaults = { strokeTopWeight: 1, strokeRightWeight: 1, strokeBottomWeight: 1, strokeLeftWeight: 1 };
const PAINT: Defaults = {
  fillStyleId: '',
  strokeStyleId: '',
  fills: [],
  strokes: [],
  strokeWeight: 1,
  strokeAlign: 'INSIDE',
  strokeCap: 'NONE',
  strokeJoin: 'MITER',
  strokeMiterLimit: 4,
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
  ...CORNERS,
  ...SIDES,
  clipsContent: true,
  reactions: [],
  layoutMode: 'NONE',
  layoutWrap: 'NO_WRAP',
  primaryAxisSizingMode: 'FIXED',
  counterAxisSizingMode: 'FIXED',
  primaryAxisAlignItems: 'MIN',
  counterAxisAlignItems: 'MIN',
  counterAxisAlignContent: 'AUTO',
  itemSpacing: 0,
  counterAxisSpacing: null,
  itemReverseZIndex: false,
  strokesIncludedInLayout: false,
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
  GROUP: {
    ...SCENE,
    ...BLEND,
    layoutPositioning: 'AUTO',
    layoutAlign: 'INHERIT',
    layoutGrow: 0,
    layoutSizingHorizontal: 'FIXED',
    layoutSizingVertical: 'FIXED',
  },
  SECTION: { ...SCENE, fills: [], fillStyleId: '', sectionContentsHidden: false },
  BOOLEAN_OPERATION: { ...SCENE, ...BLEND, ...CHILD, ...PAINT, booleanOperation: 'UNION' },
  SLICE: { ...SCENE, exportSettings: [] },
  RECTANGLE: { ...SHAPE, ...CORNERS, ...SIDES },
  ELLIPSE: { ...SHAPE, arcData: { startingAngle: 0, endingAngle: 6.283185307179586, innerRadius: 0 } },
  LINE: SHAPE,
  VECTOR: { ...SHAPE, vectorPaths: [], cornerRadius: 0, cornerSmoothing: 0 },
  TEXT: {
    ...SHAPE,
    ...RANGE_DEFAULTS,
    characters: '',
    fontWeight: 400,
    textAlignHorizontal: 'LEFT',
    textAlignVertical: 'TOP',
    textAutoResize: 'WIDTH_AND_HEIGHT',
    textTruncation: 'DISABLED',
    maxLines: null,
    leadingTrim: 'NONE',
    hangingPunctuation: false,
    hangingList: false,
    autoRename: false,
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
  'textCase',
  'textDecoration',
  'textDecorationStyle',
  'textDecorationOffset',
  'textDecorationThickness',
  'textDecorationColor',
  'textDecorationSkipInk',
  'paragraphIndent',
  'paragraphSpacing',
  'textWrapStyle',
  'leadingTrim',
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
  'fillGeometry',
  'hasMissingFont',
  'fontWeight',
  'openTypeFeatures',
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
