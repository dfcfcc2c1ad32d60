import type { Layer, Point } from '@samepoint/shared-protocol';

/** The smallest layer that contains the point; of equal ones the topmost. Null outside of all layers. */
export function layerAt(layers: readonly Layer[], point: Point): Layer | null {
  let found: Layer | null = null;
  for (const layer of layers) {
    if (contains(layer, point) && (found === null || areaOf(layer) <= areaOf(found))) found = layer;
  }
  return found;
}

function contains({ box }: Layer, { x, y }: Point): boolean {
  return x >= box.x && y >= box.y && x < box.x + box.w && y < box.y + box.h;
}

function areaOf({ box }: Layer): number {
  return box.w * box.h;
}
