import type { InspectResult, Point } from '@samepoint/shared-protocol';
import type { Problem } from '../../../shared/messages.js';
import type { Failure } from '../failure.js';
import type { FailedTarget } from '../frame-problems.js';
import type { ImageJob } from '../image-job.js';
import type { HashedFrame } from '../request.js';
import type { UndoState } from '../state.js';

/** The exported frames. */
export interface InspectRun {
  /** The base of the ids of its jobs. */
  jobId: string;
  source: HashedFrame;
  /** May include the source, to find what is similar within it. */
  targets: readonly HashedFrame[];
  /** Targets that were not exported. */
  failed: readonly FailedTarget[];
  notices: readonly string[];
}

/** A point of the source. Each new point has a higher number. */
export interface NumberedPoint extends Point {
  number: number;
}

/** What the daemon found for a point in one target. */
export interface TargetMatches {
  /** Number of the point. */
  number: number;
  /** Whether the positions were refined. */
  isRefined: boolean;
  /** Best first. */
  matches: InspectResult['matches'];
  heatmap: InspectResult['heatmap'];
  /** One byte per cell of the heat map, row by row. */
  cells: Uint8Array;
}

/** A match in a target; rank 0 is the best one. */
export interface MatchRef {
  targetId: string;
  rank: number;
}

/** The job in flight: one at a time, so that a new point waits for one job at most. */
export interface InspectJob {
  targetId: string;
  /** Number of its point. */
  number: number;
  isRefining: boolean;
  job: ImageJob;
}

/** A note that is being written, or placed. */
export interface NoteDraft {
  match: MatchRef;
  /** Of the target's export. */
  point: Point;
  text: string;
  isPlacing: boolean;
}

export interface InspectOpen {
  step: 'open';
  run: InspectRun;
  /** In pixels of the source's export. */
  point: NumberedPoint;
  /** While the pointer or an arrow key is down; only frames in view are searched then. */
  isMoving: boolean;
  results: ReadonlyMap<string, TargetMatches>;
  /** Targets that the daemon cannot search. */
  problems: ReadonlyMap<string, Problem>;
  /** Images that the daemon has received. */
  held: ReadonlySet<string>;
  job: InspectJob | null;
  /** Number of jobs started. */
  jobs: number;
  /** Whether the daemon is too busy for a job, until `inspect.waited`. */
  isWaiting: boolean;
  /** Ids of the targets in view. */
  inView: ReadonlySet<string>;
  chosen: MatchRef | null;
  note: NoteDraft | null;
  /** What the last action did. */
  done: { text: string; undo: UndoState } | null;
  problem: Problem | null;
  /** Ids of frames that have changed since the export. */
  changed: ReadonlySet<string>;
  /** The frames of a new export, while it runs. */
  exporting: { frames: readonly HashedFrame[]; failed: readonly FailedTarget[] } | null;
}

/** The steps of “Inspect a point…” after the export. */
export type InspectStep =
  | InspectOpen
  /** Nothing can be searched: the model is missing, or the source cannot be used. */
  | ({ step: 'failed'; open: InspectOpen } & Failure);

export type InspectEvent =
  /** In pixels of the source's export; `isMoving` while more points follow. */
  | { type: 'inspect.point'; point: Point; isMoving: boolean }
  | { type: 'inspect.in-view'; targetId: string; on: boolean }
  | { type: 'inspect.choose'; match: MatchRef }
  /** Also searches the source. */
  | { type: 'inspect.self'; on: boolean }
  | { type: 'inspect.select'; match: MatchRef }
  /** Null closes the note. */
  | { type: 'inspect.note'; match: MatchRef | null }
  | { type: 'inspect.note-text'; text: string }
  | { type: 'inspect.place-note' }
  /** Starts a transfer with the same source and targets. */
  | { type: 'inspect.carry'; command: 'select-matching' | 'transfer-annotations' }
  | { type: 'inspect.export-again' }
  | { type: 'inspect.try-again'; targetId: string }
  | { type: 'inspect.waited' };

/** Dispatches `inspect.waited` after a delay. */
export type InspectEffect = { type: 'inspect.wait'; ms: number };
