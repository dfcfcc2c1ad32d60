import type { Box, FittedTransform } from '@samepoint/shared-protocol';
import type { ApplySummary, Problem } from '../../../shared/messages.js';
import type { ExportedOverlay, PlacedPicture } from '../../../shared/pictures.js';
import type { Failure } from '../failure.js';
import type { FailedTarget } from '../frame-problems.js';
import type { ImageJob } from '../image-job.js';
import type { HashedFrame } from '../request.js';
import type { UndoState } from '../state.js';

/** The exported pictures of a run. */
export interface PicturesRun {
  jobId: string;
  sourceId: string;
  /** The edited version of the source, if the edit is the difference between the two. */
  afterId: string | null;
  targetIds: readonly string[];
  frames: readonly HashedFrame[];
  failed: readonly FailedTarget[];
  notices: readonly string[];
}

/** The flattened edit: an image of the source's size, transparent outside of the edit. */
export interface PictureEdit {
  imageId: string;
  png: Uint8Array;
  width: number;
  height: number;
  /** Of its opaque pixels. */
  box: Box;
}

/** The edit of one target, warped and clipped to the target's picture. */
export interface WarpedPicture extends PlacedPicture {
  fit: FittedTransform;
}

/** A target that the edit does not fit, and why. */
export interface RefusedPicture {
  targetId: string;
  problem: Problem;
  /** The daemon's technical reason; null if the plugin refuses. */
  detail: string | null;
}

export interface PicturesPreview {
  step: 'preview';
  run: PicturesRun;
  edit: PictureEdit;
  pictures: readonly WarpedPicture[];
  refused: readonly RefusedPicture[];
  /** Edits from this confidence on are included. */
  threshold: number;
  /** What the designer chose, by target. The threshold does not change it. */
  choices: ReadonlyMap<string, boolean>;
  problem: Problem | null;
}

/** The steps of "Propagate edit onto pictures…" after the picks. */
export type PicturesStep =
  | { step: 'exporting'; run: PicturesRun; done: number; total: number }
  /** The UI flattens the edit. */
  | { step: 'flattening'; run: PicturesRun }
  /** The daemon warps the edit. */
  | { step: 'comparing'; run: PicturesRun; edit: PictureEdit; job: ImageJob }
  /** The daemon failed the run. */
  | ({ step: 'failed'; run: PicturesRun; edit: PictureEdit } & Failure)
  /** The UI clips the warped edits to their pictures. */
  | {
      step: 'clipping';
      run: PicturesRun;
      edit: PictureEdit;
      warped: readonly WarpedPicture[];
      refused: readonly RefusedPicture[];
    }
  | PicturesPreview
  | { step: 'applying'; preview: PicturesPreview }
  | {
      step: 'done';
      preview: PicturesPreview;
      summary: ApplySummary;
      undo: UndoState;
      problem: Problem | null;
    };

/** What the UI draws, outside of the state machine. It answers with an event of the same run. */
export type PicturesEffect =
  | {
      type: 'pictures.flatten';
      jobId: string;
      source: HashedFrame;
      after: HashedFrame | null;
      overlays: readonly ExportedOverlay[];
    }
  | { type: 'pictures.clip'; jobId: string; pictures: readonly { picture: WarpedPicture; target: HashedFrame }[] };

export type PicturesEvent =
  /** `edit` is null if nothing of the edit is on the source. */
  | { type: 'pictures.flattened'; jobId: string; edit: PictureEdit | null }
  | { type: 'pictures.clipped'; jobId: string; pictures: readonly WarpedPicture[] }
  | { type: 'pictures.undrawable'; jobId: string };
