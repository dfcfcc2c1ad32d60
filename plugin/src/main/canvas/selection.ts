import type { FrameSummary, OverlaySummary, SelectionSummary } from '../../shared/messages.js';
import { SELECTION } from '../tables.js';
import { countAnnotations } from './annotations.js';
import { ancestors, isScreen, isShown, type ScreenNode } from './nodes.js';

/** Frames and overlays among the selected nodes. Figma's order means nothing, so both are sorted by place. */
export function readSelection(): SelectionSummary {
  const selected = figma.currentPage.selection;
  const overlays = selected.filter((node) => isOverlay(node, selected));
  // six screens in a wrapper lie in a bigger frame like stickers do: the designer says which they are
  const stickers = overlays.filter((node) => !isScreenSized(node));
  const stickerIds = new Set(stickers.map(({ id }) => id));
  const frames = new Map<string, ScreenNode>();
  for (const node of selected) if (isScreen(node) && !stickerIds.has(node.id)) frames.set(node.id, node);
  for (const sticker of stickers) {
    const home = screenAround(sticker);
    if (home !== null) frames.set(home.id, home);
  }
  return {
    frames: [...frames.values()].sort(byPlace).map(summarizeFrame),
    overlays: [...overlays].sort(byPlace).map(summarizeOverlay),
  };
}

export function summarizeFrame(frame: ScreenNode): FrameSummary {
  return {
    nodeId: frame.id,
    name: frame.name,
    width: frame.width,
    height: frame.height,
    annotations: countAnnotations(frame),
    blocked: whyBlocked(frame),
  };
}

export function summarizeOverlay(node: SceneNode): OverlaySummary {
  return { nodeId: node.id, name: node.name, type: node.type };
}

/** Why no picture can be made of the frame, as a sentence; null when one can. */
export function whyBlocked(frame: ScreenNode): string | null {
  if (!isShown(frame)) return `“${frame.name}” is hidden. Show it, then try again.`;
  if (frame.width < 1 || frame.height < 1) return `“${frame.name}” has no area. Make it larger, then try again.`;
  if (frame.absoluteRenderBounds === null) {
    return `“${frame.name}” is empty, so there is nothing to compare. Choose a frame with content.`;
  }
  return null;
}

/** Not a frame, or a small frame that lies in or over a bigger one: a sticker, not a screen. */
function isOverlay(node: SceneNode, selected: readonly SceneNode[]): boolean {
  if (!isScreen(node)) return node.type !== 'SECTION';
  const home = screenAround(node);
  if (home !== null && coverage(node, home) > 0) return coverage(node, home) < SELECTION.overlayAreaShare;
  return selected.some((other) => {
    if (other.id === node.id || !isScreen(other)) return false;
    const share = coverage(node, other);
    return share > 0 && share < SELECTION.overlayAreaShare && area(node) < area(other) * SELECTION.overlayAreaShare;
  });
}

function isScreenSized(node: SceneNode): boolean {
  return isScreen(node) && Math.min(node.width, node.height) >= SELECTION.screenSide;
}

/** The outermost frame the node is in, or null. */
function screenAround(node: SceneNode): ScreenNode | null {
  return ancestors(node).reverse().find(isScreen) ?? null;
}

function area(node: SceneNode): number {
  const box = node.absoluteBoundingBox;
  return box === null ? 0 : box.width * box.height;
}

/** Share of `below` that `node` covers, 0…1. */
function coverage(node: SceneNode, below: SceneNode): number {
  const [a, b] = [node.absoluteBoundingBox, below.absoluteBoundingBox];
  if (a === null || b === null || area(below) === 0) return 0;
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? (width * height) / area(below) : 0;
}

function byPlace(first: SceneNode, second: SceneNode): number {
  const [a, b] = [first.absoluteBoundingBox, second.absoluteBoundingBox];
  if (a === null || b === null) return first.id < second.id ? -1 : 1;
  return a.x - b.x || a.y - b.y || (first.id < second.id ? -1 : 1);
}
