import type { Box, Point } from '@samepoint/shared-protocol';

/** What `--json` prints. Positions in pixels of the original images; `target` is null where there is no counterpart. */
export interface MatchReport {
  backend: string;
  /** Were confidences of these features held against what is right? */
  calibrated: boolean;
  device: string;
  source: string;
  targets: { image: string; items: MatchedItem[] }[];
}

export interface MatchedItem {
  source: Point | Box;
  target: Point | Box | null;
  confidence: number;
}
