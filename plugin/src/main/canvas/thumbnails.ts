import type { MainToUi } from '../../shared/messages.js';
import { findSceneNode } from './nodes.js';

/** Longer side of a thumbnail in pixels: twice the size on the screen. */
const SIDE_PX = 96;

/** Ids of frames, in the order of the requests. */
const wanted = new Set<string>();
let isDrawing = false;

/**
 * Asks for the thumbnail of a node, or takes that back. They are drawn one at a time in turns of their own, so that the
 * canvas stays responsive. Nothing is left to do when the window closes.
 */
export function wantThumbnail(nodeId: string, isWanted: boolean, send: (message: MainToUi) => void): void {
  if (isWanted) wanted.add(nodeId);
  else wanted.delete(nodeId);
  if (!isDrawing && wanted.size > 0) void drawAll(send);
}

async function drawAll(send: (message: MainToUi) => void): Promise<void> {
  isDrawing = true;
  for (;;) {
    await nextTurn();
    const [nodeId] = wanted;
    if (nodeId === undefined) break;
    wanted.delete(nodeId);
    send({ type: 'thumbnail', nodeId, png: await draw(nodeId) });
  }
  isDrawing = false;
}

/** Null if the node cannot be exported. */
async function draw(nodeId: string): Promise<Uint8Array | null> {
  try {
    const node = await findSceneNode(nodeId);
    if (node === null) return null;
    const type = node.width >= node.height ? 'WIDTH' : 'HEIGHT';
    const constraint = { type, value: SIDE_PX } as const;
    return await node.exportAsync({ format: 'PNG', constraint, colorProfile: 'SRGB', contentsOnly: true });
  } catch {
    return null;
  }
}

/** Lets Figma draw and handle input. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
