import type { Box, LayerCue, Point } from '@samepoint/shared-protocol';

/** What `--json` prints. Positions in pixels of the original images; `target` is null where there is no counterpart. */
export interface MatchReport {
  backend: string;
  /** Were confidences of these features held against what is right? */
  calibrated: boolean;
  device: string;
  source: string;
  targets: MatchedTarget[];
}

export interface MatchedItem {
  source: Point | Box;
  target: Point | Box | null;
  confidence: number;
}

export interface MatchedTarget {
  image: string;
  /** Points and boxes, in the order given. */
  items: MatchedItem[];
  /** With `--layers`: those of the source, in the order of the file. */
  layers?: MatchedLayer[];
}

export interface NamedLayer {
  layerId: string;
  name: string;
  box: Box;
}

export interface MatchedLayer {
  source: NamedLayer;
  target: NamedLayer | null;
  /** Where the pixels alone put it, also when no layer can carry it. */
  placed: Box | null;
  /** Of the target layer; without one, of the place. */
  confidence: number;
  /** What each weighed; null without a counterpart. */
  cues: { pixels: LayerCue[]; structure: LayerCue[] } | null;
}
