import type { Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';
import { applyToBox } from '../../shared/affine.js';

/** Where an item is in its source, in pixels of the export; null when its layer was not exported. */
export function itemBox(item: Item, layers: readonly Layer[]): Box | null {
  switch (item.kind) {
    case 'point':
      return boxAt(item.point);
    case 'layer':
      return layers.find((layer) => layer.layerId === item.layerId)?.box ?? null;
    case 'box':
    case 'overlay':
      return item.box;
  }
}

/** Where a placement is in its target, in pixels of the export; null where the item has no counterpart. */
export function placementBox(placement: Placement, item: Item, layers: readonly Layer[]): Box | null {
  switch (placement.kind) {
    case 'point':
      return placement.point === null ? null : boxAt(placement.point);
    case 'box':
      return placement.box;
    case 'layer':
      return layers.find((layer) => layer.layerId === placement.layerId)?.box ?? placement.box;
    case 'overlay':
      return placement.transform === null || item.kind !== 'overlay' ? null : applyToBox(placement.transform, item.box);
  }
}

function boxAt(point: Point): Box {
  return { x: point.x, y: point.y, w: 0, h: 0 };
}
