import { LIMITS } from '@samepoint/shared-protocol/limits';
import { messageOf, problemToast } from '../shared/text.js';
import { exportFrame } from './canvas/export.js';
import { blockedReason } from './canvas/frame-summaries.js';
import { type FrameLike, findFrame, isFrameLike } from './canvas/nodes.js';
import { readDesign } from './canvas/read-design.js';
import { TokenReader } from './canvas/read-tokens.js';
import { ReferenceReader } from './canvas/references.js';
import { hasEditsToLose, loadRecording, markTransferred, saveRecording } from './recordings.js';

/** Records the one selected frame, without a window. Returns what to tell the user. */
export async function recordEdits(now: number): Promise<string> {
  const selected = selectedFrame();
  if (typeof selected === 'string') return selected;
  try {
    return await recordFrame(selected, now);
  } catch (error) {
    return problemToast({ message: `“${selected.name}” can’t be recorded: ${messageOf(error)}.`, hint: 'Try again.' });
  }
}

/**
 * After a transfer of recorded edits, the frame can be recorded again without losing them. If the storage fails, the
 * recording has to be deleted first.
 */
export async function rememberTransfer(sourceId: string): Promise<void> {
  const frame = await findFrame(sourceId);
  if (frame === null) return;
  const design = await readDesign(frame, new TokenReader());
  await markTransferred(design).catch(() => undefined);
}

async function recordFrame(frame: FrameLike, now: number): Promise<string> {
  const design = await readDesign(frame, new TokenReader());
  if (await hasEditsToLose(design)) {
    const message = `“${frame.name}” has recorded edits.`;
    return problemToast({ message, hint: 'Transfer them, or delete the recording, first.' });
  }
  const exported = await exportFrame(frame, {
    command: 'transfer-edits',
    excluded: new Set(),
    references: new ReferenceReader(),
  });
  if (!exported.ok) return problemToast(exported.problem);
  const { png, width, height, layers } = exported.value;
  const hadRecording = (await loadRecording(frame.id)) !== null;
  const problem = await saveRecording(frame.name, { design, layers, image: { png, width, height } }, now);
  if (problem !== null) return problemToast(problem);
  const again = hadRecording ? ' again' : '';
  return problemToast({
    message: `Recording “${frame.name}”${again}.`,
    hint: 'Edit it, then run “Transfer recorded edits…”',
  });
}

/** The selected frame, or a sentence why there is none. */
function selectedFrame(): FrameLike | string {
  const [node, ...more] = figma.currentPage.selection;
  if (node === undefined) return 'Select the frame to record, then run the command again.';
  if (more.length > 0) return 'Select one frame only: edits are recorded on one frame at a time.';
  const { name } = node;
  if (!isFrameLike(node)) {
    return problemToast({ message: `“${name}” is not a frame.`, hint: 'Select the frame around it to record edits.' });
  }
  if (node.id.length > LIMITS.idChars) {
    return problemToast({ message: `“${name}” is nested too deep in instances.`, hint: 'Record the frame around it.' });
  }
  const blocked = blockedReason(node);
  return blocked === null ? node : problemToast({ message: blocked, hint: '' });
}
