import type { Box, Layer } from '@samepoint/shared-protocol';
import type { HashedFrame } from '../request.js';

/** Where an item goes in a target, in words. */
export interface TargetPlace {
  /** The name of the layer that gets it, or that lies under it; null for none but the frame itself. */
  layer: string | null;
  /** The names of the layers around that one, outermost first, without the frame. */
  path: readonly string[];
  /** In the frame: `top left`, `center` … */
  position: string;
}

interface TargetLayers {
  target: HashedFrame;
  layers: ReadonlyMap<string, Layer>;
}

/** @param layerId the layer that gets the item; null for an item at a box */
export function placeOf({ target, layers }: TargetLayers, layerId: string | null, box: Box): TargetPlace {
  const layer = layerId === null ? layerUnder(target, box) : layers.get(layerId);
  const isFrame = layer === undefined || layer.layerId === target.nodeId;
  return {
    layer: isFrame ? null : layer.name,
    path: isFrame ? [] : pathOf(layer, target, layers),
    position: positionIn(target, box),
  };
}

function pathOf(layer: Layer, target: HashedFrame, layers: ReadonlyMap<string, Layer>): string[] {
  const path: string[] = [];
  for (let id = layer.parentId; id !== undefined && id !== target.nodeId; id = layers.get(id)?.parentId) {
    path.unshift(layers.get(id)?.name ?? '');
  }
  return path;
}

/** The smallest layer around the centre of the box. */
export function layerUnder({ layers }: Pick<HashedFrame, 'layers'>, box: Box): Layer | undefined {
  const [x, y] = [box.x + box.w / 2, box.y + box.h / 2];
  let found: Layer | undefined;
  for (const layer of layers) {
    const { box: own } = layer;
    const isAround = own.x <= x && x <= own.x + own.w && own.y <= y && y <= own.y + own.h;
    if (isAround && (found === undefined || own.w * own.h <= found.box.w * found.box.h)) found = layer;
  }
  return found;
}

function positionIn({ width, height }: { width: number; height: number }, { x, y, w, h }: Box): string {
  const column = third((x + w / 2) / width, ['left', '', 'right']);
  const row = third((y + h / 2) / height, ['top', '', 'bottom']);
  return [row, column].filter((word) => word !== '').join(' ') || 'center';
}

function third(fraction: number, words: readonly [string, string, string]): string {
  return words[Math.min(2, Math.max(0, Math.floor(fraction * 3))) as 0 | 1 | 2];
}
