import type { Affine, Box } from '@samepoint/shared-protocol';
import { fromRows, IDENTITY, invert } from '../../shared/affine.js';

/** A node that is a screen of its own. */
export type ScreenNode = FrameNode | ComponentNode | InstanceNode;

/** A shape that shows an image, such as a pasted screenshot. */
export type PictureNode = RectangleNode | EllipseNode | PolygonNode | StarNode | VectorNode;

/** A node that can be a source or a target. */
export type FrameLike = ScreenNode | ComponentSetNode | SectionNode | GroupNode | PictureNode;

export function isScreen(node: BaseNode): node is ScreenNode {
  return node.type === 'FRAME' || node.type === 'COMPONENT' || node.type === 'INSTANCE';
}

const SHAPES: ReadonlySet<string> = new Set(['RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR', 'VECTOR']);

function isShape(node: BaseNode): node is PictureNode {
  return SHAPES.has(node.type);
}

/** Whether the node is a shape with a visible image fill. */
export function isPicture(node: BaseNode): node is PictureNode {
  if (!isShape(node) || node.fills === figma.mixed) return false;
  return node.fills.some(({ type, visible, opacity }) => type === 'IMAGE' && visible !== false && opacity !== 0);
}

/** Whether the node can be a source or a target. A page, text or a plain shape cannot. */
export function isFrameLike(node: BaseNode): node is FrameLike {
  if (isScreen(node) || isPicture(node)) return true;
  return node.type === 'COMPONENT_SET' || node.type === 'SECTION' || node.type === 'GROUP';
}

function isSceneNode(node: BaseNode | null): node is SceneNode {
  return node !== null && node.type !== 'PAGE' && node.type !== 'DOCUMENT' && 'visible' in node;
}

/** Returns null if the node is deleted or is a page or document. */
export async function findSceneNode(nodeId: string): Promise<SceneNode | null> {
  const node = await figma.getNodeByIdAsync(nodeId);
  return isSceneNode(node) && !node.removed ? node : null;
}

/** Returns null if the node is deleted or cannot be a source or a target. */
export async function findFrame(nodeId: string): Promise<FrameLike | null> {
  const node = await findSceneNode(nodeId);
  return node !== null && isFrameLike(node) ? node : null;
}

/** All ancestors, nearest first. */
export function ancestors(node: BaseNode): (BaseNode & ChildrenMixin)[] {
  const found: (BaseNode & ChildrenMixin)[] = [];
  for (let parent = node.parent; parent !== null; parent = parent.parent) found.push(parent);
  return found;
}

export function isInside(node: BaseNode, ancestor: BaseNode): boolean {
  return ancestors(node).some((parent) => parent.id === ancestor.id);
}

/** Whether the node is an instance or inside one. Figma allows no new children there. */
export function belongsToInstance(node: BaseNode): boolean {
  return node.type === 'INSTANCE' || ancestors(node).some((parent) => parent.type === 'INSTANCE');
}

/** The main component that the frame is or is inside of; null for none. */
export function mainComponentOf(frame: FrameLike): ComponentNode | null {
  const found = [frame, ...ancestors(frame)].find(({ type }) => type === 'COMPONENT');
  return found?.type === 'COMPONENT' ? found : null;
}

/** Whether the node and all its ancestors are visible. */
export function isVisible(node: SceneNode): boolean {
  return node.visible && ancestors(node).every((parent) => !('visible' in parent) || parent.visible !== false);
}

/** Maps the node's own coordinates to the canvas. */
export function canvasTransform(node: Pick<DimensionAndPositionMixin, 'absoluteTransform'>): Affine {
  return fromRows(node.absoluteTransform);
}

const GROUPS: ReadonlySet<string> = new Set(['GROUP', 'BOOLEAN_OPERATION', 'TRANSFORM_GROUP']);

/** Maps the canvas to the coordinates of the children. Those of a group are the ones of what is around it. */
export function canvasToChildren(parent: BaseNode & ChildrenMixin): Affine {
  const container = GROUPS.has(parent.type) ? ancestors(parent).find(({ type }) => !GROUPS.has(type)) : parent;
  if (container === undefined || !('absoluteTransform' in container)) return IDENTITY;
  return invert(fromRows(container.absoluteTransform)) ?? IDENTITY;
}

/** The node's box in its own coordinates. */
export function ownBox(node: Pick<DimensionAndPositionMixin, 'width' | 'height'>): Box {
  return { x: 0, y: 0, w: node.width, h: node.height };
}

/** Sections have a place and a size, but cannot be rotated or scaled. */
export function hasBox(node: SceneNode): node is SceneNode & DimensionAndPositionMixin {
  return 'absoluteTransform' in node;
}

export function hasLayout(node: SceneNode): node is SceneNode & LayoutMixin {
  return 'absoluteTransform' in node && 'rescale' in node;
}

/** Sorts nodes by layer order, the lowest first. */
export function compareLayerOrder(first: BaseNode, second: BaseNode): number {
  const [a, b] = [pathOf(first), pathOf(second)];
  for (const [depth, index] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (index !== other) return index - other;
  }
  return a.length - b.length;
}

/** The index of each ancestor in its parent, outermost first, then of the node. */
function pathOf(node: BaseNode): number[] {
  const path: number[] = [];
  for (let child = node, parent = node.parent; parent !== null; child = parent, parent = parent.parent) {
    path.unshift(parent.children.findIndex((sibling) => sibling.id === child.id));
  }
  return path;
}

/** The page of a node; null for one of a library or a deleted one. */
export function pageOf(node: BaseNode): PageNode | null {
  return ancestors(node).find((parent) => parent.type === 'PAGE') ?? null;
}

/** The nearest page or section around the node, where nodes beside it are placed. */
export function pageOrSectionOf(node: BaseNode): PageNode | SectionNode {
  const found = ancestors(node).find((parent) => parent.type === 'PAGE' || parent.type === 'SECTION');
  return found?.type === 'PAGE' || found?.type === 'SECTION' ? found : figma.currentPage;
}

/**
 * Visits the node and its visible descendants, parents first, until `visit` returns false. `visit` must not look for other
 * nodes: those that are hidden in instances are out of reach meanwhile.
 */
export function walkVisible(node: SceneNode, visit: (node: SceneNode) => boolean): boolean {
  // a layer that is hidden in an instance could not even be asked whether it is visible
  if (isInInstance(node.id) && !isVisible(node)) return walk(node, visit);
  return withoutHiddenInstanceLayers(() => walk(node, visit));
}

function walk(node: SceneNode, visit: (node: SceneNode) => boolean): boolean {
  if (!node.visible) return true;
  if (!visit(node)) return false;
  if (!('children' in node)) return true;
  return node.children.every((child) => walk(child, visit));
}

/**
 * Runs `read` while Figma leaves out layers that are hidden in instances, which makes walks of large frames many times
 * faster. Everywhere else these layers count: they have annotations and fonts, and edits change them.
 */
function withoutHiddenInstanceLayers<T>(read: () => T): T {
  const before = figma.skipInvisibleInstanceChildren;
  figma.skipInvisibleInstanceChildren = true;
  try {
    return read();
  } finally {
    figma.skipInvisibleInstanceChildren = before;
  }
}

/** Layers of instances are named after the instance: `I12:3;4:5`. */
export function isInInstance(nodeId: string): boolean {
  return nodeId.startsWith('I');
}

/** `BOOLEAN_OPERATION` → `boolean operation`. */
export function typeLabel(node: SceneNode): string {
  return node.type.toLowerCase().replace(/_/g, ' ');
}

/** Loads all fonts of the text in the node. Returns the name of the first missing font, or null. */
export async function loadFonts(node: SceneNode): Promise<string | null> {
  const fonts = new Map(
    textNodesIn(node)
      .flatMap(fontsOf)
      .map((font) => [`${font.family} ${font.style}`, font]),
  );
  for (const [name, font] of fonts) {
    try {
      await figma.loadFontAsync(font);
    } catch {
      return name;
    }
  }
  return null;
}

function textNodesIn(node: SceneNode): TextNode[] {
  if (node.type === 'TEXT') return [node];
  return 'findAllWithCriteria' in node ? node.findAllWithCriteria({ types: ['TEXT'] }) : [];
}

function fontsOf(text: TextNode): FontName[] {
  if (text.characters.length > 0) return text.getRangeAllFontNames(0, text.characters.length);
  return text.fontName === figma.mixed ? [] : [text.fontName];
}
