import type { Affine, Box } from '@samepoint/shared-protocol';
import { LIMITS } from '@samepoint/shared-protocol/limits';
import { applyToBox, compose, invert, scaling, translation } from '../../shared/affine.js';
import { canvasTransform, type FrameLike, findSceneNode, isFrameLike, ownBox, pageOf } from './nodes.js';

/** Size of a frame's export. */
const EXPORT_SIZE = {
  /** The longer side is at most this long. */
  longSidePx: 1536,
  /** Small frames are enlarged at most this much. */
  maxScale: 2,
} as const;

/** Width in pixels of the export of a frame of this size. */
export function exportWidth(width: number, height: number): number {
  const scale = Math.min(EXPORT_SIZE.maxScale, EXPORT_SIZE.longSidePx / Math.max(width, height));
  return Math.min(LIMITS.imageSidePx, Math.max(1, Math.floor(width * scale)));
}

/** Tolerance for the sides of an export, which Figma rounds to whole pixels. */
const SIZE_TOLERANCE_PX = 2;

/** Whether an export has the proportions of the frame. Otherwise its pixels do not match the frame's coordinates. */
export function hasProportionsOf(frame: Size, image: Size): boolean {
  return Math.abs(image.height - (image.width * frame.height) / frame.width) <= SIZE_TOLERANCE_PX;
}

interface Size {
  width: number;
  height: number;
}

/**
 * What the export of a rotated or flipped node shows: the node upright in its own box, or as it is on the canvas in its
 * bounding box. Figma documents neither, so that the size of the image tells (decision 50).
 */
type ExportSpace = 'own' | 'canvas';

type Geometry = Size & Pick<DimensionAndPositionMixin, 'absoluteTransform'>;

/** A rotation that moves no corner of the image by more than this is none. */
const UPRIGHT_PX = 1;

/** Whether the node is neither rotated nor flipped on the canvas. */
export function isUpright(node: Geometry, scale: number): boolean {
  const { a, b, c, d } = canvasTransform(node);
  return a > 0 && d > 0 && Math.max(Math.abs(b) * node.width, Math.abs(c) * node.height) * scale <= UPRIGHT_PX;
}

/** What an image of the node at this scale shows; null if its size does not tell. */
export function spaceOfImage(node: Geometry, scale: number, image: Size): ExportSpace | null {
  const own = isOfSize({ width: node.width * scale, height: node.height * scale }, image);
  if (isUpright(node, scale)) return own ? 'own' : null;
  const { w, h } = boundsOnCanvas(node);
  const canvas = isOfSize({ width: w * scale, height: h * scale }, image);
  return own === canvas ? null : own ? 'own' : 'canvas';
}

function isOfSize(one: Size, other: Size): boolean {
  return [one.width - other.width, one.height - other.height].every((gap) => Math.abs(gap) <= SIZE_TOLERANCE_PX);
}

function boundsOnCanvas(node: Geometry): Box {
  return applyToBox(canvasTransform(node), ownBox(node));
}

/** Why it cannot be known what the export of a frame shows, as a sentence; null if it can. */
export function orientationProblem(frame: FrameLike): string | null {
  const scale = scaleOf(frame);
  if (isUpright(frame, scale)) return null;
  const { w, h } = boundsOnCanvas(frame);
  const gaps = [(w - frame.width) * scale, (h - frame.height) * scale];
  // an image of either kind would be of one size only
  if (gaps.some((gap) => Math.abs(gap) > 2 * SIZE_TOLERANCE_PX)) return null;
  const { a, b, c, d } = canvasTransform(frame);
  return a * d - b * c < 0
    ? `“${frame.name}” is flipped, and Figma doesn’t tell whether its export is. Flip it back and try again.`
    : `“${frame.name}” is rotated, and Figma doesn’t tell whether its export is. Set its rotation to 0 and try again.`;
}

function scaleOf(frame: Size): number {
  return exportWidth(frame.width, frame.height) / frame.width;
}

/** By node id: what the latest export of a rotated frame shows. */
const spaces = new Map<string, ExportSpace>();

/** A width would be that of an unknown box. */
export function exportConstraint(frame: FrameLike): ExportSettingsConstraints {
  const scale = scaleOf(frame);
  if (!isUpright(frame, scale)) return { type: 'SCALE', value: scale };
  return { type: 'WIDTH', value: exportWidth(frame.width, frame.height) };
}

/** Keeps what the export of a frame shows. Returns false if its size does not tell. */
export function noteExport(frame: FrameLike, image: Size): boolean {
  const scale = scaleOf(frame);
  if (isUpright(frame, scale)) {
    spaces.delete(frame.id);
    return hasProportionsOf(frame, image);
  }
  const space = spaceOfImage(frame, scale, image);
  if (space !== null) spaces.set(frame.id, space);
  return space !== null;
}

/** Maps the canvas to the own box of a node, or to its bounding box on the canvas. */
function canvasToBox(node: Geometry, space: ExportSpace): Affine | null {
  if (space === 'own') return invert(canvasTransform(node));
  const { x, y } = boundsOnCanvas(node);
  return translation(-x, -y);
}

/** Maps pixels of an image of the node to the canvas; null for a node without area. */
export function imageToCanvas(node: Geometry, space: ExportSpace, image: Size): Affine | null {
  const toCanvas = invert(canvasToBox(node, space) ?? scaling(0, 0));
  const box = space === 'own' ? ownBox(node) : boundsOnCanvas(node);
  return toCanvas === null ? null : compose(toCanvas, scaling(box.w / image.width, box.h / image.height));
}

/** Maps the canvas to pixels of the frame's latest export; null for a frame without area. */
export function canvasToPixels(frame: FrameLike): Affine | null {
  if (frame.width <= 0) return null;
  const toBox = canvasToBox(frame, spaces.get(frame.id) ?? 'own');
  const scale = scaleOf(frame);
  return toBox === null ? null : compose(scaling(scale, scale), toBox);
}

/** What the frame's latest export shows: a box in canvas units, and its place on the canvas. */
export function exportedBox(frame: FrameLike): { size: Size; toCanvas: Affine } {
  if ((spaces.get(frame.id) ?? 'own') === 'own') {
    return { size: { width: frame.width, height: frame.height }, toCanvas: canvasTransform(frame) };
  }
  const { x, y, w, h } = boundsOnCanvas(frame);
  return { size: { width: w, height: h }, toCanvas: translation(x, y) };
}

/** Maps pixels of the frame's export to the canvas; null for a frame without area. */
export function pixelsToCanvas(frame: FrameLike): Affine | null {
  const toPixels = canvasToPixels(frame);
  return toPixels === null ? null : invert(toPixels);
}

/**
 * Shows the page of a node and scrolls to it, centred on `box` (pixels of its export) if given. The selections of the
 * pages stay.
 */
export async function reveal(nodeId: string, box: Box | null): Promise<void> {
  const node = await findSceneNode(nodeId);
  if (node === null) return;
  const page = pageOf(node);
  if (page !== null && page.id !== figma.currentPage.id) await figma.setCurrentPageAsync(page);
  figma.viewport.scrollAndZoomIntoView([node]);
  const toCanvas = isFrameLike(node) ? pixelsToCanvas(node) : null;
  if (box === null || toCanvas === null) return;
  const { x, y, w, h } = applyToBox(toCanvas, box);
  figma.viewport.center = { x: x + w / 2, y: y + h / 2 };
}
