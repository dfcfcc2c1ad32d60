import type { FrameSummary, OverlaySummary, SelectedLayer, SelectionSummary } from '../../shared/messages.js';
import { countAnnotations } from './annotations.js';
import { ancestors, type FrameLike, isFrameLike, isInside, isVisible, walkVisible } from './nodes.js';

/** Tells selected screens from overlays. */
const OVERLAY = {
  /** A frame on another frame is an overlay if it covers less than this fraction of it. */
  maxCoverage: 0.5,
  /** A frame at least this long on both sides may also be a screen inside another frame, in canvas units. */
  minScreenSide: 240,
} as const;

/** Frames and overlays of the selection, sorted by position since Figma returns the selection in any order. */
export function readSelection(): SelectionSummary {
  const selected = figma.currentPage.selection;
  const overlays = selected.filter((node) => isOverlay(node, selected));
  // a screen in a wrapper frame may also be an overlay, so it is offered as both
  const onlyOverlays = overlays.filter((node) => !isScreenSized(node));
  const onlyOverlayIds = new Set(onlyOverlays.map(({ id }) => id));
  const frames = new Map<string, FrameLike>();
  for (const node of selected) if (isFrameLike(node) && !onlyOverlayIds.has(node.id)) frames.set(node.id, node);
  for (const overlay of onlyOverlays) {
    const frame = outermostFrame(overlay);
    if (frame !== null) frames.set(frame.id, frame);
  }
  return {
    frames: [...frames.values()].sort(byPosition).map(summarizeFrame),
    overlays: [...overlays].sort(byPosition).map(summarizeOverlay),
    ...readLayers(selected),
  };
}

/** All selected layers, with the frames that they are layers of. */
function readLayers(selected: readonly SceneNode[]): Pick<SelectionSummary, 'layers' | 'layerFrames'> {
  const frames = new Map<string, FrameLike>();
  const layers = [...selected].sort(byPosition).map((node) => {
    const frame = screenAround(node, selected);
    if (frame !== null) frames.set(frame.id, frame);
    return summarizeLayer(node, frame);
  });
  return { layers, layerFrames: [...frames.values()].sort(byPosition).map(summarizeFrame) };
}

/** The outermost frame around a layer that is no wrapper: no other selected screen is inside of it. */
function screenAround(node: SceneNode, selected: readonly SceneNode[]): FrameLike | null {
  const around = ancestors(node).filter(isFrameLike).reverse();
  const others = selected.filter((other) => other.id !== node.id && isScreenSized(other));
  return around.find((frame) => !others.some((other) => isInside(other, frame))) ?? null;
}

export function summarizeFrame(frame: FrameLike): FrameSummary {
  return {
    nodeId: frame.id,
    name: frame.name,
    width: frame.width,
    height: frame.height,
    annotations: countAnnotations(frame),
    layers: countLayers(frame),
    blocked: blockedReason(frame),
  };
}

export function summarizeOverlay(node: SceneNode): OverlaySummary {
  return { nodeId: node.id, name: node.name, type: node.type };
}

export function summarizeLayer(node: SceneNode, frame: FrameLike | null): SelectedLayer {
  const ancestorIds = ancestors(node).map(({ id }) => id);
  return { nodeId: node.id, name: node.name, type: node.type, ancestorIds, frameId: frame?.id ?? null };
}

function countLayers(frame: FrameLike): number {
  let layers = 0;
  walkVisible(frame, () => {
    layers += 1;
    return true;
  });
  return layers;
}

/** Why the frame cannot be exported, as a sentence; null if it can. */
export function blockedReason(frame: FrameLike): string | null {
  if (!isVisible(frame)) return `“${frame.name}” is hidden. Show it and try again.`;
  if (frame.width < 1 || frame.height < 1) return `“${frame.name}” has no size. Resize it and try again.`;
  if (frame.absoluteRenderBounds === null) {
    return `“${frame.name}” is empty. Choose a frame with content.`;
  }
  return null;
}

/** Anything but a frame, or a small frame in or on a bigger one, such as a sticker. */
function isOverlay(node: SceneNode, selected: readonly SceneNode[]): boolean {
  if (!isFrameLike(node)) return node.type !== 'SECTION';
  const outer = outermostFrame(node);
  if (outer !== null && coverage(node, outer) > 0) return coverage(node, outer) < OVERLAY.maxCoverage;
  return selected.some((other) => {
    if (other.id === node.id || !isFrameLike(other)) return false;
    const covered = coverage(node, other);
    return covered > 0 && covered < OVERLAY.maxCoverage && area(node) < area(other) * OVERLAY.maxCoverage;
  });
}

function isScreenSized(node: SceneNode): boolean {
  return isFrameLike(node) && Math.min(node.width, node.height) >= OVERLAY.minScreenSide;
}

/** The outermost frame around the node, or null. */
function outermostFrame(node: SceneNode): FrameLike | null {
  return ancestors(node).reverse().find(isFrameLike) ?? null;
}

function area(node: SceneNode): number {
  const box = node.absoluteBoundingBox;
  return box === null ? 0 : box.width * box.height;
}

/** The fraction of `below` that `node` covers, 0…1. */
function coverage(node: SceneNode, below: SceneNode): number {
  const [a, b] = [node.absoluteBoundingBox, below.absoluteBoundingBox];
  if (a === null || b === null || area(below) === 0) return 0;
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? (width * height) / area(below) : 0;
}

function byPosition(first: SceneNode, second: SceneNode): number {
  const [a, b] = [first.absoluteBoundingBox, second.absoluteBoundingBox];
  if (a === null || b === null) return first.id < second.id ? -1 : 1;
  return a.x - b.x || a.y - b.y || (first.id < second.id ? -1 : 1);
}
