import type { Layer } from '@samepoint/shared-protocol';
import { decodeImage } from '../../daemon/src/images/decode.js';
import { renderSvg } from '../../daemon/src/images/encode.js';
import { harderScreen } from '../figma-host/documents/harder-screen.js';
import { COMPACT_PHONE, inboxScreen, LARGE_PHONE, PHONE } from '../figma-host/documents/inbox-screen.js';
import { scrambleLayers } from '../figma-host/documents/scramble-layers.js';
import { DARK, LIGHT } from '../figma-host/documents/theme.js';
import { createFigmaHost, type InspectedNode } from '../figma-host/figma-host.js';
import { toSvg } from '../figma-host/render.js';
import type { NodeSpec } from '../figma-host/spec.js';
import type { LayerPair, LayerScreen } from './layer-pair.js';
import { withReferences } from './with-references.js';

/** Size of exported images, as in the plugin. */
const EXPORT = { longSidePx: 1536, maxScale: 2 } as const;

/** A screen of the design tool, with the part of the design of each layer. */
interface DocumentScreen extends LayerScreen {
  partById: ReadonlyMap<string, string>;
}

const compact = (theme = DARK) => inboxScreen('to', 'Frame 2041', theme, COMPACT_PHONE);
const large = (theme = DARK) => inboxScreen('to', 'Frame 2042', theme, LARGE_PHONE);

const VERSIONS: readonly { name: string; change: string; screen: NodeSpec }[] = [
  { name: 'inbox dark', change: 'dark', screen: scrambleLayers(compact()) },
  { name: 'inbox large, banner moved', change: 'order', screen: scrambleLayers(large()) },
  { name: 'inbox German tablet, row added', change: 'locale', screen: harderScreen('to', 'Frame 2043') },
  { name: 'inbox without rows 2 and 4', change: 'removed', screen: scrambleLayers(withoutRows(compact(), [2, 4])) },
  { name: 'inbox without first row', change: 'removed', screen: withoutRows(compact(LIGHT), [1]) },
  { name: 'inbox without last row', change: 'removed', screen: scrambleLayers(withoutRows(large(LIGHT), [5])) },
  {
    name: 'inbox without banner and badge',
    change: 'removed',
    screen: scrambleLayers(withoutParts(compact(), new Set(['banner', 'badge']))),
  },
  {
    name: 'inbox without search and a tab',
    change: 'removed',
    screen: withoutParts(large(), new Set(['search', 'tab-3'])),
  },
];

/**
 * Pairs of the light inbox and its other versions, with names and texts as in a design tool.
 * @param components also each pair with the references of a design system
 */
export async function* documentLayerPairs(components = false): AsyncGenerator<LayerPair> {
  const source = await openScreen(inboxScreen('from', 'Inbox / Light', LIGHT, PHONE));
  for (const { name, change, screen } of VERSIONS) {
    const target = await openScreen(screen);
    const idByPart = new Map([...target.partById].map(([id, part]) => [part, id]));
    const truth = new Map([...source.partById].map(([id, part]) => [id, idByPart.get(part) ?? null]));
    const pair = { name, change, source, target, truth };
    yield pair;
    const partOf = (id: string) => source.partById.get(id) ?? target.partById.get(id) ?? '';
    if (components) yield withReferences(pair, partOf);
  }
}

async function openScreen(screen: NodeSpec): Promise<DocumentScreen> {
  const host = await createFigmaHost({ document: { name: 'Inbox', children: [screen] }, mainJs: '' });
  try {
    const nodes = host.nodes();
    const root = nodes.find(({ key }) => key === screen.key);
    if (root === undefined) throw new Error('the screen is in the document');
    const scale = Math.min(EXPORT.maxScale, EXPORT.longSidePx / Math.max(root.width, root.height));
    const { width, height, absolute } = root;
    const size = { width, height, widthPx: Math.round(width * scale), heightPx: Math.round(height * scale) };
    const shown = nodes.filter((node) => isWithin(node, root.id, nodes));
    return {
      image: await decodeImage(
        await renderSvg(toSvg({ nodes: host.snapshot(), rootId: root.id, absolute, ...size, contentsOnly: true })),
      ),
      layers: shown.map((node) => toLayer(node, root, scale)),
      // an added row has no keys
      partById: new Map(shown.filter(({ key }) => key !== null).map((node) => [node.id, partOf(node)])),
    };
  } finally {
    host.dispose();
  }
}

function isWithin({ id, parentId }: InspectedNode, rootId: string, nodes: readonly InspectedNode[]): boolean {
  if (id === rootId) return true;
  const parent = nodes.find((node) => node.id === parentId);
  return parent !== undefined && isWithin(parent, rootId, nodes);
}

/** A layer as the plugin collects it, without rotation. */
function toLayer(node: InspectedNode, root: InspectedNode, scale: number): Layer {
  const { id, parentId, type, props, absolute, width, height } = node;
  const [x, y] = [absolute[4] - root.absolute[4], absolute[5] - root.absolute[5]];
  return {
    layerId: id,
    ...(id === root.id || parentId === null ? {} : { parentId }),
    type,
    name: String(props.name),
    ...(type === 'TEXT' ? { text: String(props.characters) } : {}),
    box: { x: x * scale, y: y * scale, w: width * scale, h: height * scale },
    candidate: true,
  };
}

/** Removes parts by name, with their children. The part of a key follows the colon. */
export function withoutParts(node: NodeSpec, parts: ReadonlySet<string>): NodeSpec {
  const { children, ...own } = node;
  if (children === undefined) return own;
  const kept = children.filter((child) => !parts.has(partOf(child))).map((child) => withoutParts(child, parts));
  return { ...own, children: kept };
}

/** Removes rows of the list, counted from 1, and moves up the rest of the list and the parts below it. */
export function withoutRows(screen: NodeSpec, rows: readonly number[]): NodeSpec {
  const list = screen.children?.find((child) => partOf(child) === 'list');
  const rowHeight = list?.children?.[0]?.height ?? 0;
  if (list === undefined || rowHeight === 0) throw new Error('the screen has no list of rows');
  const removed = rows.length * rowHeight;
  const bottom = (list.y ?? 0) + (list.height ?? 0);
  const up = (child: NodeSpec, by: number): NodeSpec => ({ ...child, y: (child.y ?? 0) - by });
  const kept = withoutParts(list, new Set(rows.map((row) => `row-${row}`)));
  const shortened = {
    ...kept,
    height: (list.height ?? 0) - removed,
    children: (kept.children ?? []).map((row, place) => ({ ...row, y: place * rowHeight })),
  };
  const children = (screen.children ?? []).map((child) => {
    if (child === list) return shortened;
    return (child.y ?? 0) >= bottom && partOf(child) !== 'tab-bar' ? up(child, removed) : child;
  });
  return { ...screen, children };
}

/** `row-2/title` for `light:row-2/title`. */
export function partOf({ key }: { key?: string | null }): string {
  return (key ?? '').slice((key ?? '').indexOf(':') + 1);
}
