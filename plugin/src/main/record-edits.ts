import { LIMITS } from '@samepoint/shared-protocol/limits';
import type { Problem } from '../shared/messages.js';
import { messageOf } from '../shared/text.js';
import { exportFrame } from './canvas/export.js';
import { type FrameLike, findFrame, isFrameLike } from './canvas/nodes.js';
import { readDesign } from './canvas/read-design.js';
import { TokenReader } from './canvas/read-tokens.js';
import { ReferenceReader } from './canvas/references.js';
import { blockedReason } from './canvas/selection.js';
import { hasEditsToLose, loadRecording, markTransferred, saveRecording } from './recordings.js';

/** Records the one selected frame, without a window. Returns what to tell the user. */
export async function recordEdits(now: number): Promise<string> {
  const selected = selectedFrame();
  if (typeof selected === 'string') return selected;
  try {
    return await recordFrame(selected, now);
  } catch (error) {
    const message = `“${selected.name}” can’t be recorded: ${messageOf(error)}.`;
    return toToast(selected, { message, hint: 'Try again.' });
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
    return `“${shortName(frame)}” has recorded edits. Transfer them, or delete the recording, first.`;
  }
  const exported = await exportFrame(frame, {
    command: 'transfer-edits',
    excluded: new Set(),
    references: new ReferenceReader(),
  });
  if (!exported.ok) return `“${shortName(frame)}” can’t be exported. Check that it is visible and not rotated.`;
  const { png, width, height, layers } = exported.value;
  const hadRecording = (await loadRecording(frame.id)) !== null;
  const problem = await saveRecording(frame.name, { design, layers, image: { png, width, height } }, now);
  if (problem !== null) return toToast(frame, problem);
  const again = hadRecording ? ' again' : '';
  return `Recording “${shortName(frame)}”${again}. Edit it, then run “Transfer recorded edits…”`;
}

/** A toast shows about 100 characters. */
const TOAST_CHARS = 100;
const NAME_CHARS = 24;

function shortName({ name }: { name: string }): string {
  return shorten(name, NAME_CHARS);
}

/** Cuts a long name and a long message, so that the hint is shown. */
function toToast(frame: FrameLike, { message, hint }: Problem): string {
  const named = message.replace(frame.name, () => shortName(frame));
  return `${shorten(named, TOAST_CHARS - hint.length - 2)} ${hint}`;
}

function shorten(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars)}…` : text;
}

/** The selected frame, or a sentence why there is none. */
function selectedFrame(): FrameLike | string {
  const [node, ...more] = figma.currentPage.selection;
  if (node === undefined) return 'Select the frame to record, then run the command again.';
  if (more.length > 0) return 'Select one frame only: edits are recorded on one frame at a time.';
  const name = shortName(node);
  if (!isFrameLike(node)) return `“${name}” is not a frame. Select the frame around it to record edits.`;
  if (node.id.length > LIMITS.idChars) return `“${name}” is nested too deep in instances. Record the frame around it.`;
  return blockedReason(node)?.replace(node.name, () => name) ?? node;
}
