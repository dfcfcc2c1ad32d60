import type { Placement, TransferResult } from '@samepoint/shared-protocol';
import type { Problem } from '../../../shared/messages.js';
import type { Run } from '../state.js';

/** Which rows a preview shows. */
export const PREVIEW_FILTERS = ['all', 'doubtful', 'conflicts', 'missing'] as const;
export type PreviewFilter = (typeof PREVIEW_FILTERS)[number];

/** The preview of annotations and layers: the designer chooses which placements to apply, and corrects them. */
export interface PreviewState {
  name: 'preview';
  run: Run;
  /** As the daemon sent it. */
  result: TransferResult;
  /** Placements that the designer corrected, by the key of their row. They replace those of the result. */
  corrections: ReadonlyMap<string, Placement>;
  /** Rows from this confidence on are included. */
  threshold: number;
  /** What the designer chose, by row. The threshold does not change it. */
  choices: ReadonlyMap<string, boolean>;
  filter: PreviewFilter;
  /** Key of the row that is being corrected; null for none. */
  correcting: string | null;
  /** Ids of targets in main components that take layers, and so do all their instances. */
  intoComponents: ReadonlySet<string>;
  problem: Problem | null;
}

/** Events of all previews with rows. */
export type PreviewEvent =
  | { type: 'preview.filter'; filter: PreviewFilter }
  | { type: 'preview.correcting'; key: string | null }
  | { type: 'preview.into-component'; targetId: string; on: boolean }
  /** Another layer of the target, or none, is what the row is about. */
  | { type: 'preview.correct'; key: string; layerId: string | null };
