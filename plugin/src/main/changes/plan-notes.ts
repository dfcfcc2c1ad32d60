import type { Box, Point } from '@samepoint/shared-protocol';
import { applyToBox } from '../../shared/affine.js';
import type { RequestedNote } from '../../shared/messages.js';
import { pixelsToCanvas } from '../canvas/export-space.js';
import { type FrameLike, findFrame } from '../canvas/nodes.js';
import type { NoteOperation, Plan } from './operations.js';
import { placeParent } from './place-parent.js';
import type { EarlierRuns } from './previous.js';
import { NOTE } from './write-pin.js';

interface NoteItem {
  itemId: string;
  source: FrameLike;
  target: FrameLike;
  text: string;
  /** What the note is about, in pixels of the target's export. */
  box: Box;
}

/** Plans notes about places of frames, such as points that were looked for. */
export async function planNotes(
  source: FrameLike,
  notes: readonly RequestedNote[],
  earlier: EarlierRuns,
): Promise<Plan> {
  const plan: Plan = { operations: [], skipped: [] };
  for (const { targetId, itemId, text, box } of notes) {
    const target = await findFrame(targetId);
    const planned = target === null ? null : await planNote({ itemId, source, target, text, box }, earlier);
    if (planned !== null) plan.operations.push(planned);
    else
      plan.skipped.push({ targetId, itemId, reason: target === null ? 'The frame was deleted.' : 'It has no area.' });
  }
  await figma.loadFontAsync(NOTE.font);
  return plan;
}

/** Returns null for a target without area. The font of notes is not loaded. */
export async function planNote(
  { itemId, source, target, text, box }: NoteItem,
  earlier: EarlierRuns,
): Promise<NoteOperation | null> {
  const toCanvas = pixelsToCanvas(target);
  if (toCanvas === null) return null;
  const { x, y, w, h } = applyToBox(toCanvas, box);
  const point: Point = { x: x + w / 2, y: y + h / 2 };
  const numbers = (await earlier.on(target)).map(({ record }) => (record.kind === 'note' ? record.number : 0));
  const previous = await earlier.find(source, target, itemId);
  return {
    ...{ kind: 'note', itemId, sourceId: source.id, target, previous, text, y, point },
    pinParent: placeParent(target),
    firstNumber: Math.max(0, ...numbers) + 1,
  };
}
