import type { Affine, Box, Item, Layer, Placement, Point } from '@samepoint/shared-protocol';

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
      return placement.transform === null || item.kind !== 'overlay' ? null : boundsOf(item.box, placement.transform);
  }
}

function boxAt(point: Point): Box {
  return { x: point.x, y: point.y, w: 0, h: 0 };
}

/** The upright box around a transformed box. */
export function boundsOf(box: Box, { a, b, c, d, e, f }: Affine): Box {
  const corners = [
    [box.x, box.y],
    [box.x + box.w, box.y],
    [box.x, box.y + box.h],
    [box.x + box.w, box.y + box.h],
  ] as const;
  const xs = corners.map(([x, y]) => a * x + c * y + e);
  const ys = corners.map(([x, y]) => b * x + d * y + f);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}
