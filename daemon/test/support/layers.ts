import type { Box, Layer } from '@samepoint/shared-protocol';

/** A layer of a frame, with defaults. */
export function layer(layerId: string, box: Box, more: Partial<Layer> = {}): Layer {
  return { layerId, parentId: 'root', type: 'FRAME', name: layerId, box, candidate: true, ...more };
}
