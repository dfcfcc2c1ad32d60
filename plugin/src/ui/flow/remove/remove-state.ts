import type { Problem } from '../../../shared/messages.js';
import type { PlacedFrame, PlacedScope, RemovedSummary } from '../../../shared/placed.js';
import type { UndoState } from '../state.js';

/** What was placed, by frame. */
export interface RemoveList {
  step: 'list';
  scope: PlacedScope;
  /** Null until the main thread has looked. */
  frames: readonly PlacedFrame[] | null;
  /** Ids of frames that keep what was placed. */
  excluded: ReadonlySet<string>;
  problem: Problem | null;
}

/** The screens of “Remove what was transferred”. */
export type RemoveStep =
  | RemoveList
  | { step: 'removing'; list: RemoveList }
  | {
      step: 'removed';
      list: RemoveList;
      summary: RemovedSummary;
      undo: UndoState;
      problem: Problem | null;
    };

export type RemoveEvent =
  | { type: 'remove.scope'; scope: PlacedScope }
  | { type: 'remove.include'; frameIds: readonly string[]; on: boolean }
  | { type: 'remove.start' };
