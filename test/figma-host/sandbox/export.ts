import type { Json, Matrix, RawNode, RenderRequest } from '../spec.js';
import { register } from './event-loop.js';
import { absoluteBounds, absoluteMatrix, renderBounds, sizeOf } from './geometry.js';
import { allNodes, exportsOnCanvas, get } from './store.js';

const KNOWN = new Set(['format', 'constraint', 'colorProfile', 'useAbsoluteBounds', 'contentsOnly', 'suffix']);

/** Renders a node as PNG. Rejects if it paints nothing. */
export async function exportNode(id: string, settings: { [name: string]: Json }): Promise<Uint8Array> {
  for (const name of Object.keys(settings)) {
    if (!KNOWN.has(name)) throw new Error(`in exportAsync: Unrecognized key "${name}"`);
  }
  if (settings.format !== 'PNG') throw new Error('in exportAsync: Only PNG is supported here');
  const node = get(id);
  if (renderBounds(node) === null) {
    throw new Error('in exportAsync: Failed to export node. This node may not have any visible layers.');
  }
  const { width, height, absolute } = exportedBox(node);
  const scale = scaleOf(settings.constraint ?? null, width, height);
  const request: RenderRequest = {
    nodes: allNodes(),
    rootId: id,
    ...{ width, height, absolute },
    widthPx: Math.max(1, Math.round(width * scale)),
    heightPx: Math.max(1, Math.round(height * scale)),
    contentsOnly: settings.contentsOnly !== false,
  };
  return new Promise((resolve, reject) => {
    const callId = register((number) => {
      if (number < 0) reject(new Error('in exportAsync: Failed to export node'));
      else resolve(new Uint8Array(__bridge.takeBytes(number)));
    });
    __bridge.render(callId, JSON.stringify(request));
  });
}

/**
 * The box that an export shows. For a rotated or flipped node, Figma's documentation leaves open whether this is its own
 * box or its bounding box on the canvas.
 */
function exportedBox(node: RawNode): { width: number; height: number; absolute: Matrix } {
  if (exportsOnCanvas()) {
    const { x, y, width, height } = absoluteBounds(node);
    return { width, height, absolute: [1, 0, 0, 1, x, y] };
  }
  return { ...sizeOf(node), absolute: absoluteMatrix(node) };
}

function scaleOf(constraint: Json, width: number, height: number): number {
  if (constraint === null) return 1;
  if (typeof constraint !== 'object' || Array.isArray(constraint)) throw new Error('in exportAsync: bad constraint');
  const value = Number(constraint.value);
  if (!(value > 0)) throw new Error('in exportAsync: Expected a positive constraint value');
  if (constraint.type === 'WIDTH') return value / width;
  return constraint.type === 'HEIGHT' ? value / height : value;
}
