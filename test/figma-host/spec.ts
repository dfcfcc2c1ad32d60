/** Plain data, as it is stored and as it crosses the border between Node and QuickJS. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NodeType =
  | 'DOCUMENT'
  | 'PAGE'
  | 'FRAME'
  | 'GROUP'
  | 'SECTION'
  | 'COMPONENT'
  | 'INSTANCE'
  | 'TEXT'
  | 'RECTANGLE'
  | 'ELLIPSE'
  | 'LINE'
  | 'VECTOR'
  | 'BOOLEAN_OPERATION'
  | 'SLICE';

/** Two columns and a translation: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** A node as the host stores it. */
export interface RawNode {
  id: string;
  type: NodeType;
  parentId: string | null;
  childIds: string[];
  /** Relative to the nearest parent that is not a group. */
  matrix: Matrix;
  width: number;
  height: number;
  /** Everything else that can be set; absent means the default of the type. */
  props: { [property: string]: Json };
  sharedPluginData: { [namespaceAndKey: string]: string };
  relaunchData: { [command: string]: string };
  /** Known to the host only: which part of the design this is. */
  key: string | null;
}

/** A node as a document builder writes it. */
export interface NodeSpec {
  key?: string;
  type: NodeType;
  name: string;
  x?: number;
  y?: number;
  /** Degrees, counter-clockwise, about the top left corner. */
  rotation?: number;
  /** Mirrored left to right, about its left edge as it was. */
  isFlipped?: boolean;
  width?: number;
  height?: number;
  props?: { [property: string]: Json };
  children?: NodeSpec[];
  /** Key of the component that an INSTANCE shows. */
  component?: string;
}

export interface MeasurementSpec {
  startKey: string;
  endKey: string;
}

export interface DocumentSpec {
  name: string;
  children: NodeSpec[];
  measurements?: MeasurementSpec[];
}

/** Everything that outlives a run of the plugin. */
export interface DocumentState {
  name: string;
  nodes: RawNode[];
  nextId: number;
  /** Undo states, the oldest first; the last is the present one unless something changed since. */
  history: string[];
  selection: string[];
  measurements: MeasurementSpec[];
}

/** What exportAsync asks the host to draw. */
export interface RenderRequest {
  nodes: RawNode[];
  rootId: string;
  widthPx: number;
  heightPx: number;
  contentsOnly: boolean;
}
