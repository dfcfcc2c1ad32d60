import type { Layer } from '@samepoint/shared-protocol';
import { renderSvg } from '../../daemon/src/images/encode.js';
import type { Design, DesignLayer, Value } from '../../plugin/src/shared/design.js';
import type { ExportedFrame } from '../../plugin/src/shared/messages.js';
import { createFigmaHost, type InspectedNode } from '../figma-host/figma-host.js';
import { toSvg } from '../figma-host/render.js';
import type { Json, NodeSpec, NodeType } from '../figma-host/spec.js';

/** Size of exported images, as in the plugin. */
const EXPORT = { longSidePx: 1536, maxScale: 2 } as const;

const TYPES: readonly NodeType[] = ['FRAME', 'GROUP', 'TEXT', 'RECTANGLE', 'ELLIPSE', 'VECTOR'];

/** What the stand-in for Figma draws or lays out. */
const DRAWN = [
  ...['fills', 'strokes', 'strokeWeight', 'strokeCap', 'effects', 'cornerRadius', 'opacity', 'visible', 'clipsContent'],
  ...['layoutMode', 'itemSpacing', 'paddingTop', 'paddingRight', 'paddingBottom', 'paddingLeft'],
  ...['primaryAxisAlignItems', 'counterAxisAlignItems', 'layoutSizingHorizontal', 'layoutSizingVertical'],
  ...['characters', 'fontName', 'fontSize', 'textAutoResize', 'vectorPaths'],
] as const;

/** Draws a design in the stand-in for Figma, as the plugin exports it. Layer ids are those of the design. */
export async function exportDesign(design: Design, nodeId: string, name: string): Promise<ExportedFrame> {
  const spec = specOf(design, design.rootId);
  const host = await createFigmaHost({ document: { name: 'Screen', children: [{ ...spec, x: 0, y: 0 }] }, mainJs: '' });
  try {
    const nodes = new Map(host.nodes().flatMap((node) => (node.key === null ? [] : [[node.key, node] as const])));
    const root = nodes.get(design.rootId);
    if (root === undefined) throw new Error('the root is in the document');
    const scale = Math.min(EXPORT.maxScale, EXPORT.longSidePx / Math.max(root.width, root.height));
    const sizePx = { widthPx: Math.round(root.width * scale), heightPx: Math.round(root.height * scale) };
    const { width, height, absolute } = root;
    const place = { width, height, absolute, ...sizePx };
    const svg = toSvg({ nodes: host.snapshot(), rootId: root.id, ...place, contentsOnly: true });
    const layers = shownIds(design, design.rootId).flatMap((id) => {
      const [layer, node] = [design.layers[id], nodes.get(id)];
      return layer === undefined || node === undefined ? [] : [toLayer(layer, node, root, scale, design)];
    });
    const png = new Uint8Array(await renderSvg(svg));
    const edits = { design, applied: [], warnings: [] };
    return { nodeId, name, png, width: sizePx.widthPx, height: sizePx.heightPx, layers, edits };
  } finally {
    host.dispose();
  }
}

function specOf({ layers }: Design, id: string): NodeSpec {
  const layer = layers[id];
  if (layer === undefined) throw new Error(`no layer ${id}`);
  const { type, name, transform, width, height, childIds } = layer;
  const isSized = type !== 'TEXT' && type !== 'GROUP';
  return {
    key: id,
    // an instance looks like a frame with the same children
    type: TYPES.find((one) => one === type) ?? 'FRAME',
    name,
    ...(type === 'GROUP' ? {} : { x: transform.e, y: transform.f }),
    ...(isSized ? { width, height } : {}),
    props: drawnProps(layer, layers[layer.parentId ?? '']),
    ...(childIds.length === 0
      ? {}
      : { children: childIds.map((child) => specOf({ layers, rootId: id, tokens: {} }, child)) }),
  };
}

function drawnProps({ props, type }: DesignLayer, parent: DesignLayer | undefined): { [property: string]: Json } {
  // a mixed text is drawn in the style of its first run
  const [run] = Array.isArray(props.runs) ? props.runs : [];
  const all: { readonly [property: string]: Value } = { ...props, ...run?.values };
  const drawn = DRAWN.filter(
    (property) => type !== 'GROUP' && all[property] !== undefined && isAllowed(property, all, parent),
  );
  return Object.fromEntries(drawn.map((property) => [property, toJson(all[property] ?? null)]));
}

type Values = { readonly [property: string]: Value };

/** Figma rejects sizing outside of auto layout. */
function isAllowed(property: string, props: Values, parent: DesignLayer | undefined): boolean {
  const hasLayout = (values: Values | undefined) => (values?.layoutMode ?? 'NONE') !== 'NONE';
  if (property.startsWith('layoutSizing')) {
    return props[property] === 'FILL' ? hasLayout(parent?.props) : props[property] === 'HUG' && hasLayout(props);
  }
  return true;
}

function toJson(value: Value): Json {
  return JSON.parse(JSON.stringify(value));
}

function shownIds({ layers }: Design, id: string): string[] {
  const layer = layers[id];
  if (layer === undefined || layer.props.visible === false) return [];
  return [id, ...layer.childIds.flatMap((child) => shownIds({ layers, rootId: id, tokens: {} }, child))];
}

function toLayer(layer: DesignLayer, node: InspectedNode, root: InspectedNode, scale: number, design: Design): Layer {
  const [x, y] = [node.absolute[4] - root.absolute[4], node.absolute[5] - root.absolute[5]];
  const { id, parentId, type, name, props } = layer;
  return {
    layerId: id,
    ...(parentId === null ? {} : { parentId }),
    type,
    name,
    ...(type === 'TEXT' ? { text: String(props.characters) } : {}),
    box: { x: x * scale, y: y * scale, w: node.width * scale, h: node.height * scale },
    candidate: true,
    ...referencesOf(layer, design),
  };
}

/** The component of an instance, and the path of a layer in one. */
function referencesOf({ id, props }: DesignLayer, { tokens }: Design): Pick<Layer, 'references'> {
  const key = tokens[String(props.mainComponent)]?.key;
  const [, path] = id.split(';');
  if (key === undefined && path === undefined) return {};
  return { references: { ...(key === undefined ? {} : { component: key }), ...(path === undefined ? {} : { path }) } };
}
