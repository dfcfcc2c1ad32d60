import type { OverlaySummary, SelectedLayer, SelectionSummary } from '../../shared/messages.js';
import { currentCommand } from '../editor.js';
import { summarizeFrame } from './frame-summaries.js';
import { ancestors, type FrameLike, isFrameLike, isPicture, isScreen, type ScreenNode } from './nodes.js';

/** Tells selected screens from overlays. */
const OVERLAY = {
  /** A frame on another frame is an overlay if it covers less than this fraction of it. */
  maxCoverage: 0.5,
  /** A frame at least this long on both sides may also be a screen inside another frame, in canvas units. */
  minScreenSide: 240,
  /** Smaller ones of equal size, such as buttons, are no stills of a sequence. */
  minStillSide: 48,
} as const;

/** A selected node, with each property read once: a read crosses into the editor. */
interface Selected {
  node: SceneNode;
  id: string;
  type: SceneNode['type'];
  box: Rect | null;
  isPicture: boolean;
  isLarge: boolean;
  ancestorIds: ReadonlySet<string>;
  /** The frames, components and instances around it, outermost first. */
  screens: readonly { frame: ScreenNode; id: string }[];
}

function readSelected(node: SceneNode): Selected {
  const around = ancestors(node).map((frame) => ({ frame, id: frame.id }));
  const isScreenAround = (one: { frame: BaseNode; id: string }): one is { frame: ScreenNode; id: string } =>
    isScreen(one.frame);
  return {
    node,
    id: node.id,
    type: node.type,
    box: node.absoluteBoundingBox,
    isPicture: isPicture(node),
    isLarge: Math.min(node.width, node.height) >= OVERLAY.minScreenSide,
    ancestorIds: new Set(around.map(({ id }) => id)),
    screens: around.filter(isScreenAround).reverse(),
  };
}

/** Frames and overlays of the selection, sorted by position since Figma returns the selection in any order. */
export function readSelection(): SelectionSummary {
  const selected = figma.currentPage.selection.map(readSelected).sort(byPosition);
  const roles = selected.map((one) => ({ one, role: roleOf(one, selected) }));
  const frames = new Map<string, FrameLike>();
  for (const { one, role } of roles) {
    const around = liesOnSelected(one, roles) ? undefined : one.screens[0];
    const frame = role === 'overlay' ? around?.frame : one.node;
    const id = role === 'overlay' ? around?.id : one.id;
    if (frame !== undefined && id !== undefined && isFrameLike(frame)) frames.set(id, frame);
  }
  const overlays = roles.flatMap(({ one, role }) => (role === 'frame' ? [] : [one.node]));
  return {
    frames: sorted(frames).map(summarizeFrame),
    overlays: overlays.map(summarizeOverlay),
    ...readLayers(selected),
  };
}

/** Whether a region to track lies on a selected frame, so that a frame around both, such as a storyboard, is none. */
function liesOnSelected(one: Selected, roles: readonly { one: Selected; role: Role }[]): boolean {
  if (currentCommand() !== 'track-frames') return false;
  return roles.some(({ one: other, role }) => {
    return role !== 'overlay' && other.id !== one.id && coverage(one.box, other.box) > 0;
  });
}

/** All selected layers, with the frames that they are layers of. */
function readLayers(selected: readonly Selected[]): Pick<SelectionSummary, 'layers' | 'layerFrames'> {
  const frames = new Map<string, FrameLike>();
  const screensInside = countScreensInside(selected);
  const layers = selected.map((one): SelectedLayer => {
    const own = isScreenSized(one) ? 1 : 0;
    // the outermost frame that is no wrapper: no other selected screen is inside of it
    const around = one.screens.find(({ id }) => (screensInside.get(id) ?? 0) === own);
    if (around !== undefined) frames.set(around.id, around.frame);
    const { id: nodeId, type } = one;
    return { nodeId, name: one.node.name, type, ancestorIds: [...one.ancestorIds], frameId: around?.id ?? null };
  });
  return { layers, layerFrames: sorted(frames).map(summarizeFrame) };
}

/** How many selected screens are inside of each frame. */
function countScreensInside(selected: readonly Selected[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of selected.filter(isScreenSized)) {
    for (const { id } of one.screens) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

function sorted(frames: ReadonlyMap<string, FrameLike>): FrameLike[] {
  return [...frames]
    .map(([id, frame]) => ({ id, frame, box: frame.absoluteBoundingBox }))
    .sort(byPosition)
    .map(({ frame }) => frame);
}

export function summarizeOverlay(node: SceneNode): OverlaySummary {
  const summary = { nodeId: node.id, name: node.name, type: node.type };
  const box = currentCommand() === 'track-frames' ? node.absoluteBoundingBox : null;
  if (box === null) return summary;
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return { ...summary, centre, ...(isFilledShape(node) ? { isFilled: true } : {}) };
}

const DRAWN: ReadonlySet<string> = new Set(['VECTOR', 'RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR']);

/** Whether the picture of the frame around the node shows the node in place of what it covers. */
function isFilledShape(node: SceneNode): boolean {
  if (!DRAWN.has(node.type) || !('fills' in node) || isPicture(node) || !ancestors(node).some(isScreen)) return false;
  if ('isMask' in node && node.isMask) return false;
  return node.fills === figma.mixed || node.fills.some(({ visible, opacity }) => visible !== false && opacity !== 0);
}

export function summarizeLayer(node: SceneNode, frame: FrameLike | null): SelectedLayer {
  const ancestorIds = ancestors(node).map(({ id }) => id);
  return { nodeId: node.id, name: node.name, type: node.type, ancestorIds, frameId: frame?.id ?? null };
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
function roleOf(one: Selected, selected: readonly Selected[]): Role {
  if (isInSequence(one, selected)) return one.screens.length === 0 ? 'frame' : 'both';
  if (one.type === 'SECTION' || one.type === 'COMPONENT_SET') return 'frame';
  if (isScreenType(one)) {
    if (!isSmallOnScreen(one, selected)) return 'frame';
    return one.isLarge ? 'both' : 'overlay';
  }
  if (one.type !== 'GROUP' && !one.isPicture) return 'overlay';
  if (isSmallOnSelected(one, selected)) return 'overlay';
  const isAskedFor = currentCommand() === 'propagate-pictures' && one.isPicture;
  if (one.screens.length > 0 && !isAskedFor) return 'overlay';
  if (one.isLarge) return 'frame';
  return one.isPicture ? 'both' : 'overlay';
}

/** A still is one of several selected frames or pictures of the same size, as in a storyboard. */
function isInSequence(one: Selected, selected: readonly Selected[]): boolean {
  const { box } = one;
  if (currentCommand() !== 'track-frames' || box === null || !(isScreenType(one) || one.isPicture)) return false;
  if (Math.min(box.width, box.height) < OVERLAY.minStillSide) return false;
  return selected.some((other) => {
    if (other.id === one.id || other.box === null || !(isScreenType(other) || other.isPicture)) return false;
    return Math.abs(other.box.width - box.width) < 1 && Math.abs(other.box.height - box.height) < 1;
  });
}

function isScreenType({ type }: Selected): boolean {
  return type === 'FRAME' || type === 'COMPONENT' || type === 'INSTANCE';
}

function isScreenSized(one: Selected): boolean {
  return isScreenType(one) && one.isLarge;
}

function isSmallOnScreen(one: Selected, selected: readonly Selected[]): boolean {
  const covered = one.screens.length === 0 ? 0 : coverage(one.box, one.screens[0]?.frame.absoluteBoundingBox ?? null);
  return covered > 0 ? covered < OVERLAY.maxCoverage : isSmallOnSelected(one, selected);
}

function isSmallOnSelected(one: Selected, selected: readonly Selected[]): boolean {
  return selected.some((other) => {
    // a section and a group contain what lies on them
    if (other.id === one.id || !(isScreenType(other) || other.isPicture)) return false;
    const covered = coverage(one.box, other.box);
    return covered > 0 && covered < OVERLAY.maxCoverage && area(one.box) < area(other.box) * OVERLAY.maxCoverage;
  });
}

function area(box: Rect | null): number {
  return box === null ? 0 : box.width * box.height;
}

/** The fraction of the box `b` that `a` covers, 0…1. */
function coverage(a: Rect | null, b: Rect | null): number {
  if (a === null || b === null || area(b) === 0) return 0;
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? (width * height) / area(b) : 0;
}

interface Placed {
  id: string;
  box: Rect | null;
}

function byPosition(first: Placed, second: Placed): number {
  const [a, b] = [first.box, second.box];
  if (a === null || b === null) return first.id < second.id ? -1 : 1;
  return a.x - b.x || a.y - b.y || (first.id < second.id ? -1 : 1);
}
