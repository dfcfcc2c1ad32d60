import type { FittedTransform } from '@samepoint/shared-protocol';
import type { ComparedPicture } from '../../../shared/comparison.js';
import type { Problem } from '../../../shared/messages.js';
import type { Difference } from '../edits/edits-difference.js';
import type { Failure } from '../failure.js';
import type { ImageJob } from '../image-job.js';
import type { HashedFrame } from '../request.js';
import type { Run, UndoState } from '../state.js';

/** The ways to look at two versions. */
export const ALIGN_TABS = ['overlay', 'flicker', 'differences', 'changes'] as const;
export type AlignTab = (typeof ALIGN_TABS)[number];

/** Two exported versions, and what the comparison of layers needs of their run. */
export interface AlignRun {
  run: Run;
  before: HashedFrame;
  after: HashedFrame;
}

/** The first version on the second, or why it does not fit. */
export type AlignedVersions =
  | {
      state: 'aligned';
      fit: FittedTransform;
      /** The part of the second version that the first covers, 0 … 1. */
      coverage: number;
      /** Mean difference of colours there, 0 … 255. */
      difference: number;
      /** PNGs of the size of the second version: the first one on it, and the map of differences. */
      aligned: Uint8Array;
      residual: Uint8Array;
    }
  | {
      state: 'refused';
      problem: Problem;
      /** The daemon's technical reason. */
      detail: string;
    };

/** What changed, as a list of layers. */
export type LayerChanges =
  | { state: 'comparing'; job: ImageJob }
  /** There is nothing to compare. */
  | { state: 'none'; problem: Problem }
  | { state: 'failed'; problem: Problem }
  | { state: 'listed'; difference: Difference };

/** A picture that was placed beside the frames. */
export interface PlacedComparison {
  picture: ComparedPicture;
  undo: UndoState;
  problem: Problem | null;
}

export interface AlignResult {
  step: 'result';
  versions: AlignRun;
  alignment: AlignedVersions;
  changes: LayerChanges;
  tab: AlignTab;
  /** While the main thread places it. */
  placing: ComparedPicture | null;
  placed: PlacedComparison | null;
  problem: Problem | null;
}

/** The steps of "Align and compare…" after the export. */
export type AlignStep =
  | { step: 'comparing'; versions: AlignRun; job: ImageJob }
  | ({ step: 'failed'; versions: AlignRun } & Failure)
  | AlignResult;

export type AlignEvent =
  | { type: 'align.tab'; tab: AlignTab }
  /** Places a picture beside the frames; `opacity` is that of the first version in the overlay. */
  | { type: 'align.place'; picture: ComparedPicture; opacity: number };
