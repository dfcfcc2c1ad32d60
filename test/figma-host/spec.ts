/** Plain data, as stored and as passed between Node and QuickJS. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NodeType =
  | 'DOCUMENT'
  | 'PAGE'
  | 'FRAME'
  | 'GROUP'
  | 'SECTION'
  | 'COMPONENT'
  | 'COMPONENT_SET'
  | 'INSTANCE'
  | 'TEXT'
  | 'RECTANGLE'
  | 'ELLIPSE'
  | 'LINE'
  | 'VECTOR'
  | 'BOOLEAN_OPERATION'
  | 'SLICE';

/** x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** A stored node. */
export interface RawNode {
  id: string;
  type: NodeType;
  parentId: string | null;
  childIds: string[];
  /** Relative to the nearest parent that is not a group. */
  matrix: Matrix;
  width: number;
  height: number;
  /** All other properties that differ from the defaults of the type. */
  props: { [property: string]: Json };
  sharedPluginData: { [namespaceAndKey: string]: string };
  relaunchData: { [command: string]: string };
  /** In an instance: the properties that do not follow the main component; `component.<name>` for its properties. */
  overrides?: string[];
  /** Names the node in tests; plugins cannot read it. */
  key: string | null;
}

/** A node of a document spec. */
export interface NodeSpec {
  key?: string;
  type: NodeType;
  name: string;
  x?: number;
  y?: number;
  /** Degrees, counter-clockwise, about the top left corner. */
  rotation?: number;
  /** Mirrored about its left edge. */
  isFlipped?: boolean;
  width?: number;
  height?: number;
  props?: { [property: string]: Json };
  /** Of a TEXT: fields of ranges of its characters. */
  runs?: ({ start: number; end: number } & { [field: string]: Json })[];
  children?: NodeSpec[];
  /** Key of the main component of an INSTANCE. */
  component?: string;
  /** Names of styles by field: `fillStyleId`, `textStyleId` … */
  styles?: { [field: string]: string };
  /** Names of variables by field; for `fills` and `strokes` they give the colour of the topmost paint. */
  variables?: { [field: string]: string };
  /** Names of modes by the name of the collection. */
  modes?: { [collection: string]: string };
  /** Of an INSTANCE: values of component properties by name, with or without the `#` suffix. */
  componentProperties?: { [name: string]: string | boolean };
  /** Of an INSTANCE: properties of its layers that differ from the main component, by the keys of the main layers. */
  overrides?: { [layerKey: string]: { [property: string]: Json } };
}

export type MeasurementSide = 'TOP' | 'RIGHT' | 'BOTTOM' | 'LEFT';

/** Default sides: from the bottom of the start to the top of the end. */
export interface MeasurementSpec {
  startKey: string;
  endKey: string;
  startSide?: MeasurementSide;
  endSide?: MeasurementSide;
}

/** A stored measurement. */
export interface RawMeasurement {
  id: string;
  startId: string;
  startSide: MeasurementSide;
  endId: string;
  endSide: MeasurementSide;
  offset: { type: 'INNER'; relative: number } | { type: 'OUTER'; fixed: number };
  freeText: string;
}

interface StyleSpec {
  name: string;
  type: StyleType;
  props: { [property: string]: Json };
  /** Whether it comes from a library, where it cannot be changed. */
  isLibrary?: boolean;
}

interface CollectionSpec {
  name: string;
  modes: string[];
  /** The values of each variable by name, one for each mode. `{ alias: name }` refers to another variable. */
  variables: { [name: string]: Json[] };
  isLibrary?: boolean;
}

export interface DocumentSpec {
  name: string;
  /** The nodes of the first page, which is the current one. */
  children: NodeSpec[];
  /** Default: Page 1. */
  firstPageName?: string;
  /** Further pages. */
  pages?: { key?: string; name: string; children: NodeSpec[] }[];
  /** Components and component sets of a library. They are on no page and cannot be changed. */
  library?: NodeSpec[];
  styles?: StyleSpec[];
  collections?: CollectionSpec[];
  measurements?: MeasurementSpec[];
}

export type StyleType = 'PAINT' | 'TEXT' | 'EFFECT' | 'GRID';

/** A stored style. `props` are `paints`, `effects`, `layoutGrids` or properties of text. */
export interface RawStyle {
  id: string;
  key: string;
  type: StyleType;
  name: string;
  description: string;
  remote: boolean;
  props: { [property: string]: Json };
  sharedPluginData: { [namespaceAndKey: string]: string };
}

export interface RawCollection {
  id: string;
  key: string;
  name: string;
  remote: boolean;
  modes: { modeId: string; name: string }[];
  variableIds: string[];
}

export type VariableType = 'BOOLEAN' | 'FLOAT' | 'STRING' | 'COLOR';

export interface RawVariable {
  id: string;
  key: string;
  name: string;
  remote: boolean;
  resolvedType: VariableType;
  collectionId: string;
  valuesByMode: { [modeId: string]: Json };
  scopes: string[];
  description: string;
}

/** What a file has besides nodes. */
export interface Assets {
  styles: RawStyle[];
  collections: RawCollection[];
  variables: RawVariable[];
}

/** The state that survives a run of the plugin. */
export interface DocumentState {
  name: string;
  nodes: RawNode[];
  assets: Assets;
  nextId: number;
  /** Undo states, oldest first. The last one is the current state, unless there are uncommitted changes. */
  history: string[];
  currentPageId: string;
  /** The selected nodes of each page. */
  selections: { [pageId: string]: string[] };
  measurements: RawMeasurement[];
}

/** A node to render, for `exportAsync`. */
export interface RenderRequest {
  nodes: RawNode[];
  rootId: string;
  /** Size and place of the node: a group has those of its children. */
  width: number;
  height: number;
  absolute: Matrix;
  widthPx: number;
  heightPx: number;
  contentsOnly: boolean;
}

/** An edit by hand. A null `index` is the top. */
export type HandEdit =
  /**
   * `componentProperties`, `boundVariables` (ids or null, for `fills` of the topmost paint) and `explicitVariableModes`
   * set only those given, and so does `sharedPluginData` by `namespace/key`; `mainComponent` is the id of the component to swap to; `fillStyleId` and its kind take ids.
   */
  | { kind: 'set'; nodeId: string; properties: { [property: string]: Json } }
  | { kind: 'insert'; parentId: string; index: number | null; spec: NodeSpec }
  | { kind: 'move'; nodeId: string; parentId: string; index: number | null }
  | { kind: 'remove'; nodeId: string }
  | { kind: 'duplicate'; nodeId: string };
