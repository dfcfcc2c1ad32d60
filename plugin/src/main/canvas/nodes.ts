import type { Affine, Box } from '@samepoint/shared-protocol';
import { fromRows } from '../../shared/affine.js';

/** What can be a source or a target: a node that is drawn as a picture of its own. */
export type ScreenNode = FrameNode | ComponentNode | InstanceNode;

export function isScreen(node: BaseNode): node is ScreenNode {
  return node.type === 'FRAME' || node.type === 'COMPONENT' || node.type === 'INSTANCE';
}

export function isSceneNode(node: BaseNode | null): node is SceneNode {
  return node !== null && node.type !== 'PAGE' && node.type !== 'DOCUMENT' && 'visible' in node;
}

/** The node with this id, or null when it is gone or is not something drawn. */
export async function findSceneNode(nodeId: string): Promise<SceneNode | null> {
  const node = await figma.getNodeByIdAsync(nodeId);
  return isSceneNode(node) && !node.removed ? node : null;
}

/** The frame with this id, or null. */
export async function findScreen(nodeId: string): Promise<ScreenNode | null> {
  const node = await findSceneNode(nodeId);
  return node !== null && isScreen(node) ? node : null;
}

/** The node's parents, the nearest first. */
export function ancestors(node: BaseNode): (BaseNode & ChildrenMixin)[] {
  const found: (BaseNode & ChildrenMixin)[] = [];
  for (let parent = node.parent; parent !== null; parent = parent.parent) found.push(parent);
  return found;
}

export function isInside(node: BaseNode, ancestor: BaseNode): boolean {
  return ancestors(node).some((parent) => parent.id === ancestor.id);
}

/** Figma lets nobody add to an instance: it mirrors its component. */
export function belongsToInstance(node: BaseNode): boolean {
  return node.type === 'INSTANCE' || ancestors(node).some((parent) => parent.type === 'INSTANCE');
}

/** Visible, and so is everything it is in. */
export function isShown(node: SceneNode): boolean {
  return node.visible && ancestors(node).every((parent) => !('visible' in parent) || parent.visible !== false);
}

/** Where the node's own coordinates are on the canvas. */
export function toCanvas(node: LayoutMixin): Affine {
  return fromRows(node.absoluteTransform);
}

/** The node's own box, from its corner. */
export function ownBox(node: LayoutMixin): Box {
  return { x: 0, y: 0, w: node.width, h: node.height };
}

export function hasLayout(node: SceneNode): node is SceneNode & LayoutMixin {
  return 'absoluteTransform' in node && 'rescale' in node;
}

/** The page or section that holds the node: where something can be put beside it. */
export function canvasOf(node: BaseNode): PageNode | SectionNode {
  const place = ancestors(node).find((parent) => parent.type === 'PAGE' || parent.type === 'SECTION');
  return place?.type === 'PAGE' || place?.type === 'SECTION' ? place : figma.currentPage;
}

/** Calls `visit` for the node and everything in it that is not hidden, parents first, until it returns false. */
export function walkShown(node: SceneNode, visit: (node: SceneNode) => boolean): boolean {
  if (!node.visible) return true;
  if (!visit(node)) return false;
  if (!('children' in node)) return true;
  return node.children.every((child) => walkShown(child, visit));
}
