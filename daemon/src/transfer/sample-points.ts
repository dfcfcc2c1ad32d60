import type { Box, Item, Layer, Point } from '@samepoint/shared-protocol';
import { SamepointError } from '@samepoint/shared-protocol';
import type { Size } from '../images/resize.js';
import { clip, contains, gap, gridPoints, grow } from './transforms/boxes.js';

/** Points a side of the grid over a box or a layer. */
const REGION_GRID = 4;

/** An overlay hides the design under it, so points come from a margin around it. */
const OVERLAY_GRID = 8;
/** The margin is the greater of both: a part of the overlay's longer side, or of the image's. */
const OVERLAY_MARGIN = { ofOverlay: 0.5, ofImage: 0.06 };
/** With fewer points outside all overlays, those under overlays are used too. */
const MIN_UNCOVERED_POINTS = 12;

/**
 * The points of the source image, in pixels, whose matches place an item.
 * @param overlays boxes of all overlays on the source
 * @throws SamepointError `ITEM_OUTSIDE_IMAGE`, or `BAD_REQUEST` for an unknown layer
 */
export function samplePoints(item: Item, layers: readonly Layer[], overlays: readonly Box[], image: Size): Point[] {
  switch (item.kind) {
    case 'point':
      return [insideImage(item.itemId, item.point, image)];
    case 'box':
      return gridPoints(insideBox(item.itemId, item.box, image), REGION_GRID);
    case 'layer':
      return pointsOfLayer(findLayer(item, layers).box, image);
    case 'overlay':
      return aroundOverlay(item.box, overlays, image);
  }
}

/** A layer without area, such as a line, has points. A layer outside the image, such as a carousel's card, has none. */
export function pointsOfLayer(box: Box, image: Size, grid = REGION_GRID): Point[] {
  const touches = gap(box, { x: 0, y: 0, w: image.width, h: image.height }) === 0;
  return touches ? pointsOfBox(box, image, grid) : [];
}

/** A grid over the visible part of a box. @param grid points per side */
export function pointsOfBox(box: Box, image: Size, grid = REGION_GRID): Point[] {
  return gridPoints(clip(box, image.width, image.height), grid);
}

/** @throws SamepointError `BAD_REQUEST` */
export function findLayer(item: Extract<Item, { kind: 'layer' }>, layers: readonly Layer[]): Layer {
  const layer = layers.find(({ layerId }) => layerId === item.layerId);
  if (layer !== undefined) return layer;
  throw new SamepointError(
    'BAD_REQUEST',
    `Item "${item.itemId}" refers to the layer "${item.layerId}", which the source frame does not have.`,
    'Send the layers of the source frame along with its items.',
  );
}

function aroundOverlay(box: Box, overlays: readonly Box[], image: Size): Point[] {
  const margin = Math.max(
    OVERLAY_MARGIN.ofOverlay * Math.max(box.w, box.h),
    OVERLAY_MARGIN.ofImage * Math.max(image.width, image.height),
  );
  const all = gridPoints(clip(grow(box, margin), image.width, image.height), OVERLAY_GRID);
  const uncovered = all.filter((point) => !overlays.some((overlay) => contains(overlay, point)));
  return uncovered.length >= MIN_UNCOVERED_POINTS ? uncovered : all;
}

function insideImage(itemId: string, point: Point, image: Size): Point {
  if (contains({ x: 0, y: 0, w: image.width, h: image.height }, point)) return point;
  throw outside(itemId, `(${point.x}, ${point.y})`, image);
}

function insideBox(itemId: string, box: Box, image: Size): Box {
  const visible = clip(box, image.width, image.height);
  if (visible.w > 0 && visible.h > 0) return visible;
  throw outside(itemId, `the box ${box.x},${box.y},${box.w},${box.h}`, image);
}

function outside(itemId: string, what: string, image: Size): SamepointError {
  return new SamepointError(
    'ITEM_OUTSIDE_IMAGE',
    `${what} of item "${itemId}" lies outside the source image, which is ${image.width}×${image.height} pixels.`,
    'Give positions in pixels of the source image, from its top left corner.',
  );
}
