import { diffDesigns } from '../../src/edits/diff-designs.js';
import { merge } from '../../src/edits/merge.js';
import type { Counterpart, MergedEdit, MergeInput } from '../../src/edits/merged-edit.js';
import type { Design, DesignLayer, Token, Value } from '../../src/shared/design.js';

/** A layer of a design made by hand: its place, its properties, its children. */
export interface LayerSpec {
  id: string;
  type?: string;
  name?: string;
  /** x, y, width, height in the container. */
  box?: readonly [x: number, y: number, width: number, height: number];
  props?: { readonly [property: string]: Value };
  overrides?: readonly string[];
  follows?: { readonly [property: string]: string };
  children?: readonly LayerSpec[];
}

const LAYER_PROPS = { visible: true, locked: false, opacity: 1, constraints: { horizontal: 'MIN', vertical: 'MIN' } };
const SHAPE_PROPS = { ...LAYER_PROPS, fills: [], strokes: [], strokeWeight: 1, effects: [], rotation: 0 };
const FRAME_PROPS = { ...SHAPE_PROPS, cornerRadius: 0, topLeftRadius: 0, topRightRadius: 0, layoutMode: 'NONE' };
const TEXT_PROPS = { ...SHAPE_PROPS, characters: '', fontSize: 16, textAutoResize: 'WIDTH_AND_HEIGHT' };
const AUTO_LAYOUT = { itemSpacing: 8, paddingTop: 0, paddingRight: 0, paddingBottom: 0, paddingLeft: 0 };

const DEFAULTS: { readonly [type: string]: { readonly [property: string]: Value } } = {
  FRAME: { ...FRAME_PROPS, ...AUTO_LAYOUT },
  COMPONENT: { ...FRAME_PROPS, ...AUTO_LAYOUT },
  INSTANCE: { ...FRAME_PROPS, ...AUTO_LAYOUT, mainComponent: '' },
  TEXT: TEXT_PROPS,
  GROUP: LAYER_PROPS,
  RECTANGLE: { ...SHAPE_PROPS, cornerRadius: 0, topLeftRadius: 0, topRightRadius: 0 },
};

/** A design of a 400 × 800 frame `root` with these children. */
export function design(
  children: readonly LayerSpec[],
  options: { root?: Partial<LayerSpec>; tokens?: Token[] } = {},
): Design {
  const layers: { [id: string]: DesignLayer } = {};
  const root = { id: 'root', name: 'Screen', box: [0, 0, 400, 800] as const, ...options.root, children };
  addLayers(layers, root, null);
  return {
    rootId: root.id,
    layers,
    tokens: Object.fromEntries((options.tokens ?? []).map((token) => [token.id, token])),
  };
}

function addLayers(layers: { [id: string]: DesignLayer }, spec: LayerSpec, parentId: string | null): void {
  const { id, type = 'FRAME', name = id, box = [0, 0, 100, 40], props = {}, children = [] } = spec;
  const [e, f, width, height] = box;
  layers[id] = {
    id,
    type,
    name,
    parentId,
    childIds: children.map((child) => child.id),
    transform: { a: 1, b: 0, c: 0, d: 1, e, f },
    width,
    height,
    props: { ...DEFAULTS[type], ...props },
    ...(spec.overrides === undefined ? {} : { overrides: spec.overrides }),
    ...(spec.follows === undefined ? {} : { follows: spec.follows }),
  };
  for (const child of children) addLayers(layers, child, id);
}

export function text(id: string, characters: string, more: Partial<LayerSpec> = {}): LayerSpec {
  return { id, type: 'TEXT', ...more, props: { characters, ...more.props } };
}

/** An auto-layout frame that stacks its children from top to bottom. */
export function stack(id: string, children: readonly LayerSpec[], more: Partial<LayerSpec> = {}): LayerSpec {
  return { id, children, ...more, props: { layoutMode: 'VERTICAL', ...more.props } };
}

/** `#RRGGBB` as a list of one solid paint. */
export function solid(hex: string, more: { readonly [key: string]: Value } = {}): Value {
  return [{ type: 'SOLID', visible: true, opacity: 1, color: rgb(hex), ...more }];
}

export function rgb(hex: string): { r: number; g: number; b: number } {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return { r, g, b };
}

/** A copy of a design whose layer ids have a prefix. */
export function target(source: Design, prefix = 't-'): Design {
  const idOf = (id: string) => prefix + id;
  const layers = Object.values(source.layers).map((layer) => ({
    ...layer,
    id: idOf(layer.id),
    parentId: layer.parentId === null ? null : idOf(layer.parentId),
    childIds: layer.childIds.map(idOf),
  }));
  return {
    ...source,
    rootId: idOf(source.rootId),
    layers: Object.fromEntries(layers.map((layer) => [layer.id, layer])),
  };
}

/** Each source layer to the layer of the same id with the prefix, where the target has it. */
export function sameLayers(source: Design, theirs: Design, confidence = 1): { [id: string]: Counterpart } {
  const ids = Object.keys(source.layers).filter((id) => theirs.layers[`t-${id}`] !== undefined);
  return Object.fromEntries(ids.map((id) => [id, { layerId: `t-${id}`, confidence, runnersUp: [] }]));
}

/** The merge of base → ours into `theirs`, a design made with `target`. */
export function merged(base: Design, ours: Design, theirs: Design, more: Partial<MergeInput> = {}): MergedEdit[] {
  const counterparts = sameLayers(base, theirs);
  return merge({ base, ours, edits: diffDesigns(base, ours), theirs, counterparts, applied: [], ...more });
}
