import type { Box, Point } from '@samepoint/shared-protocol';
import type { ApplySummary, Problem } from '../../../shared/messages.js';
import type { ExportedRegion, TrackChoices, TrackedMark } from '../../../shared/tracking.js';
import type { Failure } from '../failure.js';
import type { FailedTarget } from '../frame-problems.js';
import type { ImageJob, JobImage } from '../image-job.js';
import type { HashedFrame } from '../request.js';
import type { UndoState } from '../state.js';

/** The exported frames of a run. */
export interface TrackRun {
  jobId: string;
  /** The annotated frame. */
  sourceId: string;
  /** In the order of the sequence, the annotated frame among them. Images have one size. */
  frames: readonly HashedFrame[];
  failed: readonly FailedTarget[];
  notices: readonly string[];
  tracking: TrackChoices;
}

/** A region of the annotated frame. */
export interface TrackLabel {
  regionId: string;
  name: string;
  /** `#rrggbb`, its colour in the mask. */
  colour: string;
  /** In pixels of the annotated frame's export. */
  box: Box;
  /** A point inside of the region, near its middle. */
  centre: Point;
}

/** The regions of the annotated frame, flattened. */
export interface FlatRegions {
  labels: readonly TrackLabel[];
  /** One colour for each label, transparent elsewhere. */
  mask: JobImage;
  /** The frames, those of other sizes redrawn at the size of the annotated one. */
  frames: readonly HashedFrame[];
  /** Regions that are left out, and why. */
  notices: readonly string[];
}

/** A region in one frame. */
export interface TrackedRegion {
  regionId: string;
  /** Null if it is lost. */
  mark: TrackedMark | null;
  confidence: number;
  /** In pixels of the frame; null if it is lost. */
  box: Box | null;
}

/** The regions of a frame, in the order of the labels. */
export interface TrackedFrame {
  targetId: string;
  regions: readonly TrackedRegion[];
}

/** The mask of a frame in the result, before it is traced. */
export interface MaskResult {
  targetId: string;
  png: Uint8Array;
  /** In the order of the palette; null for a lost label. */
  confidences: readonly (number | null)[];
}

export interface TrackPreview {
  step: 'preview';
  run: TrackRun;
  labels: readonly TrackLabel[];
  frames: readonly TrackedFrame[];
  /** Keys of what is included: see `keyOf`. */
  included: ReadonlySet<string>;
  problem: Problem | null;
}

/** The steps of “Track through frames…” after the export. */
export type TrackStep =
  /** The UI flattens the regions into a mask. */
  | { step: 'flattening'; run: TrackRun; regions: readonly ExportedRegion[] }
  /** The daemon tracks. */
  | { step: 'tracking'; run: TrackRun; flat: FlatRegions; job: ImageJob }
  | ({ step: 'failed'; run: TrackRun; flat: FlatRegions } & Failure)
  /** The UI traces the masks. */
  | { step: 'tracing'; run: TrackRun; labels: readonly TrackLabel[] }
  | TrackPreview
  | { step: 'applying'; preview: TrackPreview }
  | {
      step: 'done';
      preview: TrackPreview;
      summary: ApplySummary;
      undo: UndoState;
      problem: Problem | null;
    };

/** What the UI draws, outside of the state machine. It answers with an event of the same run. */
export type TrackEffect =
  | { type: 'track.flatten'; run: TrackRun; regions: readonly ExportedRegion[] }
  | { type: 'track.trace'; run: TrackRun; labels: readonly TrackLabel[]; masks: readonly MaskResult[] };

export type TrackEvent =
  | { type: 'track.choose'; tracking: TrackChoices }
  /** Another frame of the sequence becomes the annotated one. */
  | { type: 'track.annotated'; nodeId: string }
  /** Moves a frame to an earlier or later place. */
  | { type: 'track.move'; nodeId: string; by: -1 | 1 }
  | { type: 'track.flattened'; jobId: string; flat: FlatRegions }
  | { type: 'track.traced'; jobId: string; frames: readonly TrackedFrame[] }
  | { type: 'track.undrawable'; jobId: string };
