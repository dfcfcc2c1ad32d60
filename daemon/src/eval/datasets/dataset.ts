import type { Estimator, Point } from '@samepoint/shared-protocol';
import type * as z from 'zod';
import type { MatchSettings } from '../../correspond/match-settings.js';
import type { Matcher } from '../../correspond/matcher.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { TrackSettings } from '../../transfer/tracking/track-labels.js';
import { type TrackedFrames, trackingLevel } from '../../transfer/tracking/track-labels.js';
import type { Metric } from '../matching/mutual-nearest.js';
import type { FigureTable } from '../report/figure-table.js';

/**
 * An opened data set: items with known truth, and how their outcomes are summarised. `Outcome` is JSON, because outcomes are
 * cached on disk.
 */
export interface Dataset<Outcome> {
  items: readonly DatasetItem<Outcome>[];
  outcomeSchema: z.ZodType<Outcome>;
  /** Score of an outcome, 0 to 100, for the histogram of the report. */
  score(outcome: Outcome): number;
  /** Completes the sentence "The score of an item is …". */
  scoreMeaning: string;
  /** Thresholds of the drawings and of the order of cases; absent if items cannot be drawn. */
  ranking?: Ranking<Outcome>;
  /** Figures of the protocol, in percent unless the title of a table names another unit. */
  summarise(outcomes: readonly GroupedOutcome<Outcome>[]): FigureTable[];
}

/** Orders the cases of the report by the strictest threshold, then by the next ones. */
export interface Ranking<Outcome> {
  /** Names of the thresholds, the strictest first: "@0.01", "1 px". */
  thresholds: readonly [string, ...string[]];
  /** Scores of an outcome at each threshold, 0 to 100. */
  scores(outcome: Outcome): readonly number[];
  /** Explains the thresholds: "parts of the length below the table". */
  of: string;
}

/** A pair of images or a video with known truth. */
export interface DatasetItem<Outcome> {
  /** Unique and stable. */
  id: string;
  /** Category or kind; figures are also reported by group. */
  group: string;
  /** Files that the outcome depends on. A change invalidates the cached outcome. */
  files: readonly string[];
  /** Truth as JSON. A change invalidates the cached outcome. */
  truth: unknown;
  evaluate(tools: EvalTools): Promise<Outcome>;
  /** Draws an outcome; absent if items cannot be drawn. */
  drawing?(outcome: Outcome): CaseDrawing;
}

export interface GroupedOutcome<Outcome> {
  group: string;
  outcome: Outcome;
}

/** Tools of an evaluation. Features are cached, because pairs share images. */
export interface EvalTools {
  matcher: Matcher;
  /** The published protocol, or settings of Samepoint's own matching. */
  matching: 'published' | MatchSettings;
  homography: HomographySettings;
  /** Settings of label propagation in videos. */
  propagation: TrackSettings;
  /**
   * Features of an image file with the chosen backend and preset.
   * @param category what the image shows, for text-conditioned networks
   */
  features(path: string, category?: string): Promise<FeaturePyramid>;
}

/** How a homography is estimated from keypoint matches. */
export interface HomographySettings {
  /** Number of keypoints to detect in an image. */
  keypoints: number;
  metric: Metric;
  estimator: Estimator;
  thresholdPx: number;
}

/** Two images with points, for the report. */
export interface CaseDrawing {
  source: string;
  target: string;
  marks: readonly CaseMark[];
}

/** A point of the source, its true position in the target and the predicted one, in pixels. */
export interface CaseMark {
  source: Point;
  truth: Point;
  predicted: Point | null;
  /** Whether it is right at the strictest threshold, only at the loosest (`near`), or at none. */
  grade: 'right' | 'near' | 'wrong';
}

/** An even subsample of `count` values in their order; all values if there are no more. */
export function evenSubsample<T>(values: readonly T[], count: number): T[] {
  if (count >= values.length) return [...values];
  return values.filter(
    (_, n) => Math.floor((n * count) / values.length) !== Math.floor(((n - 1) * count) / values.length),
  );
}

/**
 * The first `count` frames of a video. The first frame is annotated.
 * @param paths of all its frames
 */
export function videoFrames(paths: readonly string[], count: number, tools: EvalTools): TrackedFrames {
  return {
    count,
    annotated: 0,
    features: async (frame) => trackingLevel(await tools.features(paths[frame] ?? '')),
  };
}
