import type { Affine } from '@samepoint/shared-protocol';
import type { Design, DesignLayer, Value } from '../../plugin/src/shared/design.js';
import { TOKENS } from './library.js';

export type Props = { [property: string]: Value };

/** A layer that can be written. */
export interface DraftLayer extends Omit<DesignLayer, 'childIds' | 'props' | 'overrides'> {
  childIds: string[];
  props: Props;
  overrides?: string[];
}

/** A layer with its children, to build a design of. The id of the layer is its key. */
export interface Part {
  key: string;
  type: string;
  name: string;
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  props?: Props;
  follows?: { [property: string]: string };
  overrides?: string[];
  children?: Part[];
}

/** A design that can be written. */
export class Draft {
  readonly rootId: string;
  readonly #layers: Map<string, DraftLayer>;

  private constructor(rootId: string, layers: Map<string, DraftLayer>) {
    this.rootId = rootId;
    this.#layers = layers;
  }

  static of({ rootId, layers }: Design): Draft {
    return new Draft(rootId, new Map(Object.entries(layers).map(([id, layer]) => [id, copyOf(layer)])));
  }

  /** A design of one part with all below it. */
  static from(root: Part): Draft {
    const draft = new Draft(root.key, new Map());
    draft.insertPart(root, null, 0);
    return draft;
  }

  design(): Design {
    const layers = Object.fromEntries(this.#layers);
    return { rootId: this.rootId, layers, tokens: usedTokens(layers) };
  }

  has(id: string): boolean {
    return this.#layers.has(id);
  }

  get(id: string): DraftLayer {
    const layer = this.#layers.get(id);
    if (layer === undefined) throw new Error(`no layer ${id}`);
    return layer;
  }

  ids(): string[] {
    return this.subtree(this.rootId);
  }

  /** A layer and all below it, in document order. */
  subtree(id: string): string[] {
    return [id, ...this.get(id).childIds.flatMap((child) => this.subtree(child))];
  }

  parentOf(id: string): DraftLayer | null {
    const { parentId } = this.get(id);
    return parentId === null ? null : this.get(parentId);
  }

  /** The instance that the layer is in. */
  instanceAbove(id: string): DraftLayer | null {
    const parent = this.parentOf(id);
    if (parent === null || parent.type === 'INSTANCE') return parent;
    return this.instanceAbove(parent.id);
  }

  isInside(id: string, ancestorId: string): boolean {
    const { parentId } = this.get(id);
    return parentId !== null && (parentId === ancestorId || this.isInside(parentId, ancestorId));
  }

  /** Adds a layer without children at an index of its parent. */
  insert(layer: DesignLayer, parentId: string | null, index: number): void {
    if (this.has(layer.id)) throw new Error(`a second layer ${layer.id}`);
    this.#layers.set(layer.id, { ...copyOf(layer), parentId, childIds: [] });
    if (parentId !== null) this.get(parentId).childIds.splice(index, 0, layer.id);
  }

  insertPart(part: Part, parentId: string | null, index: number): void {
    this.insert(layerOf(part), parentId, index);
    for (const [n, child] of (part.children ?? []).entries()) this.insertPart(child, part.key, n);
  }

  remove(id: string): void {
    this.#detach(id);
    for (const one of this.subtree(id)) this.#layers.delete(one);
  }

  /** Moves a layer to a place among the children of a parent. `below` is the sibling right below it. */
  place(id: string, parentId: string, below: string | null): void {
    if (id === parentId || this.isInside(parentId, id)) throw new Error(`${id} cannot be inside itself`);
    this.#detach(id);
    const { childIds } = this.get(parentId);
    const index = below === null ? 0 : childIds.indexOf(below) + 1;
    if (below !== null && index === 0) throw new Error(`${below} is not a child of ${parentId}`);
    childIds.splice(index, 0, id);
    this.get(id).parentId = parentId;
  }

  #detach(id: string): void {
    const parent = this.parentOf(id);
    if (parent !== null) parent.childIds = parent.childIds.filter((child) => child !== id);
  }
}

const TOKEN_ID = /"((?:S|C|VariableID):[^"]+)"/g;

function usedTokens(layers: Design['layers']): Design['tokens'] {
  const props = JSON.stringify(Object.values(layers).map((layer) => layer.props));
  const ids = new Set([...props.matchAll(TOKEN_ID)].map(([, id = '']) => id));
  return Object.fromEntries([...ids].flatMap((id) => (TOKENS[id] === undefined ? [] : [[id, TOKENS[id]]])));
}

function copyOf(layer: DesignLayer): DraftLayer {
  const { childIds, props, overrides, ...rest } = layer;
  return {
    ...rest,
    transform: { ...layer.transform },
    childIds: [...childIds],
    props: { ...props },
    ...(overrides === undefined ? {} : { overrides: [...overrides] }),
  };
}

export function translation(x: number, y: number): Affine {
  return { a: 1, b: 0, c: 0, d: 1, e: x, f: y };
}

function layerOf({ key, type, name, x = 0, y = 0, width = 100, height = 100, props = {}, ...rest }: Part): DesignLayer {
  return {
    id: key,
    type,
    name,
    parentId: null,
    childIds: [],
    transform: translation(x, y),
    width,
    height,
    props: withoutMixed({ ...defaultsOf(type), ...props }),
    ...(rest.follows === undefined ? {} : { follows: rest.follows }),
    ...(rest.overrides === undefined ? {} : { overrides: rest.overrides }),
  };
}

/** Mixed properties are in the runs alone. */
function withoutMixed(props: Props): Props {
  const [run] = Array.isArray(props.runs) ? props.runs : [];
  const mixed = new Set(Object.keys(run?.values ?? {}));
  return Object.fromEntries(Object.entries(props).filter(([property]) => !mixed.has(property)));
}

const OF_ALL: Props = { visible: true, locked: false, opacity: 1, blendMode: 'PASS_THROUGH', isMask: false };
const OF_CHILD: Props = {
  constraints: { horizontal: 'MIN', vertical: 'MIN' },
  layoutPositioning: 'AUTO',
  layoutAlign: 'INHERIT',
  layoutGrow: 0,
  layoutSizingHorizontal: 'FIXED',
  layoutSizingVertical: 'FIXED',
};
const OF_SHAPE: Props = {
  fills: [],
  strokes: [],
  effects: [],
  fillStyleId: '',
  strokeStyleId: '',
  effectStyleId: '',
  strokeWeight: 1,
  strokeAlign: 'INSIDE',
  rotation: 0,
};
const OF_BOX: Props = {
  cornerRadius: 0,
  topLeftRadius: 0,
  topRightRadius: 0,
  bottomLeftRadius: 0,
  bottomRightRadius: 0,
};
const OF_FRAME: Props = {
  clipsContent: false,
  layoutMode: 'NONE',
  layoutWrap: 'NO_WRAP',
  itemSpacing: 0,
  paddingTop: 0,
  paddingRight: 0,
  paddingBottom: 0,
  paddingLeft: 0,
  primaryAxisAlignItems: 'MIN',
  counterAxisAlignItems: 'MIN',
};
const OF_TEXT: Props = {
  characters: '',
  fontName: { family: 'Inter', style: 'Regular' },
  fontSize: 14,
  lineHeight: { unit: 'AUTO' },
  letterSpacing: { unit: 'PERCENT', value: 0 },
  textCase: 'ORIGINAL',
  textDecoration: 'NONE',
  textAlignHorizontal: 'LEFT',
  textAlignVertical: 'TOP',
  textAutoResize: 'WIDTH_AND_HEIGHT',
  textStyleId: '',
};

/** The properties that a type of layer has, with their defaults. */
function defaultsOf(type: string): Props {
  if (type === 'GROUP') return { ...OF_ALL, effects: [], effectStyleId: '' };
  const common = { ...OF_ALL, ...OF_CHILD, ...OF_SHAPE };
  if (type === 'TEXT') return { ...common, ...OF_TEXT };
  if (type === 'FRAME' || type === 'INSTANCE') return { ...common, ...OF_BOX, ...OF_FRAME };
  return type === 'RECTANGLE' ? { ...common, ...OF_BOX } : common;
}
