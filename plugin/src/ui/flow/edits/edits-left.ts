import type { Flow, Run } from '../state.js';
import { type Choice, type EditRow, editRows } from './edits-rows.js';
import type { Correction, EditsPreview } from './edits-state.js';

/** What the designer decided in a preview that "Back" left, for the next preview of the same source. */
export interface LeftEdits {
  sourceId: string;
  afterId: string | null;
  /** By row, with what the row did. */
  choices: ReadonlyMap<string, { choice: Choice; row: string }>;
  corrections: readonly Correction[];
}

/** The decisions of a preview; null if there are none. */
export function leftEdits({ picks }: Flow, preview: EditsPreview): LeftEdits | null {
  const { choices, corrections } = preview;
  if (picks.source === null || (choices.size === 0 && corrections.length === 0)) return null;
  const { byKey } = editRows(preview);
  const kept = [...choices].flatMap(([key, choice]) => {
    const row = byKey.get(key);
    return row === undefined ? [] : [[key, { choice, row: signatureOf(row) }] as const];
  });
  return { sourceId: picks.source.nodeId, afterId: picks.after?.nodeId ?? null, choices: new Map(kept), corrections };
}

/** What was decided about the same source; null for another one. */
export function leftOf({ left, picks }: Flow): LeftEdits | null {
  const isSame = left?.sourceId === picks.source?.nodeId && left?.afterId === (picks.after?.nodeId ?? null);
  return isSame ? left : null;
}

const KEPT = 'What you chose before is kept.';

/** The preview with the choices of rows that still do the same. */
export function withLeftChoices(preview: EditsPreview, left: LeftEdits): EditsPreview {
  const { byKey } = editRows(preview);
  const choices = [...left.choices].flatMap(([key, { choice, row }]) => {
    const found = byKey.get(key);
    return found !== undefined && signatureOf(found) === row ? [[key, choice] as const] : [];
  });
  if (choices.length === 0 && preview.corrections.length === 0) return preview;
  const run: Run = { ...preview.run, notices: [KEPT, ...preview.run.notices] };
  return { ...preview, run, choices: new Map(choices) };
}

/** Equal while the source's edit, the layer of the target and its values are. */
function signatureOf({ merged: { edit, layerId, outcome } }: EditRow): string {
  return JSON.stringify([edit, layerId, outcome]);
}
