import type { FrameSummary, OverlaySummary, SelectedLayer, SelectionSummary } from '../../shared/messages.js';
import { countAnnotations } from './annotations.js';
import {
  ancestors,
  type FrameLike,
  isFrameLike,
  isInside,
  isPicture,
  isScreen,
  isVisible,
  type ScreenNode,
  walkVisible,
} from './nodes.js';

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
  const roles = selected.map((node) => ({ node, role: roleOf(node, selected) }));
  const frames = new Map<string, FrameLike>();
  for (const { node, role } of roles) {
    const frame = role === 'overlay' ? outermostScreen(node) : node;
    if (frame !== null && isFrameLike(frame)) frames.set(frame.id, frame);
  }
  const overlays = roles.flatMap(({ node, role }) => (role === 'frame' ? [] : [node]));
  return {
    frames: [...frames.values()].sort(byPosition).map(summarizeFrame),
    overlays: overlays.sort(byPosition).map(summarizeOverlay),
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
  const around = ancestors(node).filter(isScreen).reverse();
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
  const isEmpty = 'absoluteRenderBounds' in frame ? frame.absoluteRenderBounds === null : frame.children.length === 0;
  if (isEmpty) {
    return `“${frame.name}” is empty. Choose a frame with content.`;
  }
  return null;
}

/** `both`: it may be either, so it is offered as a frame and as an overlay. */
type Role = 'frame' | 'overlay' | 'both';

/**
 * - A frame, component or instance is a frame; a small one in or on a bigger one, such as a sticker, is an overlay. A
 *   screen in a wrapper frame may be either.
 * - A section and a component set are frames.
 * - A group and a picture in a frame, or on another selected frame or picture, are overlays, like all other layers. On
 *   their own, and when pictures are asked for, large ones are frames. A small picture may be either; a small group, such as a callout, is an overlay.
 * - All other layers are overlays.
 */
function roleOf(node: SceneNode, selected: readonly SceneNode[]): Role {
  if (node.type === 'SECTION' || node.type === 'COMPONENT_SET') return 'frame';
  if (!isFrameLike(node)) return 'overlay';
  if (isScreen(node)) {
    if (!isSmallOnScreen(node, selected)) return 'frame';
    return isLarge(node) ? 'both' : 'overlay';
  }
  if (isSmallOnSelected(node, selected)) return 'overlay';
  const isAskedFor = figma.command === 'propagate-pictures' && isPicture(node);
  if (outermostScreen(node) !== null && !isAskedFor) return 'overlay';
  if (isLarge(node)) return 'frame';
  return isPicture(node) ? 'both' : 'overlay';
}

function isSmallOnScreen(node: SceneNode, selected: readonly SceneNode[]): boolean {
  const outer = outermostScreen(node);
  if (outer !== null && coverage(node, outer) > 0) return coverage(node, outer) < OVERLAY.maxCoverage;
  return isSmallOnSelected(node, selected);
}

function isSmallOnSelected(node: SceneNode, selected: readonly SceneNode[]): boolean {
  return selected.some((other) => {
    // a section and a group contain what lies on them
    if (other.id === node.id || !(isScreen(other) || isPicture(other))) return false;
    const covered = coverage(node, other);
    return covered > 0 && covered < OVERLAY.maxCoverage && area(node) < area(other) * OVERLAY.maxCoverage;
  });
}

function isLarge(node: SceneNode): boolean {
  return Math.min(node.width, node.height) >= OVERLAY.minScreenSide;
}

function isScreenSized(node: SceneNode): boolean {
  return isScreen(node) && isLarge(node);
}

/** The outermost frame, component or instance around the node, or null. */
function outermostScreen(node: SceneNode): ScreenNode | null {
  return ancestors(node).reverse().find(isScreen) ?? null;
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
