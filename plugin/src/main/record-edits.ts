import { LIMITS } from '@samepoint/shared-protocol/limits';
import { exportFrame } from './canvas/export.js';
import { type FrameLike, isFrameLike } from './canvas/nodes.js';
import { readDesign } from './canvas/read-design.js';
import { TokenReader } from './canvas/read-tokens.js';
import { ReferenceReader } from './canvas/references.js';
import { blockedReason } from './canvas/selection.js';
import { loadRecording, saveRecording } from './recordings.js';

/** Records the one selected frame, without a window. Returns what to tell the user. */
export async function recordEdits(now: number): Promise<string> {
  const selected = selectedFrame();
  if (typeof selected === 'string') return selected;
  try {
    return await recordFrame(selected, now);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `“${selected.name}” can’t be recorded: ${reason}`;
  }
}

async function recordFrame(frame: FrameLike, now: number): Promise<string> {
  const design = await readDesign(frame, new TokenReader());
  const exported = await exportFrame(frame, {
    command: 'transfer-edits',
    excluded: new Set(),
    references: new ReferenceReader(),
  });
  if (!exported.ok) return `${exported.problem.message} ${exported.problem.hint}`;
  const { png, width, height, layers } = exported.value;
  const hadRecording = (await loadRecording(frame.id)) !== null;
  const problem = await saveRecording(frame.name, { design, layers, image: { png, width, height } }, now);
  if (problem !== null) return `${problem.message} ${problem.hint}`;
  const again = hadRecording ? ' again' : '';
  const name = frame.name.length > NAME_CHARS ? `${frame.name.slice(0, NAME_CHARS)}…` : frame.name;
  return `Recording “${name}”${again}. Edit it, then run “Transfer recorded edits…”`;
}

/** A toast shows about 100 characters. */
const NAME_CHARS = 24;

/** The selected frame, or a sentence why there is none. */
function selectedFrame(): FrameLike | string {
  const [node, ...more] = figma.currentPage.selection;
  if (node === undefined) return 'Select the frame to record, then run the command again.';
  if (more.length > 0) return 'Select one frame only: edits are recorded on one frame at a time.';
  if (!isFrameLike(node)) return `“${node.name}” is not a frame. Select the frame around it to record edits.`;
  if (node.id.length > LIMITS.idChars) return `“${node.name}” is nested too deep in instances to be recorded.`;
  return blockedReason(node) ?? node;
}
