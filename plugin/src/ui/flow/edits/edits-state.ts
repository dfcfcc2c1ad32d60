import type { EditsSummary, Problem } from '../../../shared/messages.js';
import type { FailedTarget } from '../frame-problems.js';
import type { PreviewFilter } from '../preview/preview-state.js';
import type { Run, UndoState } from '../state.js';
import type { Choices } from './edits-choices.js';
import type { Choice, EditsMerge } from './edits-rows.js';

/** Another layer of a target, or none, as the counterpart of a source layer. */
export interface Correction {
  targetId: string;
  sourceLayerId: string;
  layerId: string | null;
}

/** The preview of edits: the designer chooses which operations to apply, and corrects counterparts. */
export interface EditsPreview extends EditsMerge, Choices {
  name: 'edits';
  run: Run;
  /** Targets without a merge, and why. */
  failed: readonly FailedTarget[];
  groupBy: 'edit' | 'frame';
  filter: PreviewFilter;
  /** Keys of the open groups. */
  expanded: ReadonlySet<string>;
  /** Counterparts that the designer chose. */
  corrections: readonly Correction[];
  /** Key of the row whose counterpart is being corrected; null for none. */
  correcting: string | null;
  problem: Problem | null;
}

export type EditsState =
  | EditsPreview
  | { name: 'applying-edits'; preview: EditsPreview }
  | { name: 'edits-done'; preview: EditsPreview; summary: EditsSummary; undo: UndoState; problem: Problem | null };

export type EditsEvent =
  | { type: 'edits.choose'; keys: readonly string[]; choice: Choice }
  | { type: 'edits.group-by'; groupBy: EditsPreview['groupBy'] }
  | { type: 'edits.expand'; key: string; on: boolean };
