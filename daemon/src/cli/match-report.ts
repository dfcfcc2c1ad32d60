import type { Box, Point } from '@samepoint/shared-protocol';

/** What `--json` prints. Positions in pixels of the original images; `target` is null where there is no counterpart. */
export interface MatchReport {
  backend: string;
  device: string;
  source: string;
  targets: { image: string; items: MatchedItem[] }[];
}

export interface MatchedItem {
  source: Point | Box;
  target: Point | Box | null;
  confidence: number;
}
