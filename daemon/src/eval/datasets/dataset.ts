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
 * A data set in its official layout, opened: items whose truth is known, one by one, and how their outcomes become
 * figures. `Outcome` is JSON: it is kept in a file, so that a run can go on where it stopped.
 */
export interface Dataset<Outcome> {
  items: readonly DatasetItem<Outcome>[];
  outcomeSchema: z.ZodType<Outcome>;
  /** How good one outcome is, 0 to 100; the report shows how many items have how much, and the best and the worst. */
  score(outcome: Outcome): number;
  /** What a score is, as a clause after "the score of an item is". */
  scoreMeaning: string;
  /** What counts as found right in the pictures; data sets that cannot be drawn leave it out. */
  rightMeaning?: string;
  /** The figures of the data set's protocol, in percent where the table says nothing else. */
  summarise(outcomes: readonly GroupedOutcome<Outcome>[]): FigureTable[];
}

/** One thing with a known truth: a pair of images, a video. */
export interface DatasetItem<Outcome> {
  /** Unique in its data set and the same in every run. */
  id: string;
  /** Category or kind, for which figures are also given apart. */
  group: string;
  /** Paths of the files that the outcome depends on; it is computed anew when one of them changes. */
  files: readonly string[];
  /** The truth as JSON; likewise. */
  truth: unknown;
  evaluate(tools: EvalTools): Promise<Outcome>;
  /** What a person would like to see of it; data sets that cannot be drawn leave it out. */
  picture?(outcome: Outcome): CasePicture;
}

export interface GroupedOutcome<Outcome> {
  group: string;
  outcome: Outcome;
}

/** What items are evaluated with. Features are kept between items, since pairs are many and images few. */
export interface EvalTools {
  matcher: Matcher;
  /** As the data set's protocol was published, or Samepoint's own matching. */
  matching: 'published' | MatchSettings;
  homography: HomographySettings;
  /** How labels are carried through the frames of a video. */
  propagation: TrackSettings;
  /**
   * Features of an image file, seen as the chosen backend and preset see it.
   * @param category what it shows, for networks with a text condition
   */
  features(path: string, category?: string): Promise<FeaturePyramid>;
}

/** How a homography is found from matches between keypoints. */
export interface HomographySettings {
  /** Keypoints of an image, where they are detected. */
  keypoints: number;
  metric: Metric;
  estimator: Estimator;
  thresholdPx: number;
}

/** Two images with points, for the report. */
export interface CasePicture {
  source: string;
  target: string;
  marks: readonly CaseMark[];
}

/** A point of the source, where it is in the target, and where it was found; in pixels. */
export interface CaseMark {
  source: Point;
  truth: Point;
  predicted: Point | null;
  correct: boolean;
}

/** `count` of `values`, evenly spread and in their order; all of them where there are no more. */
export function evenSubsample<T>(values: readonly T[], count: number): T[] {
  if (count >= values.length) return [...values];
  return values.filter(
    (_, n) => Math.floor((n * count) / values.length) !== Math.floor(((n - 1) * count) / values.length),
  );
}

/**
 * The first `count` frames of a video, of which the very first is annotated.
 * @param paths of all its frames
 */
export function videoFrames(paths: readonly string[], count: number, tools: EvalTools): TrackedFrames {
  return {
    count,
    annotated: 0,
    features: async (frame) => trackingLevel(await tools.features(paths[frame] ?? '')),
  };
}
